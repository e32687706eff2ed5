import { isUtf8 } from 'node:buffer';
import type { KeyReading } from '../protocol/dialect/hixie-key.ts';
import { acceptDigest, acceptFor, GUID } from '../protocol/handshake/key.ts';
import { fieldValues, type Head } from '../protocol/http/head.ts';
import { redactHead, redactUrl } from '../protocol/http/redact.ts';
import type { EarlierAnswer, HandshakeReport } from './handshake.ts';
import type { Phase } from './phases.ts';

/** Raised when a field changes its meaning or goes away; new fields do not count. */
const HANDSHAKE_JSON_VERSION = 1;

/** A handshake for scripts: one object, secrets left out. `ok`: no finding failed and a 101 was there if any answer was. */
export function handshakeJson(report: HandshakeReport): Record<string, unknown> {
  const { request, response, findings, failure, certificate, body, cause, notes } = report;
  return {
    format: 'wstap.handshake',
    version: HANDSHAKE_JSON_VERSION,
    ok: findings.length > 0 && findings.every((finding) => finding.level !== 'fail'),
    ...(report.url === undefined ? {} : { url: redactUrl(report.url) }),
    ...(report.http2
      ? { http2: report.http2.map(({ direction, frame, parameters }) => ({ direction, frame, parameters })) }
      : {}),
    ...(request ? { request: withoutKind(request) } : {}),
    ...(response ? { response: withoutKind(response) } : {}),
    ...acceptJson(report),
    ...hixieJson(report),
    findings,
    ...(report.phases ? { phases: report.phases.map(phaseJson) } : {}),
    ...(failure ? { failure: { ...failure } } : {}),
    ...(certificate ? { certificate } : {}),
    ...(body && body.length > 0 ? { body: { ...bodyJson(body), cut: report.bodyCut ?? false } } : {}),
    ...(cause ? { cause } : {}),
    ...(report.earlier ? { earlier: report.earlier.map(earlierJson) } : {}),
    ...(notes && notes.length > 0 ? { notes } : {}),
  };
}

function phaseJson({ startedAt, endedAt, attempts, ...phase }: Phase): Record<string, unknown> {
  const times = (from: number, to: number) => ({ startedAt: round(from), endedAt: round(to), ms: round(to - from) });
  const tried = attempts?.map((attempt) => ({ ...attempt, ...times(attempt.startedAt, attempt.endedAt) }));
  return { ...phase, ...times(startedAt, endedAt), ...(tried && { attempts: tried }) };
}

/** To a microsecond, as every time in JSON. */
const round = (milliseconds: number) => Math.round(milliseconds * 1000) / 1000;

function earlierJson({ report, reason, status, to, dialect, learnt }: EarlierAnswer): Record<string, unknown> {
  const { request, response, body } = report;
  return {
    ...(report.url === undefined ? {} : { url: redactUrl(report.url) }),
    ...(request ? { request: withoutKind(request) } : {}),
    ...(response ? { response: withoutKind(response) } : {}),
    ...(body && body.length > 0 ? { body: { ...bodyJson(body), cut: report.bodyCut ?? false } } : {}),
    again: { reason, status, to: redactUrl(to), dialect, learnt },
  };
}

function withoutKind(head: Head): Omit<Head, 'kind'> {
  const { kind: _kind, ...rest } = redactHead(head);
  return rest;
}

function acceptJson({ request, response }: HandshakeReport): Record<string, unknown> {
  const [key] = request ? fieldValues(request, 'Sec-WebSocket-Key') : [];
  if (key === undefined) return {};
  const [sent] = response ? fieldValues(response, 'Sec-WebSocket-Accept') : [];
  return {
    accept: { key, guid: GUID, sha1: acceptDigest(key), expected: acceptFor(key), ...(sent === undefined ? {} : { sent }) },
  };
}

/** The bytes behind the heads in hex; numbers as text, for they may be larger than a script's. */
function hixieJson({ dialect, requestBody, responseBody, arithmetic }: HandshakeReport): Record<string, unknown> {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  return {
    ...(dialect === undefined ? {} : { dialect }),
    ...(requestBody ? { requestBody: hex(requestBody) } : {}),
    ...(responseBody ? { responseBody: hex(responseBody) } : {}),
    ...(arithmetic
      ? {
          proof: {
            key1: keyJson(arithmetic.key1),
            key2: keyJson(arithmetic.key2),
            ...(arithmetic.challenge ? { challenge: hex(arithmetic.challenge) } : {}),
            ...(arithmetic.proof ? { expected: hex(arithmetic.proof) } : {}),
          },
        }
      : {}),
  };
}

function keyJson({ quotient, remainder, ...rest }: KeyReading): Record<string, unknown> {
  return { ...rest, ...(quotient === undefined ? {} : { quotient: String(quotient), remainder: String(remainder) }) };
}

function bodyJson(body: Uint8Array): { text: string } | { base64: string } {
  const bytes = Buffer.from(body);
  return isUtf8(body) ? { text: bytes.toString('utf8') } : { base64: bytes.toString('base64') };
}
