import type { Draft } from './draft.ts';
import { draftKind } from './draft-opcode.ts';
import type { DraftHeader, DraftReader, DraftSink } from './draft-reader.ts';
import { maskOf, xorMask } from './whole-mask.ts';

/**
 * Frames of hybi-01 to -06: two bytes with a final bit, reserved bits, opcode and length, then 16 or 64 bits more of
 * length; a client's from hybi-04 on masked as a whole.
 */
export class OpcodeReader implements DraftReader {
  readonly #sink: DraftSink;
  readonly #draft: Draft;
  /** hybi-04's connection key; empty where there is none. `undefined`: what is read is not masked. */
  readonly #key: Uint8Array | undefined;
  /** Bytes in front of the header. */
  readonly #front: 0 | 4;
  readonly #head = Buffer.alloc(14);
  #have = 0;
  #mask: Uint8Array | undefined;
  /** The peer masks with the connection key; and this frame was the first to show it. */
  #quirk = false;
  #foundQuirk = false;
  /** The payload's place behind the first four bytes. */
  #maskPhase = 0;
  #inPayload = false;
  #received = 0;
  #length = 0;
  #consumed: number;
  #stopped = false;
  #paused = false;

  constructor(sink: DraftSink, draft: Draft, key: Uint8Array | undefined, offset: number) {
    this.#sink = sink;
    this.#draft = draft;
    this.#key = key;
    this.#front = key === undefined ? 0 : 4;
    this.#consumed = offset;
  }

  get atBoundary(): boolean {
    return this.#have === 0 && !this.#inPayload;
  }

  pause(): void {
    this.#paused = true;
  }

  read(chunk: Buffer, start: number): number {
    let at = start;
    this.#paused = false;
    while (at < chunk.length && !this.#stopped && !this.#paused) {
      at = this.#inPayload ? this.#readPayload(chunk, at) : this.#readHeader(chunk, at);
    }
    return at;
  }

  #readHeader(chunk: Buffer, from: number): number {
    let at = from;
    while (at < chunk.length && this.#have < this.#headerSize()) {
      this.#head[this.#have++] = chunk[at++] as number;
      if (this.#have === this.#front + 2) this.#unmaskFirst();
      else if (this.#mask && this.#have > this.#front + 2) this.#unmaskLast();
    }
    if (this.#have < this.#headerSize()) return at;
    const header = this.#header();
    this.#consumed += this.#have;
    this.#have = 0;
    this.#received = 0;
    // Above 2^53 inexact, but then no limit lets it pass, and without limits nobody waits for its end.
    this.#length = Number(header.length);
    this.#inPayload = this.#length > 0;
    this.#maskPhase = header.bytes.length;
    if (!this.#sink.header(header, chunk, at, chunk.length)) this.#stopped = true;
    else if (this.#length === 0 && !this.#sink.end()) this.#stopped = true;
    return at;
  }

  #headerSize(): number {
    if (this.#have < this.#front + 2) return this.#front + 2;
    const marker = (this.#head[this.#front + 1] as number) & 0x7f;
    return this.#front + 2 + (marker === 126 ? 2 : marker === 127 ? 8 : 0);
  }

  /** Finds the mask, and takes it off the first two bytes of the header: they tell how long it is. */
  #unmaskFirst(): void {
    const { mask } = this.#draft;
    if (this.#key === undefined || mask === 'none') return;
    const right = maskOf(mask, Uint8Array.from(this.#head.subarray(0, 4)), this.#key);
    // libwebsockets of early 2011 masked with the connection key: where the right mask yields nonsense, that one may not.
    // Once it was so it stays so: one frame in fifty makes sense under both.
    this.#foundQuirk = mask === 'hash' && !this.#quirk && !this.#isSane(right) && this.#isSane(this.#key);
    this.#quirk ||= this.#foundQuirk;
    this.#mask = this.#quirk ? this.#key : right;
    xorMask(this.#head, 4, 6, this.#mask, 0);
  }

  #unmaskLast(): void {
    const at = this.#have - 1;
    if (this.#mask) xorMask(this.#head, at, at + 1, this.#mask, at - this.#front);
  }

  /** Whether the header's first two bytes make sense under a mask: no reserved bit, no reserved opcode. */
  #isSane(mask: Uint8Array): boolean {
    const first = (this.#head[4] as number) ^ (mask[0] as number);
    const second = (this.#head[5] as number) ^ (mask[1] as number);
    return (first & 0x70) === 0 && draftKind(first & 0x0f) !== undefined && second < 0x80;
  }

  #header(): DraftHeader {
    const bytes = Uint8Array.from(this.#head.subarray(this.#front, this.#have));
    const view = new DataView(bytes.buffer);
    const [first = 0, second = 0] = bytes;
    const marker = second & 0x7f;
    const code = first & 0x0f;
    const top = first >= 0x80;
    return {
      offset: this.#consumed,
      bytes,
      nonce: this.#front === 0 ? undefined : Uint8Array.from(this.#head.subarray(0, 4)),
      mask: this.#mask,
      quirk: this.#foundQuirk,
      kind: draftKind(code),
      code,
      fin: this.#draft.frames === 'MORE' ? !top : top,
      length: marker === 126 ? BigInt(view.getUint16(2)) : marker === 127 ? view.getBigUint64(2) : BigInt(marker),
      endless: false,
    };
  }

  #readPayload(chunk: Buffer, at: number): number {
    const stop = Math.min(chunk.length, at + this.#length - this.#received);
    if (this.#mask) xorMask(chunk, at, stop, this.#mask, this.#maskPhase + this.#received);
    this.#received += stop - at;
    this.#consumed += stop - at;
    const ends = this.#received === this.#length;
    if (ends) this.#inPayload = false;
    if (!this.#sink.payload(chunk, at, stop, ends)) this.#stopped = true;
    else if (ends && !this.#sink.end()) this.#stopped = true;
    return stop;
  }
}
