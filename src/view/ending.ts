import { closeCodeMeaning } from '../protocol/connection/close-code.ts';
import { isOpening } from '../protocol/handshake/extended-connect.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import { RULES, type Violation } from '../protocol/rule.ts';
import type { HopName, SessionEvent } from '../session/event.ts';
import { closeText } from './annotation.ts';
import { againText, type HandshakeReport, renderBody, renderCause } from './handshake.ts';
import { type HandshakeStyle, renderHead } from './handshake-head.ts';
import { otherFraming } from './other-framing.ts';
import { HOP_NAMES } from './phases.ts';
import { textWidth, wrapWords } from './width.ts';

/** What is said on stderr when a session did not end well: what happened, what was seen of it, and what to try. */
type Ending = Extract<SessionEvent, { type: 'failure' | 'refused' | 'closed' }>;

export interface EndingView extends HandshakeStyle {
  /** Columns of the terminal. */
  readonly width: number;
  /** What the first line begins with: who speaks. `wstap: ` where it is left out. */
  readonly lead?: string;
  /** The head was already shown. */
  readonly headShown: boolean;
  /** The rule whose breach failed the connection. */
  readonly violation?: Violation | undefined;
  /** How the network failed an open connection. It may quote the system. */
  readonly trouble?: string | undefined;
}

/** Lines; none where the end was a good one. */
export function endingLines(ending: Ending, report: HandshakeReport, view: EndingView): string[] {
  switch (ending.type) {
    case 'failure':
      return [...failureLines(ending, view), ...wayLines(report, view), ...cause(report, view)];
    case 'refused':
      return refusedLines(report, view);
    case 'closed':
      return closedLines(ending, view);
  }
}

const AT_HOP: Readonly<Record<HopName | 'stream', string>> = {
  dns: 'the name could not be resolved',
  tcp: 'could not connect',
  unix: 'could not connect',
  proxy: 'the proxy failed',
  'proxy-tls': 'TLS to the proxy failed',
  tls: 'TLS failed',
  http: 'the opening handshake failed',
  http2: 'the opening handshake failed (HTTP/2)',
  stream: 'the connection was lost',
};

/** What is said of the way there may be long: it is wrapped. The system's words stay on their line, for whoever looks for them. */
function failureLines(ending: Extract<Ending, { type: 'failure' }>, view: EndingView): string[] {
  const text = failureText(ending, view);
  const { lead = 'wstap: ' } = view;
  const [first = '', ...rest] = WRAPPED.has(ending.hop)
    ? wrapWords(text, Math.max(view.width, 40) - Math.max(lead.length, 2))
    : [text];
  return [`${lead}${view.style.bad(first)}`, ...rest.map((line) => `  ${view.style.bad(line)}`)];
}

const WRAPPED: ReadonlySet<string> = new Set(['dns', 'tcp', 'unix', 'proxy', 'proxy-tls', 'tls', 'http', 'http2']);

/** What failed, and what the system said. Safe to print. */
export function failureText(
  { hop, code, message, attempts = [] }: Extract<Ending, { type: 'failure' }>,
  { safe }: Pick<HandshakeStyle, 'safe'>,
): string {
  if (code === 'ABORTED') return `${AT_HOP[hop]}: given up`;
  if (code !== 'TIMEOUT' || hop === 'stream') return `${AT_HOP[hop]}: ${safe(message)}`;
  const silent = attempts.filter(({ outcome }) => outcome === 'unanswered').map(({ address }) => address);
  const who = silent.length === 0 ? '' : `${silent.join(', ')} ${silent.length === 1 ? 'does' : 'do'} not answer; `;
  return `timed out (${HOP_NAMES[hop]}): ${safe(who + message)}`;
}

function refusedLines(report: HandshakeReport, view: EndingView): string[] {
  const { response, body } = report;
  const failed = report.findings.filter(({ level }) => level === 'fail');
  const first =
    !response || isOpening(response)
      ? 'the opening handshake is wrong'
      : `the server refused: ${response.status} ${response.reason}`;
  return [
    `wstap: ${view.style.bad(view.safe(first.trimEnd()))}`,
    ...wayLines(report, view),
    ...(response && !view.headShown ? renderHead(response, { ...view, direction: 'received' }) : []),
    ...(body ? renderBody(body, report.bodyCut ?? false, view) : []),
    ...(!response || isOpening(response) ? failed.flatMap((finding) => findingLines(finding, view)) : []),
    ...cause(report, view),
  ];
}

/** What was wrong, and behind it, or below where it is long, where that is written. */
function findingLines({ requirement, expected, actual, section }: Finding, { style, safe, width }: EndingView): string[] {
  const found = actual === undefined ? '' : `: ${safe(actual)}`;
  const wanted = expected === undefined ? '' : ` (expected ${safe(expected)})`;
  const text = `${requirement}${found}${wanted}`;
  if (textWidth(text) + textWidth(section) + 4 <= width) return [`${style.bad('✗')} ${text}  ${style.dim(section)}`];
  const [first = '', ...rest] = wrapWords(text, Math.max(width, 40) - 2);
  return [`${style.bad('✗')} ${first}`, ...rest.map((line) => `  ${line}`), `  ${style.dim(section)}`];
}

/** The answers on the way, where they were not shown as they came. */
function wayLines({ earlier = [] }: HandshakeReport, view: EndingView): string[] {
  return view.headShown ? [] : earlier.map((answer) => `  ${view.style.dim(againText(answer, view))}`);
}

function cause(report: HandshakeReport, view: EndingView): string[] {
  return report.cause ? renderCause(report.cause, view) : [];
}

function closedLines({ code, reason, wasClean, by }: Extract<Ending, { type: 'closed' }>, view: EndingView): string[] {
  const { style, width, violation, trouble } = view;
  if (violation) {
    const { section, text } = RULES[violation.rule];
    const rule = wrapWords(`${section}: ${text}`, Math.max(width, 40) - 2).map((line) => `  ${style.dim(line)}`);
    const other = otherFraming(violation);
    const hint = other === undefined ? [] : wrapWords(other, Math.max(width, 40) - 2).map((line) => `  ${line}`);
    return [`wstap: ${style.bad(`the peer broke the protocol: ${violation.detail}`)}`, ...rule, ...hint];
  }
  // Of hixie-76 alone, whose servers often did so: no mistake, but not what the draft has.
  if (code === 1005 && !wasClean) return [`wstap: ${style.dim('the peer ended TCP and did not acknowledge our closing frame')}`];
  if (code === 1005 || (wasClean && (code === 1000 || code === 1001))) return [];
  const who = { us: 'closed by us', peer: 'closed by the peer', network: 'the connection was lost' }[by];
  const first = `wstap: ${style.warn(`${who}: ${closeText(code, Buffer.from(reason), width - 30, style)}`)}`;
  const more = [...(trouble === undefined ? [] : [view.safe(trouble)]), closeCodeMeaning(code)];
  return [first, ...more.flatMap((text) => wrapWords(text, width - 2)).map((line) => `  ${style.dim(line)}`)];
}
