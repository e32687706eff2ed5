import { isUtf8 } from 'node:buffer';
import { closeCodeName } from '../protocol/connection/close-code.ts';
import { fields } from '../protocol/frame/fields.ts';
import type { Frame } from '../protocol/frame/frame.ts';
import { Opcode, opcodeName } from '../protocol/frame/opcode.ts';
import type { Head } from '../protocol/http/head.ts';
import { redactHead, redactUrl } from '../protocol/http/redact.ts';
import { RULES, type Violation } from '../protocol/rule.ts';
import type { Attempt, SessionEvent } from '../session/event.ts';
import type { RoundTrips } from '../session/tally.ts';
import { escapeJson } from './escape.ts';
import { hasNonce } from './frame-event.ts';

/**
 * Every event as one JSON object on one line. Names stay as they are while `v` stays 1; new ones may come. Times are
 * milliseconds since the session began; bytes are `{ "base64", "text" }`, `text` only where they are valid UTF-8; a number
 * that JSON readers would round is a string. Control characters and everything else that a terminal obeys are escaped as
 * JSON does.
 */
export interface JsonOptions {
  /** Show cookies, credentials and tokens of the opening handshake too, which are `***` otherwise. */
  readonly secrets?: boolean;
  /** Of the pings so far: told with `closed`. */
  readonly roundTrips?: RoundTrips | undefined;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json | undefined };

/** The line, without a line feed. */
export function eventJson(event: SessionEvent, options: JsonOptions = {}): string {
  const stamp = { v: 1, at: milliseconds(event.at), connection: event.connection, type: event.type };
  return escapeJson(JSON.stringify({ ...stamp, ...body(event, options) } satisfies Json));
}

function body(event: SessionEvent, options: JsonOptions): { readonly [name: string]: Json | undefined } {
  switch (event.type) {
    case 'hop':
      return {
        hop: event.hop,
        startedAt: milliseconds(event.startedAt),
        duration: milliseconds(event.at - event.startedAt),
        detail: event.detail,
        addresses: event.addresses,
        attempts: event.attempts?.map(attemptJson),
        certificate: event.certificate && {
          ...event.certificate,
          issuers: event.certificate.issuers.map((issuer) => ({ ...issuer })),
        },
      };
    case 'http2':
      return {
        direction: event.direction,
        frame: event.frame,
        parameters: event.parameters.map(({ name, value }) => ({ name, value })),
      };
    case 'head':
      return {
        direction: event.direction,
        ...headJson(options.secrets ? event.head : redactHead(event.head)),
        body: event.body && Buffer.from(event.body).toString('hex'),
      };
    case 'open':
      return {
        dialect: event.dialect ?? 'rfc6455',
        subprotocol: event.subprotocol,
        extensions: event.extensions,
        findings: findingsJson(event.findings),
      };
    case 'refused':
      return {
        findings: findingsJson(event.findings),
        body: bytesJson(event.body),
        bodyCut: event.bodyCut,
        cause: event.cause && { ...event.cause },
      };
    case 'again':
      return {
        reason: event.reason,
        status: event.status,
        to: redactUrl(event.to),
        dialect: event.dialect,
        learnt: event.learnt,
      };
    case 'gap':
      return { duration: milliseconds(event.duration), tries: event.tries };
    case 'frame':
      return frameJson(event);
    case 'message':
      return {
        direction: event.direction,
        opcode: event.opcode,
        length: event.data.length,
        wireLength: event.wireLength,
        compressed: event.compressed,
        data: bytesJson(event.data),
      };
    case 'rtt':
      return { rtt: milliseconds(event.rtt) };
    case 'violation':
      return { ...violationJson(event.violation), fatal: event.fatal };
    case 'fault':
      return { name: event.name, detail: event.detail };
    case 'failure':
      return {
        hop: event.hop,
        startedAt: event.startedAt === undefined ? undefined : milliseconds(event.startedAt),
        code: event.code,
        message: event.message,
        hint: event.hint,
        attempts: event.attempts?.map(attemptJson),
      };
    case 'closed':
      return {
        code: event.code,
        name: closeCodeName(event.code),
        reason: event.reason,
        wasClean: event.wasClean,
        by: event.by,
        roundTrips: options.roundTrips && roundTripsJson(options.roundTrips),
      };
  }
}

function attemptJson({ address, startedAt, endedAt, outcome, code }: Attempt): Json {
  return { address, startedAt: milliseconds(startedAt), duration: milliseconds(endedAt - startedAt), outcome, code };
}

function headJson({ fields: list, ...start }: Head): { readonly [name: string]: Json } {
  return { ...start, fields: list.map(({ name, value }) => ({ name, value })) };
}

function findingsJson(findings: Extract<SessionEvent, { type: 'open' }>['findings']): Json {
  return findings.map((finding) => ({ ...finding }));
}

function frameJson({ direction, frame, violations, inflated }: Extract<SessionEvent, { type: 'frame' }>) {
  return {
    direction,
    dialect: frame.draft?.dialect,
    opcode: frame.draft?.code ?? frame.opcode,
    name: (frame.draft ? frame.draft.kind : opcodeName(frame.opcode)) ?? null,
    fin: frame.fin,
    rsv1: frame.rsv1,
    rsv2: frame.rsv2,
    rsv3: frame.rsv3,
    maskingKey: hexOrNull(hasNonce(frame) ? frame.draft?.mask : frame.maskingKey),
    frameNonce: hasNonce(frame) ? hexOrNull(frame.maskingKey) : undefined,
    length: integer(frame.length),
    lengthForm: frame.draft?.sentinel ? frame.draft.lengthForm : frame.lengthForm,
    headerLength: frame.headerLength,
    wireLength: frame.raw.length,
    offset: frame.offset,
    cut: BigInt(frame.payload.length) < frame.length,
    payload: bytesJson(frame.payload),
    inflated: inflated && bytesJson(inflated),
    close: closeJson(frame),
    header: fields(frame).map(({ name, bit, width, value, text }) => ({ name, bit, width, value: integer(value), text })),
    violations: violations.map(violationJson),
  };
}

function hexOrNull(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined ? null : Buffer.from(bytes).toString('hex');
}

function closeJson({ opcode, payload, draft }: Frame): Json | undefined {
  if (opcode !== Opcode.close || payload.length < 2 || (draft && draft.close !== 'code')) return undefined;
  const code = Buffer.from(payload).readUInt16BE(0);
  return { code, name: closeCodeName(code, draft !== undefined), reason: bytesJson(payload.subarray(2)) };
}

function violationJson({ rule, detail }: Violation): { readonly [name: string]: Json } {
  const { section, closeCode, text } = RULES[rule];
  return { rule, section, closeCode, text, detail };
}

function bytesJson(bytes: Uint8Array): Json {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { base64: buffer.toString('base64'), text: isUtf8(buffer) ? buffer.toString('utf8') : undefined };
}

function roundTripsJson({ count, ...times }: RoundTrips): { readonly [name: string]: Json } {
  return { count, ...Object.fromEntries(Object.entries(times).map(([name, time]) => [name, milliseconds(time)])) };
}

/** A number where it is exact as one, else a string of its digits. */
function integer(value: number | bigint): number | string {
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString();
}

/** To the microsecond. */
function milliseconds(value: number): number {
  return Math.round(value * 1000) / 1000;
}
