import { fieldValues, firstValue, type ResponseHead } from './head.ts';

/** The start of an answer's body, for people to read: framed as RFC 9112 §6 says, kept up to a limit. */
export class BodyReader {
  readonly #limit: number;
  readonly #chunked: boolean;
  /** Bytes that the head announces; `Infinity`: until the connection ends. */
  readonly #announced: number;
  #kept: Buffer = Buffer.alloc(0);
  #length = 0;
  /** Where the first chunk begins that was not looked at yet. */
  #at = 0;

  /** `limit`: bytes that are kept, chunk framing among them. */
  constructor(head: ResponseHead, limit: number) {
    this.#limit = limit;
    this.#chunked = fieldValues(head, 'Transfer-Encoding').some((value) => /\bchunked\b/i.test(value));
    const length = firstValue(head, 'Content-Length');
    const bodyless = head.status === 204 || head.status === 304 || head.status < 200;
    this.#announced = bodyless ? 0 : !this.#chunked && length && /^\d{1,15}$/.test(length) ? Number(length) : Infinity;
  }

  /** Takes what arrived. Returns whether the body is complete, or full. */
  push(bytes: Uint8Array): boolean {
    const piece = bytes.subarray(0, Math.max(0, this.#most - this.#length));
    const needed = this.#length + piece.length;
    if (needed > this.#kept.length) {
      const grown = Buffer.alloc(Math.max(needed, this.#kept.length * 2));
      grown.set(this.#all);
      this.#kept = grown;
    }
    this.#kept.set(piece, this.#length);
    this.#length = needed;
    return this.done;
  }

  get done(): boolean {
    if (this.#length >= this.#most) return true;
    if (!this.#chunked) return false;
    for (;;) {
      const chunk = chunkAt(this.#all, this.#at);
      if (typeof chunk === 'string') return chunk === 'last';
      if (chunk.next > this.#length) return false;
      this.#at = chunk.next;
    }
  }

  /** Whether the limit cut it. */
  get cut(): boolean {
    return this.#length >= this.#limit && this.#announced > this.#limit;
  }

  /** What was kept, chunk framing removed (RFC 9112 §7.1). */
  get bytes(): Uint8Array {
    return this.#chunked ? dechunk(this.#all) : this.#all;
  }

  get #most(): number {
    return Math.min(this.#limit, this.#announced);
  }

  get #all(): Buffer {
    return this.#kept.subarray(0, this.#length);
  }
}

interface Chunk {
  /** Its data is `[start, end)`, as far as that is here; the next one begins at `next`. */
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

/** `chunk-size [ chunk-ext ]`, up to 4 GiB. */
const SIZE = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?$/is;
const BEGUN = /^[0-9a-f]{0,8}[ \t]*(?:;.*)?\r?$/is;
/** Bytes of a chunk's first line. */
const MAX_LINE = 1024;

/** `last`: the last chunk, with its trailer, is here. `broken`: there is none. */
function chunkAt(all: Buffer, at: number): Chunk | 'last' | 'partial' | 'broken' {
  const lineEnd = all.subarray(at, at + MAX_LINE).indexOf('\r\n') + at;
  if (lineEnd < at) return all.length - at < MAX_LINE && BEGUN.test(all.toString('latin1', at)) ? 'partial' : 'broken';
  const [, digits] = SIZE.exec(all.toString('latin1', at, lineEnd)) ?? [];
  if (digits === undefined) return 'broken';
  const size = Number.parseInt(digits, 16);
  const start = lineEnd + 2;
  if (size === 0) return all.indexOf('\r\n\r\n', lineEnd) < 0 ? 'partial' : 'last';
  return { start, end: Math.min(start + size, all.length), next: start + size + 2 };
}

function dechunk(all: Buffer): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < all.length; ) {
    const chunk = chunkAt(all, at);
    // What is not chunked after all is shown as it came.
    if (chunk === 'broken' && at === 0) return all;
    if (typeof chunk === 'string') break;
    pieces.push(all.subarray(chunk.start, chunk.end));
    at = chunk.next;
  }
  return Buffer.concat(pieces);
}
