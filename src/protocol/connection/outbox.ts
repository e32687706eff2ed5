import { maskedCopy, maskInPlace } from '../../bytes/mask.ts';
import { writeHeader } from '../frame/encode.ts';

/**
 * Bytes on their way out. Frames are written one behind the other into a slab, header, key and payload, masked in
 * place, and leave together in one write a turn. A slab is never written twice, so what was taken may be kept.
 */
export class Outbox {
  #slab: Buffer = EMPTY;
  /** What is in the slab and was not taken is `[from, at)`. */
  #from = 0;
  #at = 0;
  #queue: Uint8Array[] = [];
  #queued = 0;

  /** Bytes waiting to be taken. */
  get pending(): number {
    return this.#queued + this.#at - this.#from;
  }

  /**
   * A frame with the minimal length form. `first` is FIN, RSV and opcode as one byte; `key` `undefined`: unmasked.
   * `lasting`: the payload will not change, so a large unmasked one may go by reference.
   */
  frame(first: number, payload: Uint8Array, start: number, end: number, key: number | undefined, lasting = false): void {
    const length = end - start;
    if (length > LARGE) {
      this.#large(first, payload.subarray(start, end), key, lasting ? 'lasting' : 'borrowed');
      return;
    }
    this.#reserve(MAX_HEADER + length);
    const at = writeHeader(this.#slab, this.#at, first, length, key);
    if (length <= 32) for (let i = 0; i < length; i++) this.#slab[at + i] = payload[start + i] as number;
    else this.#slab.set(payload.subarray(start, end), at);
    this.#at = at + length;
    if (key !== undefined) maskInPlace(this.#slab, at, this.#at, key);
  }

  /** A frame whose payload is a string's UTF-8, written where it will leave from. Returns the payload's bytes. */
  text(first: number, text: string, key: number | undefined): number {
    if (text.length * 3 > LARGE) {
      const bytes = Buffer.from(text, 'utf8');
      this.#large(first, bytes, key, 'ours');
      return bytes.length;
    }
    this.#reserve(MAX_HEADER + text.length * 3);
    const slab = this.#slab;
    const header = headerSize(text.length) + (key === undefined ? 0 : 4);
    let at = this.#at + header;
    const written = writeText(slab, at, text);
    // The header was measured for ASCII; where the text took more bytes and a longer form, it moves along.
    const real = headerSize(written) + (key === undefined ? 0 : 4);
    if (real !== header) {
      slab.copyWithin(this.#at + real, at, at + written);
      at = this.#at + real;
    }
    writeHeader(slab, this.#at, first, written, key);
    this.#at = at + written;
    if (key !== undefined) maskInPlace(slab, at, this.#at, key);
    return written;
  }

  /** Bytes as they are. `lasting`: they will not change, so they may go by reference, and need no slab of their own. */
  bytes(bytes: Uint8Array, lasting = false): void {
    if (bytes.length > LARGE || (lasting && this.#at + bytes.length > this.#slab.length)) {
      this.#seal();
      this.#push(lasting ? bytes : new Uint8Array(bytes));
      return;
    }
    this.#reserve(bytes.length);
    this.#slab.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Everything that waits, in order; the box is empty afterwards. */
  take(): Uint8Array[] {
    this.#seal();
    const taken = this.#queue;
    this.#queue = [];
    this.#queued = 0;
    giveBack(this.#slab, this.#at);
    this.#slab = EMPTY;
    this.#from = 0;
    this.#at = 0;
    return taken;
  }

  /** `ours`: may be masked where it is; `lasting`: will not change; `borrowed`: only good until we return. */
  #large(first: number, payload: Uint8Array, key: number | undefined, owner: 'ours' | 'lasting' | 'borrowed'): void {
    this.#reserve(MAX_HEADER);
    this.#at = writeHeader(this.#slab, this.#at, first, payload.length, key);
    this.#seal();
    if (key === undefined) {
      this.#push(owner === 'borrowed' ? new Uint8Array(payload) : payload);
      return;
    }
    if (owner === 'ours') maskInPlace(payload, 0, payload.length, key);
    this.#push(owner === 'ours' ? payload : maskedCopy(payload, key));
  }

  #push(piece: Uint8Array): void {
    this.#queue.push(piece);
    this.#queued += piece.length;
  }

  #seal(): void {
    if (this.#at === this.#from) return;
    this.#push(this.#slab.subarray(this.#from, this.#at));
    this.#from = this.#at;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#slab.length) return;
    this.#seal();
    const { slab, at } = borrow(bytes, this.#slab.length);
    this.#slab = slab;
    this.#from = at;
    this.#at = at;
  }
}

const EMPTY = Buffer.alloc(0);
const MAX_HEADER = 14;
/** Payloads above this leave in a buffer of their own. */
const LARGE = 16 * 1024;
const SLAB = 64 * 1024;

/** What a box begins with while another one has the spare slab: a thousand that send in one turn take no 64 MiB. */
const FIRST_SLAB = 1024;

/** The rest of a slab that nobody writes: an idle connection holds none. */
let spare: Buffer = EMPTY;
let spareAt = 0;

/** `full`: the size of the slab that the box has filled, 0 for none. */
function borrow(bytes: number, full: number): { slab: Buffer; at: number } {
  const isLent = spare === EMPTY;
  const lent = { slab: spare, at: spareAt };
  spare = EMPTY;
  spareAt = 0;
  if (lent.at + bytes <= lent.slab.length) return lent;
  const size = isLent && full < SLAB / 4 ? Math.max(FIRST_SLAB, full * 4) : SLAB;
  // Not zeroed: only what a frame was written to is ever taken.
  return {
    slab: bytes > size / 2 || size === SLAB ? Buffer.allocUnsafeSlow(Math.max(size, bytes)) : Buffer.allocUnsafe(size),
    at: 0,
  };
}

function giveBack(slab: Buffer, at: number): void {
  if (slab.length - at <= spare.length - spareAt) return;
  spare = slab;
  spareAt = at;
}

/** Of a text that is not large: it never needs the 64-bit form. */
function headerSize(length: number): number {
  return length < 126 ? 2 : 4;
}

/** UTF-8 of `text` at `slab[at]`; returns the bytes written. Short ASCII by a loop, which beats the call. */
function writeText(slab: Buffer, at: number, text: string): number {
  const { length } = text;
  if (length > 24) return slab.write(text, at, 'utf8');
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return slab.write(text, at, 'utf8');
    slab[at + i] = code;
  }
  return length;
}
