import { keyBytes, maskInPlace, readKey } from '../../bytes/mask.ts';
import type { FrameHeader, LengthForm } from './frame.ts';

/**
 * Bytes → frames. Reads what is on the wire and never judges it: every header form, legal or not, comes out with
 * each of its bits, whatever the pieces it arrives in (RFC 6455 §5.2).
 */
export interface FrameSink {
  /**
   * A header is complete; its fields are the reader's own properties. `chunk[at, end)` is what follows in the same
   * piece, still masked. Return false to stop reading for good.
   */
  header(chunk: Buffer, at: number, end: number): boolean;
  /** The next payload bytes, unmasked; they are the caller's buffer, valid until return. Return false to stop. */
  payload(chunk: Buffer, start: number, end: number): boolean;
  /** The frame is complete. Return false to stop. */
  end(): boolean;
  /**
   * A header is complete and its payload lies behind it in the same chunk. Return true to take both by `whole`, in one
   * call instead of three.
   */
  takesWhole?(): boolean;
  /** A frame that `takesWhole` wanted; its payload is `chunk[start, end)`, unmasked. Return false to stop. */
  whole?(chunk: Buffer, start: number, end: number): boolean;
}

/** Reads one direction of a connection. Chunks are unmasked in place: hand them over, do not keep them. */
export class FrameReader {
  /** The two header bytes as they stand. */
  first = 0;
  second = 0;
  /** Payload length as two unsigned 32-bit halves: compared before they are converted (RFC 6455 §5.2 allows 2^63 - 1). */
  lengthHigh = 0;
  lengthLow = 0;
  /** The masking key, or 0 where the MASK bit is 0. */
  key = 0;
  /** Offset of the frame's first byte in the stream. */
  offset = 0;
  /** 2–14. */
  headerLength = 0;

  readonly #sink: FrameSink;
  /** A header that arrived in pieces; made when the first one does. */
  #partial: Uint8Array | undefined;
  #have = 0;
  #inPayload = false;
  #payloadLength = 0;
  #received = 0;
  #consumed: number;
  #stopped = false;
  #paused = false;

  /** `offset`: where in the stream reading begins. */
  constructor(sink: FrameSink, offset = 0) {
    this.#sink = sink;
    this.#consumed = offset;
  }

  get masked(): boolean {
    return (this.second & 0x80) !== 0;
  }

  get lengthForm(): LengthForm {
    const marker = this.second & 0x7f;
    return marker === 126 ? 16 : marker === 127 ? 64 : 7;
  }

  /** Payload length in bytes; only safe below 2^53, which the limits see to. */
  get length(): number {
    return this.lengthHigh * 0x1_0000_0000 + this.lengthLow;
  }

  /** Whether the stream may end here: between two frames. */
  get atBoundary(): boolean {
    return this.#have === 0 && !this.#inPayload;
  }

  /** A snapshot of the header that was read last. */
  get snapshot(): FrameHeader {
    return {
      fin: (this.first & 0x80) !== 0,
      rsv1: (this.first & 0x40) !== 0,
      rsv2: (this.first & 0x20) !== 0,
      rsv3: (this.first & 0x10) !== 0,
      opcode: this.first & 0x0f,
      maskingKey: this.masked ? keyBytes(this.key) : undefined,
      lengthForm: this.lengthForm,
      length: (BigInt(this.lengthHigh) << 32n) | BigInt(this.lengthLow),
    };
  }

  /** Ends the current `read` after the frame at hand; the next `read` goes on. */
  pause(): void {
    this.#paused = true;
  }

  /**
   * Reads as many frames as `chunk[start, …)` holds. Returns the index after the last byte taken: the chunk's length,
   * or less when the sink stopped or paused the reader.
   */
  read(chunk: Buffer, start = 0): number {
    const end = chunk.length;
    let at = start;
    this.#paused = false;
    while (at < end && !this.#stopped && !this.#paused) {
      if (!this.#inPayload) {
        at = this.#readHeader(chunk, at, end);
        if (!this.#inPayload) continue;
      }
      at = this.#readPayload(chunk, at, end);
    }
    return at;
  }

  /** Takes header bytes; on the last one announces the header, and ends an empty frame at once. */
  #readHeader(chunk: Buffer, from: number, end: number): number {
    let at = from;
    let size = this.#have === 0 && end - at >= 2 ? headerSize(chunk[at + 1] as number) : 0;
    if (size !== 0 && end - at >= size) {
      this.#parse(chunk, at, size);
      at += size;
      const stop = at + this.lengthLow;
      if (this.lengthHigh === 0 && stop <= end && this.#sink.takesWhole?.()) return this.#readWhole(chunk, at, stop);
    } else {
      this.#partial ??= new Uint8Array(14);
      const partial = this.#partial;
      size = this.#have >= 2 ? headerSize(partial[1] as number) : 2;
      while (at < end && this.#have < size) {
        partial[this.#have++] = chunk[at++] as number;
        if (this.#have === 2) size = headerSize(partial[1] as number);
      }
      if (this.#have < size) return at;
      this.#have = 0;
      this.#parse(partial, 0, size);
    }
    this.#announce(chunk, at, end);
    return at;
  }

  #readWhole(chunk: Buffer, start: number, end: number): number {
    this.offset = this.#consumed;
    this.#consumed += this.headerLength + end - start;
    if (this.key !== 0) maskInPlace(chunk, start, end, this.key);
    if (!this.#sink.whole?.(chunk, start, end)) this.#stopped = true;
    return end;
  }

  #announce(chunk: Buffer, at: number, end: number): void {
    this.offset = this.#consumed;
    if (!this.#sink.header(chunk, at, end)) {
      this.#stopped = true;
      return;
    }
    this.#payloadLength = this.length;
    this.#received = 0;
    this.#consumed += this.headerLength + this.#payloadLength;
    if (this.#payloadLength === 0) {
      if (!this.#sink.end()) this.#stopped = true;
    } else this.#inPayload = true;
  }

  #parse(bytes: Uint8Array, at: number, size: number): void {
    const second = bytes[at + 1] as number;
    this.first = bytes[at] as number;
    this.second = second;
    this.headerLength = size;
    const marker = second & 0x7f;
    if (marker < 126) {
      this.lengthHigh = 0;
      this.lengthLow = marker;
    } else if (marker === 126) {
      this.lengthHigh = 0;
      this.lengthLow = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
    } else {
      this.lengthHigh = readKey(bytes, at + 2);
      this.lengthLow = readKey(bytes, at + 6);
    }
    this.key = second & 0x80 ? readKey(bytes, at + size - 4) : 0;
  }

  #readPayload(chunk: Buffer, at: number, end: number): number {
    const stop = Math.min(end, at + this.#payloadLength - this.#received);
    if (this.key !== 0) maskInPlace(chunk, at, stop, this.key, this.#received);
    this.#received += stop - at;
    const done = this.#received === this.#payloadLength;
    if (done) this.#inPayload = false;
    if (!this.#sink.payload(chunk, at, stop)) this.#stopped = true;
    else if (done && !this.#sink.end()) this.#stopped = true;
    return stop;
  }
}

/** Bytes of a header, told from its second byte: 2, plus 2 or 8 of extended length, plus 4 of masking key. */
function headerSize(second: number): number {
  const marker = second & 0x7f;
  return 2 + (marker === 126 ? 2 : marker === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0);
}
