/**
 * The promise: an opening handshake is one picture, from the way to the server to the likely cause of a failure, and each
 * part of it can be had alone.
 */
import { isUtf8 } from 'node:buffer';
import type { Cause } from '../protocol/handshake/cause-facts.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import { fieldValues, type RequestHead, type ResponseHead } from '../protocol/http/head.ts';
import type { CertificateFacts } from '../session/event.ts';
import { renderAccept } from './accept.ts';
import { renderChecklist } from './checklist.ts';
import { type HandshakeStyle, renderHead } from './handshake-head.ts';
import { type Phase, renderCertificate, renderPhases } from './phases.ts';
import { wrapWords } from './width.ts';

/** All that is known about one opening handshake. What is left out is not drawn. */
export interface HandshakeReport {
  readonly url?: string | undefined;
  readonly request?: RequestHead | undefined;
  readonly response?: ResponseHead | undefined;
  readonly findings: readonly Finding[];
  readonly phases?: readonly Phase[] | undefined;
  readonly certificate?: CertificateFacts | undefined;
  /** The start of the answer's body. */
  readonly body?: Uint8Array | undefined;
  readonly bodyCut?: boolean | undefined;
  readonly cause?: Cause | undefined;
  /** What was assumed while reading pasted text. */
  readonly notes?: readonly string[] | undefined;
}

/** The whole picture, blank lines between its parts. */
export function renderHandshake(report: HandshakeReport, view: HandshakeStyle): string[] {
  const { request, response } = report;
  const parts = [
    renderPhases(report.phases ?? [], view),
    report.certificate ? renderCertificate(report.certificate, view) : [],
    (report.notes ?? []).flatMap((note) => wrapWords(view.safe(note), 80)),
    request ? renderHead(request, { ...view, direction: 'sent' }) : [],
    response ? renderHead(response, { ...view, direction: 'received' }) : [],
    report.body ? renderBody(report.body, report.bodyCut ?? false, view) : [],
    report.findings.length > 0 ? renderChecklist(report.findings, view) : [],
    derivation(report, view),
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
export function renderCause(cause: Cause, { style, safe }: HandshakeStyle): string[] {
  const [first = '', ...rest] = wrapWords(`Likely cause: ${safe(cause.cause)}`, 80);
  const lines = [style.bold(first), ...rest.map((line) => style.bold(line))];
  return cause.remedy === undefined ? lines : [...lines, `${style.good('→ try:')} ${safe(cause.remedy)}`];
}
