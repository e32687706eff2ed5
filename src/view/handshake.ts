/**
 * The promise: an opening handshake is one picture, from the way to the server to the likely cause of a failure, and each
 * part of it can be had alone.
 */
import { isUtf8 } from 'node:buffer';
import type { Arithmetic } from '../protocol/dialect/hixie-key.ts';
import type { DialectName } from '../protocol/dialect/name.ts';
import type { Cause, Facts } from '../protocol/handshake/cause-facts.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import { fieldValues, type RequestHead, type ResponseHead } from '../protocol/http/head.ts';
import { redactUrl } from '../protocol/http/redact.ts';
import type { CertificateFacts, RetryReason } from '../session/event.ts';
import { renderAccept } from './accept.ts';
import { renderCertificate } from './certificate.ts';
import { renderChecklist } from './checklist.ts';
import { type HandshakeStyle, renderHead } from './handshake-head.ts';
import { renderHixieProof } from './hixie-proof.ts';
import { type Http2FrameFacts, renderHttp2Frame } from './http2-frame.ts';
import { type Phase, renderPhases } from './phases.ts';
import { pageWidth, wrapWords } from './width.ts';

/** All that is known about one opening handshake. What is left out is not drawn. */
export interface HandshakeReport {
  readonly url?: string | undefined;
  /** What both sides said about the HTTP/2 connection before. */
  readonly http2?: readonly Http2FrameFacts[] | undefined;
  readonly request?: RequestHead | undefined;
  readonly response?: ResponseHead | undefined;
  readonly findings: readonly Finding[];
  readonly phases?: readonly Phase[] | undefined;
  readonly certificate?: CertificateFacts | undefined;
  /** The start of the answer's body. */
  readonly body?: Uint8Array | undefined;
  readonly bodyCut?: boolean | undefined;
  readonly cause?: Cause | undefined;
  /** The hop at which the way there ended. */
  readonly failure?: Facts['failure'];
  /** What was spoken, where it was looked into. */
  readonly dialect?: DialectName | undefined;
  /** The raw bytes behind the heads that belong to the handshake, and the steps from keys to proof, of hixie-76. */
  readonly requestBody?: Uint8Array | undefined;
  readonly responseBody?: Uint8Array | undefined;
  readonly arithmetic?: Arithmetic | undefined;
  /** The same with the spaces that pasted text has lost. */
  readonly restored?: Arithmetic | undefined;
  /** The answers on the way here: redirects that were followed, challenges that were answered. */
  readonly earlier?: readonly EarlierAnswer[] | undefined;
  /** What was assumed while reading pasted text. */
  readonly notes?: readonly string[] | undefined;
}

/** An answer after which the server was asked once more. */
export interface EarlierAnswer {
  readonly report: HandshakeReport;
  readonly reason: RetryReason;
  /** `undefined`: there was none, the server closed. */
  readonly status?: number | undefined;
  /** The URL that was asked next. */
  readonly to: string;
  /** What it was asked for next, and why. */
  readonly dialect?: DialectName | undefined;
  readonly learnt?: string | undefined;
}

/** Everything, blank lines between its parts; what came before the last answer in short. `role`: which side we were. */
export function renderHandshake(report: HandshakeReport, view: HandshakeStyle, role: 'client' | 'server' = 'client'): string[] {
  const earlier = (report.earlier ?? []).flatMap((answer) => [...renderEarlier(answer, view), '']);
  return [...earlier, ...renderLast(report, view, role)];
}

function renderEarlier({ report, ...next }: EarlierAnswer, view: HandshakeStyle): string[] {
  const { request, response, phases, certificate, body, bodyCut, http2, requestBody, responseBody } = report;
  const bodies = { body, bodyCut, requestBody, responseBody };
  return renderLast({ request, response, phases, certificate, http2, findings: [], ...bodies }, view).concat([
    '',
    ...wrapWords(againText(next, view), pageWidth(view)).map((line) => view.style.bold(line)),
  ]);
}

/** Why, and where, the server is asked once more. Safe to print. */
export function againText(
  { reason, status, to, dialect, learnt }: Omit<EarlierAnswer, 'report'>,
  { safe }: Pick<HandshakeStyle, 'safe'>,
): string {
  const url = safe(redactUrl(to));
  if (reason === 'redirect') return `${status}: redirected to ${url}`;
  if (reason === 'challenge') return `${status}: once more with credentials`;
  return `${learnt === undefined ? `${status}:` : safe(learnt)} Asking again in ${dialect ?? 'an older version'}.`;
}

