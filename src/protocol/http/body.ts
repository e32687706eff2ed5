import { fieldValues, type ResponseHead } from './head.ts';

/** The start of an answer's body, for people to read: framed as RFC 9112 §6 says, kept up to a limit. */
export class BodyReader {
  readonly #limit: number;
  readonly #chunked: boolean;
  /** Bytes that the head announces; `Infinity`: until the connection ends. */
  readonly #announced: number;
  #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(head: ResponseHead, limit: number) {
    this.#limit = limit;
    this.#chunked = fieldValues(head, 'Transfer-Encoding').some((value) => /\bchunked\b/i.test(value));
    const length = fieldValues(head, 'Content-Length')[0];
    const bodyless = head.status === 204 || head.status === 304 || head.status < 200;
    this.#announced = bodyless ? 0 : !this.#chunked && length && /^\d{1,15}$/.test(length) ? Number(length) : Infinity;
  }

  /** Takes what arrived. Returns whether the body is complete, or full. */
  push(bytes: Uint8Array): boolean {
    const piece = bytes.subarray(0, Math.max(0, Math.min(this.#limit, this.#announced) - this.#length));
    if (piece.length > 0) this.#pieces.push(new Uint8Array(piece));
    this.#length += piece.length;
    return this.done;
  }

  get done(): boolean {
    if (this.#length >= Math.min(this.#limit, this.#announced)) return true;
    return this.#chunked && Buffer.concat(this.#pieces).includes('\r\n0\r\n\r\n');
  }

  /** Whether the limit cut it. */
  get cut(): boolean {
    return this.#length >= this.#limit && this.#announced > this.#limit;
  }

  /** What was kept, chunk framing removed (RFC 9112 §7.1). */
  get bytes(): Uint8Array {
    const all = Buffer.concat(this.#pieces);
    return this.#chunked ? dechunk(all) : all;
  }
}

function dechunk(all: Buffer): Uint8Array {
  const pieces: Uint8Array[] = [];
  let at = 0;
  while (at < all.length) {
    const lineEnd = all.indexOf('\r\n', at);
    const size = lineEnd < 0 ? Number.NaN : Number.parseInt(all.toString('latin1', at, lineEnd), 16);
    // What is not chunked after all is shown as it came.
    if (Number.isNaN(size)) return pieces.length === 0 ? all : Buffer.concat(pieces);
    if (size === 0) break;
    pieces.push(all.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(pieces);
}
