import { isUtf8 } from 'node:buffer';
import { closeCodeName } from '../protocol/connection/close-code.ts';
import { fields } from '../protocol/frame/fields.ts';
import type { Frame } from '../protocol/frame/frame.ts';
import { Opcode, opcodeName } from '../protocol/frame/opcode.ts';
import type { Head } from '../protocol/http/head.ts';
import { redactHead } from '../protocol/http/redact.ts';
import { RULES, type Violation } from '../protocol/rule.ts';
import type { SessionEvent } from '../session/event.ts';
import { escapeJson } from './escape.ts';

/**
 * Every event as one JSON object on one line. Names stay as they are while `v` stays 1; new ones may come. Times are
 * milliseconds since the session began; bytes are `{ "base64", "text" }`, `text` only where they are valid UTF-8; a number
 * that JSON readers would round is a string. Control characters and everything else that a terminal obeys are escaped as
 * JSON does.
 */
export interface JsonOptions {
  /** Show cookies, credentials and tokens of the opening handshake too, which are `***` otherwise. */
  readonly secrets?: boolean;
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
        duration: milliseconds(event.at - event.startedAt),
        detail: event.detail,
        certificate: event.certificate && { ...event.certificate },
      };
    case 'head':
      return { direction: event.direction, ...headJson(options.secrets ? event.head : redactHead(event.head)) };
    case 'open':
      return { subprotocol: event.subprotocol, extensions: event.extensions, findings: findingsJson(event.findings) };
    case 'refused':
      return { findings: findingsJson(event.findings), body: bytesJson(event.body), bodyCut: event.bodyCut };
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
    case 'failure':
      return { hop: event.hop, code: event.code, message: event.message, hint: event.hint };
    case 'closed':
      return { code: event.code, name: closeCodeName(event.code), reason: event.reason, wasClean: event.wasClean, by: event.by };
  }
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
    opcode: frame.opcode,
    name: opcodeName(frame.opcode) ?? null,
    fin: frame.fin,
    rsv1: frame.rsv1,
    rsv2: frame.rsv2,
    rsv3: frame.rsv3,
    maskingKey: frame.maskingKey === undefined ? null : Buffer.from(frame.maskingKey).toString('hex'),
    length: integer(frame.length),
    lengthForm: frame.lengthForm,
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

function closeJson({ opcode, payload }: Frame): Json | undefined {
  if (opcode !== Opcode.close || payload.length < 2) return undefined;
  const code = Buffer.from(payload).readUInt16BE(0);
  return { code, name: closeCodeName(code), reason: bytesJson(payload.subarray(2)) };
}

function violationJson({ rule, detail }: Violation): { readonly [name: string]: Json } {
  const { section, closeCode, text } = RULES[rule];
  return { rule, section, closeCode, text, detail };
}

function bytesJson(bytes: Uint8Array): Json {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { base64: buffer.toString('base64'), text: isUtf8(buffer) ? buffer.toString('utf8') : undefined };
}

/** A number where it is exact as one, else a string of its digits. */
function integer(value: number | bigint): number | string {
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString();
}

/** To the microsecond. */
function milliseconds(value: number): number {
  return Math.round(value * 1000) / 1000;
}
