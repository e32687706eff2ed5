import { copyInto, maskInPlace, maskInto } from '../../bytes/mask.ts';
import { part } from '../../bytes/part.ts';
import { writeHeader } from '../frame/encode.ts';
import { borrow, putDown, release, SLAB, type Slab } from './slab.ts';

/**
 * Bytes on their way out. Frames are written one behind the other into slabs, header, key and payload, masked on the way,
 * and leave together in one write a turn. What was taken stays as it is until `recycle`.
 */
export class Outbox {
  #slab: Slab | undefined;
  /** What is in the slab and was not taken is `[from, at)`. */
  #from = 0;
  #queue: Uint8Array[] = [];
  #queued = 0;
  /** Slabs that are full or were taken, oldest first. */
  #oldest: Loan | undefined;
  #newest: Loan | undefined;
  /** Bytes ever taken. */
  #taken = 0;

  /** Bytes waiting to be taken. */
  get pending(): number {
    return this.#slab ? this.#queued + this.#slab.at - this.#from : this.#queued;
  }

  /**
   * A frame with the minimal length form. `first` is FIN, RSV and opcode as one byte; `key` `undefined`: unmasked.
   * `lasting`: the payload will not change, so a large unmasked one may go by reference.
   */
  frame(first: number, payload: Uint8Array, start: number, end: number, key: number | undefined, lasting = false): void {
    const length = end - start;
    if (length > LARGE) {
      const slab = this.#reserve(MAX_HEADER);
      slab.at = writeHeader(slab.buffer, slab.at, first, length, key);
      if (key === undefined && lasting) this.#byReference(part(payload, start, end));
      else this.#spread(payload, start, end, key);
      return;
    }
    const slab = this.#reserve(MAX_HEADER + length);
    const at = writeHeader(slab.buffer, slab.at, first, length, key);
    slab.at = at + length;
    if (key === undefined) copyInto(payload, start, end, slab.buffer, at, slab.place);
    else maskInto(payload, start, end, slab.buffer, at, key, 0, slab.place);
  }

  /** A frame whose payload is a string's UTF-8, written where it will leave from. Returns the payload's bytes. */
  text(first: number, text: string, key: number | undefined): number {
    if (text.length * 3 > SLAB - MAX_HEADER) {
      const bytes = Buffer.from(text, 'utf8');
      this.frame(first, bytes, 0, bytes.length, key, true);
      return bytes.length;
    }
    const slab = this.#reserve(MAX_HEADER + text.length * 3);
    const { buffer } = slab;
    const header = headerSize(text.length) + (key === undefined ? 0 : 4);
    let at = slab.at + header;
    if (text.length <= SHORT && writeShort(buffer, at, text, key ?? 0)) {
      writeHeader(buffer, slab.at, first, text.length, key);
      slab.at = at + text.length;
      return text.length;
    }
    const written = buffer.write(text, at, 'utf8');
    // The header was measured for ASCII; where the text took more bytes and a longer form, it moves along.
    const real = headerSize(written) + (key === undefined ? 0 : 4);
    if (real !== header) {
      buffer.copyWithin(slab.at + real, at, at + written);
      at = slab.at + real;
    }
    writeHeader(buffer, slab.at, first, written, key);
    slab.at = at + written;
    if (key !== undefined) maskInPlace(buffer, at, slab.at, key, 0, slab.place);
    return written;
  }

  /** Bytes as they are. `lasting`: they will not change, so they may go by reference, and need no slab of their own. */
  bytes(bytes: Uint8Array, lasting = false): void {
    const fits = this.#slab !== undefined && this.#slab.at + bytes.length <= this.#slab.buffer.length;
    if (lasting && (bytes.length > LARGE || !fits)) this.#byReference(bytes);
    else this.#spread(bytes, 0, bytes.length, undefined);
  }

  /** Everything that waits, in order; the box is empty afterwards. */
  take(): Uint8Array[] {
    const slab = this.#slab;
    if (slab) {
      this.#setAside(slab);
      this.#slab = undefined;
    }
    this.#taken += this.#queued;
    const taken = this.#queue;
    this.#queue = [];
    this.#queued = 0;
    return taken;
  }

