import { createHash } from 'node:crypto';

/** A message as both ends can say what it was, short enough to be read in a failed test. */
export interface Message {
  readonly opcode: 'text' | 'binary';
  readonly data: Buffer;
}

/** `text 5 B "Hello"`, `binary 65536 B 4f2a…` (the start of its SHA-1). */
export function summary(opcode: 'text' | 'binary', data: Uint8Array): string {
  const short = opcode === 'text' && data.length <= 20;
  const content = short ? JSON.stringify(Buffer.from(data).toString()) : createHash('sha1').update(data).digest('hex');
  return `${opcode} ${data.length} B ${content.slice(0, 30)}`;
}

export const text = (value: string): Message => ({ opcode: 'text', data: Buffer.from(value) });
export const binary = (data: Uint8Array): Message => ({ opcode: 'binary', data: Buffer.from(data) });

/** Bytes without pattern, the same in every run: what deflate can do nothing with. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 0x9e3779b9;
  for (let at = 0; at < length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state >>> 11;
  }
  return bytes;
}

/** Text as it is met: repeats far and near, of one, two, three and four bytes a character. */
export function prose(length: number): string {
  let result = '';
  for (let row = 0; result.length < length; row++)
    result += `{"row":${row},"name":"Zoë №${row % 7} 漢字 🙂","on":${row % 3 === 0}}\n`;
  // Cut at a row: never inside a surrogate pair.
  return `${result.slice(0, length).replace(/[\ud800-\udfff]+$/, '')}`;
}

const lengths = [1, 125, 126, 127, 65_535, 65_536];

/** Every length form and its edges, both kinds, empty ones included. */
export const MESSAGES: readonly Message[] = [
  text(''),
  binary(Buffer.alloc(0)),
  text('Hello'),
  text('κόσμε 漢字 🙂'),
  text('\0\x7f\u0080\u07ff\u0800\uffff\u{10ffff}'),
  ...lengths.map((length) => text('a'.repeat(length))),
  ...lengths.map((length) => binary(noise(length))),
  text(prose(100_000)),
];

/** What tells one set of deflate parameters from another: repeats near, far and between messages, and nothing at all. */
export const TELLING: readonly Message[] = [
  text(''),
  text('Hello'),
  binary(noise(70_000)),
  text('Hello'),
  text(prose(100_000)),
  binary(noise(70_000)),
  binary(Buffer.alloc(0)),
];

/** The large ones, where they need not be sent in every combination. */
export const MEBIBYTES: readonly Message[] = [binary(noise(1024 * 1024)), text(prose(1024 * 1024))];

export const summaries = (messages: readonly Message[]): string[] => messages.map(({ opcode, data }) => summary(opcode, data));
