import { inspect } from 'node:util';
import { isAnyArrayBuffer } from 'node:util/types';
import type { Link } from '../endpoint/link.ts';
import { Opcode } from '../protocol/frame/opcode.ts';
import { MessageView } from '../protocol/message/message.ts';

/** What a server's socket can be asked to send, and how it goes to the link. */
export type Sendable = SendableNow | Blob;

/** What is there without waiting: a Blob is not. */
export type SendableNow = string | number | ArrayBufferView | ArrayBuffer | SharedArrayBuffer | MessageView;

export interface SendOptions {
  /** Whether it is a binary message: false for a string or number and true for all else where it is left out. Text must be UTF-8. */
  readonly binary?: boolean | undefined;
  /** `false` sends it as it is where permessage-deflate was agreed. */
  readonly compress?: boolean | undefined;
  /** `false`: a fragment; the next `send` goes on with the message. */
  readonly fin?: boolean | undefined;
}

/** Called once the network has taken the bytes, or nearly all; with an error where they were not sent. */
export type SendCallback = (error?: Error) => void;

/** The bytes as they lie there; of a string or number its UTF-8. Throws a `TypeError` for what is no data. */
export function bytesToSend(data: SendableNow): Uint8Array {
  if (typeof data === 'string' || typeof data === 'number') return Buffer.from(String(data), 'utf8');
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof MessageView) return data.kept();
  return isAnyArrayBuffer(data) ? new Uint8Array(data) : untypedBytes(data);
}

/** What is handed over in spite of the types: nothing at all is empty and a list of numbers is bytes, as of npm `ws`. */
function untypedBytes(data: unknown): Uint8Array {
  if (data === undefined || data === null) return new Uint8Array(0);
  if (Array.isArray(data) && data.every((byte) => typeof byte === 'number')) return Uint8Array.from(data);
  if (data instanceof Blob) throw new TypeError('a Blob takes time to be read: only send() takes one');
  throw new TypeError(`${inspect(data, { depth: 0, breakLength: Infinity })} cannot be sent: give a string or bytes`);
}

export function isBinary(data: SendableNow, options: SendOptions | undefined): boolean {
  if (options?.binary !== undefined) return options.binary;
  return data instanceof MessageView ? data.opcode === 'binary' : typeof data !== 'string' && typeof data !== 'number';
}

/** One message. */
export function sendWhole(link: Link, data: SendableNow, options: SendOptions | undefined): void {
  const opcode = isBinary(data, options) ? 'binary' : 'text';
  if (options?.compress === false) link.act({ type: 'send', opcode, data: bytesToSend(data), compress: false });
  else if (typeof data === 'string' && opcode === 'text') link.sendText(data);
  else if (data instanceof MessageView) link.send(opcode, data.buffer, data.start, data.end, !data.borrowed);
  else {
    const bytes = bytesToSend(data);
    link.send(opcode, bytes, 0, bytes.length, true);
  }
}

/** A part of a message; `first` and `last` say where in it. Never compressed. */
export function sendFragment(
  link: Link,
  data: SendableNow,
  options: SendOptions | undefined,
  first: boolean,
  last: boolean,
): void {
  const opcode = first ? Opcode[isBinary(data, options) ? 'binary' : 'text'] : Opcode.continuation;
  link.act({ type: 'frame', frame: { opcode, payload: bytesToSend(data), fin: last } });
}

export function isBlob(data: Sendable): data is Blob {
  // Buffers, of which there are many, are known at once.
  return typeof data === 'object' && !ArrayBuffer.isView(data) && data instanceof Blob;
}

/** What does not change with the next message that is received, and how it is to be sent. */
export function lasting<Data extends Sendable>(
  data: Data,
  options: SendOptions | undefined,
): [Data | Buffer, SendOptions | undefined] {
  return data instanceof MessageView ? [data.kept(), { ...options, binary: isBinary(data, options) }] : [data, options];
}

/** Bytes, for `bufferedAmount`. */
export function sizeOf(data: Sendable): number {
  return data instanceof Blob ? data.size : bytesToSend(data).length;
}