  /** Of all that was taken only the last `held` bytes may still be read: the memory of the rest may be written anew. */
  recycle(held: number): void {
    const gone = this.#taken - held;
    let loan = this.#oldest;
    for (; loan && loan.reach <= gone; loan = loan.next) release(loan.slab);
    this.#oldest = loan;
    if (!loan) this.#newest = undefined;
  }

  /** Copies into slab after slab, masking on the way. */
  #spread(payload: Uint8Array, start: number, end: number, key: number | undefined): void {
    for (let next = start; next < end; ) {
      const slab = this.#reserve(1, end - next);
      const stop = Math.min(end, next + slab.buffer.length - slab.at);
      if (key === undefined) copyInto(payload, next, stop, slab.buffer, slab.at, slab.place);
      else maskInto(payload, next, stop, slab.buffer, slab.at, key, next - start, slab.place);
      slab.at += stop - next;
      next = stop;
    }
  }

  #byReference(bytes: Uint8Array): void {
    this.#seal();
    this.#push(bytes);
  }

  #push(piece: Uint8Array): void {
    this.#queue.push(piece);
    this.#queued += piece.length;
  }

  #seal(): void {
    const slab = this.#slab;
    if (!slab || slab.at === this.#from) return;
    this.#push(slab.buffer.subarray(this.#from, slab.at));
    this.#from = slab.at;
  }

  #setAside(slab: Slab): void {
    this.#seal();
    const loan: Loan = { slab, reach: this.#taken + this.#queued, next: undefined };
    if (this.#newest) this.#newest.next = loan;
    else this.#oldest = loan;
    this.#newest = loan;
    putDown(slab);
  }

  /** A slab with room for `bytes`; where that must be another one, with room for as many of `wanted` as one has. */
  #reserve(bytes: number, wanted = bytes): Slab {
    const current = this.#slab;
    if (current && current.at + bytes <= current.buffer.length) return current;
    if (current) this.#setAside(current);
    const slab = borrow(Math.max(bytes, Math.min(wanted, SLAB)), current?.buffer.length ?? 0);
    this.#slab = slab;
    this.#from = slab.at;
    return slab;
  }
}

/** What a connection asks of where its frames go. */
export type FrameOutbox = Pick<Outbox, 'pending' | 'frame' | 'text' | 'bytes' | 'take' | 'recycle'>;

interface Loan {
  readonly slab: Slab;
  /** Up to where in the stream it was written. */
  readonly reach: number;
  next: Loan | undefined;
}

const MAX_HEADER = 14;
/** Unmasked payloads above this leave where they are. */
const LARGE = 16 * 1024;

/** Of a text that is not large: it never needs the 64-bit form. */
function headerSize(length: number): number {
  return length < 126 ? 2 : 4;
}

/** Up to this many characters a loop writes sooner than a call. */
const SHORT = 32;

/** Writes ASCII, masked, at `slab[at]`; a key of 0 masks nothing. Returns false, with nothing of use written, where it is not. */
function writeShort(slab: Buffer, at: number, text: string, key: number): boolean {
  const { length } = text;
  const fours = length & ~3;
  let all = 0;
  let i = 0;
  for (; i < fours; i += 4) {
    const first = text.charCodeAt(i);
    const second = text.charCodeAt(i + 1);
    const third = text.charCodeAt(i + 2);
    const fourth = text.charCodeAt(i + 3);
    all |= first | second | third | fourth;
    slab[at + i] = first ^ (key >>> 24);
    slab[at + i + 1] = second ^ (key >>> 16);
    slab[at + i + 2] = third ^ (key >>> 8);
    slab[at + i + 3] = fourth ^ key;
  }
  for (let shift = 24; i < length; i++, shift -= 8) {
    const code = text.charCodeAt(i);
    all |= code;
    slab[at + i] = code ^ (key >>> shift);
  }
  return all < 0x80;
}