/** The whole picture of one exchange, blank lines between its parts. */
function renderLast(report: HandshakeReport, view: HandshakeStyle, role: 'client' | 'server' = 'client'): string[] {
  const { request, response } = report;
  const [asking, answering] = role === 'client' ? (['sent', 'received'] as const) : (['received', 'sent'] as const);
  const parts = [
    renderPhases(report.phases ?? [], view),
    report.certificate ? renderCertificate(report.certificate, view) : [],
    (report.notes ?? []).flatMap((note) => wrapWords(view.safe(note), pageWidth(view))),
    (report.http2 ?? []).flatMap((frame) => renderHttp2Frame(frame, view)),
    request ? renderHead(request, { ...view, direction: asking, body: report.requestBody }) : [],
    response ? renderHead(response, { ...view, direction: answering, body: report.responseBody }) : [],
    report.body ? renderBody(report.body, report.bodyCut ?? false, view) : [],
    report.findings.length > 0 ? renderChecklist(report.findings, view) : [],
    derivation(report, view),
    report.arithmetic ? renderHixieProof('hixie-76 proof', report.arithmetic, report.responseBody, view) : [],
    report.restored ? renderHixieProof('With the spaces that were lost', report.restored, report.responseBody, view) : [],
    report.cause ? renderCause(report.cause, view) : [],
  ];
  return parts.filter((part) => part.length > 0).flatMap((part, index) => (index === 0 ? part : ['', ...part]));
}

/** The derivation is drawn where there is an Accept value to compare with. */
function derivation({ request, response }: HandshakeReport, view: HandshakeStyle): string[] {
  const keys = request ? fieldValues(request, 'Sec-WebSocket-Key') : [];
  const accepts = response ? fieldValues(response, 'Sec-WebSocket-Accept') : [];
  const [key] = keys;
  if (key === undefined || keys.length > 1 || response?.status !== 101) return [];
  return renderAccept(key, accepts[0], view);
}

const BODY_LINES = 12;
const BODY_COLUMNS = 76;

/** The start of a body: some lines of text, or hex where it is none. */
export function renderBody(body: Uint8Array, isCut: boolean, { style, safe }: HandshakeStyle): string[] {
  if (body.length === 0) return [];
  const all = bodyLines(body);
  const shown = all.slice(0, BODY_LINES).map((line) => `  ${style.dim('│')} ${safe(line)}`.trimEnd());
  const isLong = isCut || all.length > BODY_LINES;
  return isLong ? [...shown, `  ${style.dim('│ … more')}`] : shown;
}

function bodyLines(body: Uint8Array): string[] {
  const start = body.subarray(0, 4096);
  const text = Buffer.from(start).toString('utf8');
  // A character cut off at the end of what was kept does not make it binary.
  const isText = (isUtf8(start) || isUtf8(start.subarray(0, start.lastIndexOf(0x0a) + 1))) && !text.includes('\0');
  if (!isText)
    return (
      Buffer.from(start)
        .toString('hex')
        .match(/.{1,48}/g)
        ?.map((row) => row.replace(/..(?=.)/g, '$& ')) ?? []
    );
  return text
    .trimEnd()
    .split(/\r\n|\n/)
    .map((line) => (line.length > BODY_COLUMNS ? `${line.slice(0, BODY_COLUMNS - 1)}…` : line));
}

/** The likely cause, and what to try, as the last words. */
export function renderCause(cause: Cause, view: HandshakeStyle): string[] {
  const { style, safe } = view;
  const columns = pageWidth(view);
  const lines =
    cause.cause === undefined ? [] : wrapWords(`Likely cause: ${safe(cause.cause)}`, columns).map((line) => style.bold(line));
  if (cause.remedy === undefined) return lines;
  const [first = '', ...rest] = wrapWords(safe(cause.remedy), columns - TRY.length - 1);
  return [...lines, `${style.good(TRY)} ${first}`, ...rest.map((line) => ' '.repeat(TRY.length + 1) + line)];
}

const TRY = '→ try:';
