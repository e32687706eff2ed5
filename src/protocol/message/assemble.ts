/**
 * Pieces → one message's bytes. Memory follows what arrived, not what was announced: a peer cannot have it taken by
 * writing a large length and nothing else.
 */
export class Assembler {
  #buffer: Buffer | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The bytes so far are `buffer[0, length)`. */
  get buffer(): Buffer {
    return this.#buffer ?? EMPTY;
  }

  /** Takes a piece. `expected`: how long the message is known to become, at least; a hint. */
  add(bytes: Uint8Array, start: number, end: number, expected: number): void {
    const buffer = this.#roomFor(end - start, expected);
    if (bytes instanceof Buffer) bytes.copy(buffer, this.#length, start, end);
    else buffer.set(bytes.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  /** Gives the message away and starts anew. */
  take(): { buffer: Buffer; length: number } {
    const taken = { buffer: this.buffer, length: this.#length };
    this.reset();
    return taken;
  }

  reset(): void {
    this.#buffer = undefined;
    this.#length = 0;
  }

  #roomFor(more: number, expected: number): Buffer {
    const needed = this.#length + more;
    const current = this.#buffer;
    if (current && needed <= current.length) return current;
    // What is announced is taken at its word up to 1 MiB, and beyond that up to four times what has arrived.
    const wanted = Math.max(expected, (current?.length ?? 0) * 2);
    const size = Math.max(needed, Math.min(wanted, Math.max(MIB, needed * 4)));
    // Not zeroed: only `[0, length)` is ever handed out, and each of its bytes was written by `add`.
    const grown = Buffer.allocUnsafe(size);
    current?.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
    return grown;
  }
}

const EMPTY = Buffer.alloc(0);
const MIB = 1024 * 1024;
