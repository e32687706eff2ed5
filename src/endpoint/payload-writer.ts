import { type Arena, arenaInUse, placeInArena } from '../bytes/arena.ts';
import type { OutputStream } from '../env.ts';

/**
 * Payload on its way to standard output: gathered into large pieces, and no faster than the reader takes it. Node would
 * queue without limit on a full pipe.
 */
export interface WriterHandler {
  /** The reader is slow: hand over no more until `room`. */
  full(): void;
  room(): void;
  /** The output failed: `EPIPE` when nobody reads any more, `ENOSPC` when the disk is full. */
  fail(code: string, message: string): void;
}

const SLAB = 64 * 1024;
/** Bytes that may wait for the reader: a pipe takes 64 KiB at a time, and what was received goes on meanwhile. */
const WAITING = 512 * 1024;

/** Who gathers in the arena: one at a time, and what it gathered is copied once more when it leaves. */
let gatherer: PayloadWriter | undefined;

export class PayloadWriter {
  readonly #stream: OutputStream;
  readonly #handler: WriterHandler;
  #slab: Buffer = EMPTY;
  /** Where the slab is the arena's. */
  #arena: Arena | undefined;
  #length = 0;
  readonly #copies: Copies;
  #scheduled = false;
  #full = false;
  #failed = false;

  constructor(stream: OutputStream, handler: WriterHandler) {
    this.#stream = stream;
    this.#handler = handler;
    this.#copies = new Copies(stream);
    stream.on('drain', () => this.#drained());
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#failed) return;
      this.#failed = true;
      handler.fail(error.code ?? 'ERROR', error.message);
    });
  }

  /** Takes `bytes[start, end)` and then `ending`, both copied. */
  write(bytes: Buffer, start: number, end: number, ending: number | undefined): void {
    if (this.#failed) return;
    const length = end - start;
    if (length > SLAB / 2) this.#writeLarge(bytes, start, end);
    else {
      if (this.#length + length + 1 > this.#slab.length) this.#renew();
      const place = this.#arena ? placeInArena(bytes) : -1;
      if (this.#arena && place >= 0) this.#arena.copy(this.#slab.byteOffset + this.#length, place + start, length);
      else bytes.copy(this.#slab, this.#length, start, end);
      this.#length += length;
    }
    if (ending !== undefined) this.#slab[this.#length++] = ending;
    this.#schedule();
  }

  /** Everything written has been handed to the stream, and the stream has taken it; also when it failed. */
  async finish(): Promise<void> {
    this.#flush();
    if (gatherer === this) gatherer = undefined;
    this.#arena = undefined;
    this.#slab = EMPTY;
    if (this.#failed) return;
    await new Promise<void>((resolve) => {
      this.#stream.write(EMPTY, () => resolve());
      this.#stream.once('close', () => resolve());
    });
  }

  #writeLarge(bytes: Buffer, start: number, end: number): void {
    this.#flush();
    this.#hand(Buffer.from(bytes.subarray(start, end)));
    this.#renew();
  }

  /** A new slab, as what was handed to the stream may not have left; the arena's, where it is to be had. */
  #renew(): void {
    this.#flush();
    if (this.#arena) return;
    gatherer ??= arenaInUse() && this;
    this.#arena = gatherer === this ? arenaInUse() : undefined;
    // Not zeroed: only what was written is handed on.
    this.#slab = this.#arena?.gathering ?? Buffer.allocUnsafeSlow(SLAB);
  }

  /** One write for all that comes in one go. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#length === 0) return;
    const piece = this.#slab.subarray(0, this.#length);
    this.#hand(this.#arena ? this.#copies.of(piece) : piece);
    if (!this.#arena) this.#slab = this.#slab.subarray(this.#length);
    this.#length = 0;
  }

  #hand(piece: Buffer): void {
    this.#copies.handed += piece.length;
    if (this.#failed || this.#stream.write(piece) || this.#full || this.#stream.writableLength < WAITING) return;
    this.#full = true;
    this.#handler.full();
  }

  #drained(): void {
    if (!this.#full) return;
    this.#full = false;
    this.#handler.room();
  }
}

/** Memory for pieces that a stream is handed, written anew once it has taken them: to ask the system for more takes longer. */
class Copies {
  readonly #stream: OutputStream;
  /** Whether it writes to a descriptor: other streams may hand the memory itself on, to a reader in this process. */
  readonly #writes: boolean;
  /** Bytes that the stream was ever handed. */
  handed = 0;
  /** Oldest first; `reach`: up to where in the stream it goes. */
  readonly #lent: { readonly slab: Buffer; readonly reach: number }[] = [];

  constructor(stream: OutputStream) {
    this.#stream = stream;
    this.#writes = typeof (stream as { fd?: unknown }).fd === 'number';
  }

  /** Of at most a slab; to be handed to the stream at once. */
  of(piece: Buffer): Buffer {
    if (!this.#writes) return Buffer.from(piece);
    const [oldest] = this.#lent;
    const isFree = oldest !== undefined && oldest.reach <= this.handed - this.#stream.writableLength;
    const slab = isFree ? oldest.slab : Buffer.allocUnsafeSlow(SLAB);
    if (isFree) this.#lent.shift();
    piece.copy(slab);
    this.#lent.push({ slab, reach: this.handed + piece.length });
    return slab.subarray(0, piece.length);
  }
}

const EMPTY = Buffer.alloc(0);
