import { closeCodeMeaning } from '../protocol/connection/close-code.ts';
import { RULES, type Violation } from '../protocol/rule.ts';
import type { SessionEvent } from '../session/event.ts';
import { closeText } from './annotation.ts';
import { type HandshakeReport, renderBody, renderCause } from './handshake.ts';
import { type HandshakeStyle, renderHead } from './handshake-head.ts';
import { wrapWords } from './width.ts';

/** What is said on stderr when a session did not end well: what happened, what was seen of it, and what to try. */
type Ending = Extract<SessionEvent, { type: 'failure' | 'refused' | 'closed' }>;

export interface EndingView extends HandshakeStyle {
  /** Columns of the terminal. */
  readonly width: number;
  /** The head was already shown. */
  readonly headShown: boolean;
  /** The rule whose breach failed the connection. */
  readonly violation?: Violation | undefined;
}

/** Lines; none where the end was a good one. */
export function endingLines(ending: Ending, report: HandshakeReport, view: EndingView): string[] {
  switch (ending.type) {
    case 'failure':
      return [`wstap: ${view.style.bad(failureText(ending, view))}`, ...cause(report, view)];
    case 'refused':
      return refusedLines(report, view);
    case 'closed':
      return closedLines(ending, view);
  }
}

const AT_HOP: Readonly<Record<string, string>> = {
  dns: 'the name could not be resolved',
  tcp: 'could not connect',
  proxy: 'the proxy failed',
  tls: 'TLS failed',
  http: 'the opening handshake failed',
  stream: 'the connection was lost',
};

/** What failed, and what the system said. Safe to print. */
export function failureText(
  { hop, code, message }: Extract<Ending, { type: 'failure' }>,
  { safe }: Pick<HandshakeStyle, 'safe'>,
): string {
  const detail = code === 'ABORTED' ? 'given up' : message;
  return `${code === 'TIMEOUT' ? `timed out (${hop.toUpperCase()})` : AT_HOP[hop]}: ${safe(detail)}`;
}

function refusedLines(report: HandshakeReport, view: EndingView): string[] {
  const { response, body } = report;
  const failed = report.findings.filter(({ level }) => level === 'fail');
  const first =
    !response || response.status === 101
      ? 'the opening handshake is wrong'
      : `the server refused: ${response.status} ${response.reason}`;
  const findings = failed.map(({ requirement, expected, actual, section }) => {
    const found = actual === undefined ? '' : `: ${view.safe(actual)}`;
    const wanted = expected === undefined ? '' : ` (expected ${view.safe(expected)})`;
    return `${view.style.bad('✗')} ${requirement}${found}${wanted}  ${view.style.dim(section)}`;
  });
  return [
    `wstap: ${view.style.bad(view.safe(first.trimEnd()))}`,
    ...(response && !view.headShown ? renderHead(response, { ...view, direction: 'received' }) : []),
    ...(body ? renderBody(body, report.bodyCut ?? false, view) : []),
    ...(response?.status === 101 || !response ? findings : []),
    ...cause(report, view),
  ];
}

function cause(report: HandshakeReport, view: EndingView): string[] {
  return report.cause ? renderCause(report.cause, view) : [];
}

function closedLines({ code, reason, wasClean, by }: Extract<Ending, { type: 'closed' }>, view: EndingView): string[] {
  const { style, width, violation } = view;
  if (violation) {
    const { section, text } = RULES[violation.rule];
    return [`wstap: ${style.bad(`the peer broke the protocol: ${violation.detail}`)}`, `  ${style.dim(`${section}: ${text}`)}`];
  }
  if (wasClean && (code === 1000 || code === 1001 || code === 1005)) return [];
  const who = { us: 'closed by us', peer: 'closed by the peer', network: 'the connection was lost' }[by];
  const first = `wstap: ${style.warn(`${who}: ${closeText(code, Buffer.from(reason), width - 30, style)}`)}`;
  return [first, ...wrapWords(closeCodeMeaning(code), width - 2).map((line) => `  ${style.dim(line)}`)];
}
