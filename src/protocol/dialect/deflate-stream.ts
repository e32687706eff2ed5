import { createInflater, type Inflater } from '../extension/inflater.ts';
import type { DirectionReader, InboundSink } from '../message/direction.ts';

/**
 * deflate-stream (hybi-04 to about -10): behind the opening handshake each direction is one raw DEFLATE stream, frames
 * and all. It is read, for whoever met an old peer or has its bytes, and never offered: the drafts dropped it, and with
 * it masking protects from nothing.
 */

/** Bytes inflated at a time: what they can become fits in memory, and a pause takes effect soon. */
const STEP = 256;

/** Inflates what another reader reads. Offsets of frames count inflated bytes. */
export class DeflateStream implements DirectionReader {
  readonly #inner: DirectionReader;
  readonly #sink: InboundSink;
  readonly #inflater: Inflater = createInflater(15, Number.POSITIVE_INFINITY);
  /** Inflated and not read yet, as the reader behind was paused. */
  #waiting: Buffer[] = [];
  #paused = false;
  #dead = false;
  /** The last byte that was inflated is not reported as taken: whoever paused us comes back with it for what waits. */
  #owed = false;

  constructor(inner: DirectionReader, sink: InboundSink) {
    this.#inner = inner;
    this.#sink = sink;
  }

  get watched(): boolean {
    return this.#inner.watched;
  }

  set watched(on: boolean) {
    this.#inner.watched = on;
  }

  get held(): number {
    return this.#inner.held;
  }

  get atBoundary(): boolean {
    return this.#inner.atBoundary && this.#waiting.length === 0;
  }

  pause(): void {
    this.#paused = true;
    this.#inner.pause();
  }

  read(chunk: Uint8Array, start = 0): number {
    if (this.#dead) return chunk.length;
    this.#paused = false;
    this.#drain();
    let at = start;
    if (this.#owed && this.#waiting.length === 0) {
      this.#owed = false;
      at++;
    }
    while (at < chunk.length && !this.#paused && !this.#dead) {
      const stop = Math.min(chunk.length, at + STEP);
      this.#inflate(chunk, at, stop);
      this.#drain();
      at = stop;
    }
    if (this.#dead) return chunk.length;
    if (this.#waiting.length === 0 || this.#owed) return at;
    this.#owed = true;
    return at - 1;
  }

  showUnfinished(): void {
    this.#inner.showUnfinished();
  }

  evict(): void {
    this.#inner.evict();
  }

  stop(): void {
    this.#dead = true;
    this.#waiting = [];
    this.#inflater.close();
    this.#inner.stop();
  }

  #inflate(chunk: Uint8Array, start: number, end: number): void {
    const outcome = this.#inflater.push(chunk, start, end, (buffer, from, to) => {
      this.#waiting.push(Buffer.from(buffer.subarray(from, to)));
      return true;
    });
    if (outcome !== 'data') return;
    this.#drain();
    if (this.#dead) return;
    this.stop();
    this.#sink.violation({ rule: 'deflate-stream-failed', detail: 'these bytes are not DEFLATE data' }, true);
  }

  /** Gives what was inflated to the reader behind, until it pauses. */
  #drain(): void {
    while (!this.#paused && !this.#dead) {
      const piece = this.#waiting[0];
      if (!piece) return;
      const taken = this.#inner.read(piece);
      if (taken < piece.length) this.#waiting[0] = piece.subarray(taken);
      else this.#waiting.shift();
    }
  }
}
