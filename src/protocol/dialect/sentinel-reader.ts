import type { DraftHeader, DraftReader, DraftSink } from './draft-reader.ts';

/**
 * Frames of hixie-75 and -76: a type byte; below 80 the data runs to the next `ff`, from 80 on a length follows, in
 * groups of seven bits, the high bit set in all but the last.
 */
export class SentinelReader implements DraftReader {
  readonly #sink: DraftSink;
  /** Whether `ff` with length 0 closes, as from hixie-76 on. */
  readonly #closes: boolean;
  #state: 'type' | 'length' | 'counted' | 'to-sentinel' = 'type';
  #head: number[] = [];
  #length = 0n;
  /** Bytes of a counted frame that are still to come. */
  #left = 0;
  #offset: number;
  #consumed: number;
  #stopped = false;
  #paused = false;

  constructor(sink: DraftSink, closes: boolean, offset: number) {
    this.#sink = sink;
    this.#closes = closes;
    this.#offset = offset;
    this.#consumed = offset;
  }

  get atBoundary(): boolean {
    return this.#state === 'type';
  }

  pause(): void {
    this.#paused = true;
  }

  read(chunk: Buffer, start: number): number {
    let at = start;
    this.#paused = false;
    while (at < chunk.length && !this.#stopped && !this.#paused) {
      const from = at;
      at = this.#step(chunk, at);
      this.#consumed += at - from;
    }
    return at;
  }

  #step(chunk: Buffer, at: number): number {
    switch (this.#state) {
      case 'type':
        return this.#begin(chunk, at);
      case 'length':
        return this.#readLength(chunk, at);
      case 'counted':
        return this.#readCounted(chunk, at);
      case 'to-sentinel':
        return this.#readToSentinel(chunk, at);
    }
  }

  #begin(chunk: Buffer, at: number): number {
    const type = chunk[at] as number;
    this.#offset = this.#consumed;
    this.#head = [type];
    this.#length = 0n;
    if (type >= 0x80) this.#state = 'length';
    else {
      this.#state = 'to-sentinel';
      this.#announce(undefined, false, chunk, at + 1);
    }
    return at + 1;
  }

  #readLength(chunk: Buffer, at: number): number {
    const byte = chunk[at] as number;
    this.#head.push(byte);
    this.#length = this.#length * 128n + BigInt(byte & 0x7f);
    const endless = byte >= 0x80 && this.#head.length > MAX_GROUPS;
    if (byte >= 0x80 && !endless) return at + 1;
    this.#left = Number(this.#length);
    this.#state = this.#left > 0 ? 'counted' : 'type';
    this.#announce(this.#length, endless, chunk, at + 1);
    if (this.#left === 0 && !this.#stopped) this.#end();
    return at + 1;
  }

  #readCounted(chunk: Buffer, at: number): number {
    const stop = Math.min(chunk.length, at + this.#left);
    this.#left -= stop - at;
    const ends = this.#left === 0;
    if (ends) this.#state = 'type';
    if (!this.#sink.payload(chunk, at, stop, ends)) this.#stopped = true;
    else if (ends) this.#end();
    return stop;
  }

  #readToSentinel(chunk: Buffer, at: number): number {
    const found = chunk.indexOf(0xff, at);
    const stop = found < 0 ? chunk.length : found;
    if (stop > at && !this.#sink.payload(chunk, at, stop, found >= 0)) this.#stopped = true;
    if (found < 0) return stop;
    this.#state = 'type';
    if (!this.#stopped) this.#end();
    return found + 1;
  }

  #end(): void {
    if (!this.#sink.end()) this.#stopped = true;
  }

  #announce(length: bigint | undefined, endless: boolean, chunk: Buffer, at: number): void {
    const [code = 0] = this.#head;
    const isClose = this.#closes && code === 0xff && length === 0n && !endless;
    const header: DraftHeader = {
      offset: this.#offset,
      bytes: Uint8Array.from(this.#head),
      nonce: undefined,
      mask: undefined,
      quirk: false,
      kind: code === 0 ? 'text' : isClose ? 'close' : undefined,
      code,
      fin: true,
      length,
      endless,
    };
    if (!this.#sink.header(header, chunk, at, chunk.length)) this.#stopped = true;
  }
}

/** Bytes of a length that are followed; nine hold any that matters, and the rest can only be padding. */
const MAX_GROUPS = 16;
