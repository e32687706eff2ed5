import { constants, deflateRawSync } from 'node:zlib';
import { createInflater, type Inflater } from '../protocol/extension/inflater.ts';
import type { Violation } from '../protocol/rule.ts';
import type { NetworkError, Transport, TransportHandler } from '../transport/transport.ts';

/**
 * deflate-stream (hybi-04 to about -10): behind the opening handshake each direction is one raw DEFLATE stream, frames,
 * masks and all. Spoken by a client that offers it by hand to an old server: the drafts dropped it, and with it masking
 * protects from nothing.
 */
export class DeflateStream implements Transport {
  handler: TransportHandler = { data() {}, end() {}, drain() {}, close() {} };
  /** Told, once, of bytes that are no DEFLATE data; nothing is read after them. */
  broken: (violation: Violation) => void = () => undefined;
  readonly #inner: Transport;
  readonly #inflater: Inflater = createInflater(15, Number.POSITIVE_INFINITY);
  /** Received and not inflated yet. */
  #waiting: Buffer;
  #paused = true;
  #delivering = false;
  #isBroken = false;
  /** What came behind the bytes that wait. */
  #ending: (() => void)[] = [];
  #written = 0;
  #left = 0;

  /** `early`: what came behind the opening handshake, deflated already. */
  constructor(inner: Transport, early: Uint8Array) {
    this.#inner = inner;
    this.#waiting = Buffer.from(early);
    inner.handler = {
      data: (chunk) => this.#data(chunk),
      end: () => this.#behind(() => this.handler.end()),
      drain: () => this.handler.drain(),
      close: (error) => this.#close(error),
    };
  }

  get remote(): string {
    return this.#inner.remote;
  }

  get pending(): number {
    return this.#inner.pending;
  }

  /** What is deflated is a copy. */
  get held(): number {
    return 0;
  }

  get written(): number {
    return this.#written;
  }

  get sent(): number {
    if (this.#inner.sent >= this.#inner.written) this.#left = this.#written;
    return this.#left;
  }

  /** Each write is blocks of its own, ended as `Z_SYNC_FLUSH` does, which refer to nothing before them. */
  write(pieces: readonly Uint8Array[]): boolean {
    const bytes = Buffer.concat(pieces);
    this.#written += bytes.length;
    return bytes.length === 0 || this.#inner.write([deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH })]);
  }

  pause(): void {
    this.#paused = true;
    this.#inner.pause();
  }

  resume(): void {
    this.#paused = false;
    // Nobody who says that he is ready expects bytes before he is done with it.
    if (this.#waiting.length > 0 || this.#ending.length > 0) queueMicrotask(() => this.#deliver());
    else this.#inner.resume();
  }

  end(): void {
    this.#inner.end();
  }

  destroy(): void {
    this.#inner.destroy();
  }

  reset(): void {
    if (this.#inner.reset) this.#inner.reset();
    else this.#inner.destroy();
  }

  #data(chunk: Buffer): void {
    this.#waiting = this.#waiting.length === 0 ? chunk : Buffer.concat([this.#waiting, chunk]);
    this.#deliver();
  }

  #close(error: NetworkError | undefined): void {
    this.#behind(() => {
      this.#inflater.close();
      this.handler.close(error);
    });
  }

  #behind(ending: () => void): void {
    this.#ending.push(ending);
    this.#deliver();
  }

  /** Inflates what waits until it is paused, a little at a time: what that can become fits in memory. */
  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    while (this.#waiting.length > 0 && !this.#paused && !this.#isBroken) {
      const piece = this.#waiting.subarray(0, STEP);
      this.#waiting = this.#waiting.subarray(piece.length);
      this.#inflate(piece);
    }
    this.#delivering = false;
    if (this.#waiting.length > 0 && !this.#isBroken) return;
    for (const ending of this.#ending.splice(0)) ending();
    if (!this.#paused) this.#inner.resume();
  }

  #inflate(piece: Buffer): void {
    const inflated: Buffer[] = [];
    const outcome = this.#inflater.push(piece, 0, piece.length, (buffer, from, to) => {
      inflated.push(Buffer.from(buffer.subarray(from, to)));
      return true;
    });
    for (const bytes of inflated) this.handler.data(bytes);
    if (outcome !== 'data') return;
    this.#isBroken = true;
    this.#waiting = Buffer.alloc(0);
    this.broken({ rule: 'deflate-stream-failed', detail: 'these bytes are not DEFLATE data' });
  }
}

/** Bytes inflated at a time. */
const STEP = 256;
