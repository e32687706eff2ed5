import { constants, deflateRawSync } from 'node:zlib';
import { type KeptStream, keptDeflate, keptStreamsWork } from './zlib-handle.ts';

/** Bytes → raw DEFLATE, for one direction of one connection (RFC 7692 §7.2.1). */
export interface Deflater {
  /**
   * Compresses a whole message. The result is valid until the next call of any deflater; its last four octets,
   * `00 00 ff ff`, are already removed (RFC 7692 §7.2.1 step 3).
   */
  deflate(input: Uint8Array, start: number, end: number): Uint8Array;
  /** Forgets the context. */
  reset(): void;
  close(): void;
}

const STEP = 64 * 1024;

let scratch: Buffer | undefined;

class KeptDeflater implements Deflater {
  readonly #stream: KeptStream;

  constructor(stream: KeptStream) {
    this.#stream = stream;
  }

  deflate(input: Uint8Array, start: number, end: number): Uint8Array {
    scratch ??= Buffer.alloc(STEP);
    const full: Buffer[] = [];
    let at = start;
    while (true) {
      const { inputLeft, outputLeft, failed } = this.#stream.write(input, at, end, scratch);
      if (failed) throw new Error('zlib failed to deflate');
      at = end - inputLeft;
      if (outputLeft > 0) {
        const last = scratch.subarray(0, STEP - outputLeft);
        const whole = full.length === 0 ? last : Buffer.concat([...full, last]);
        return withoutTail(whole);
      }
      full.push(Buffer.from(scratch));
    }
  }

  reset(): void {
    this.#stream.reset();
  }

  close(): void {
    this.#stream.close();
  }
}

/** "Removing 4 octets that are 0x00 0x00 0xff 0xff from the tail end" (RFC 7692 §7.2.1). */
function withoutTail(whole: Uint8Array): Uint8Array {
  const rest = whole.subarray(0, whole.length - 4);
  // "If the resulting data does not end with an empty DEFLATE block with no compression": an empty message is one 0x00 (§7.2.3.6).
  return rest.length === 0 ? Uint8Array.of(0) : rest;
}

/**
 * The documented way: a call a message, no context kept. The agreement stays whole, for a sender need not use the
 * window that it may use.
 */
export class OneShotDeflater implements Deflater {
  readonly #options: { windowBits: number; level: number; strategy: number };

  constructor(windowBits: number, level: number, strategy: number) {
    this.#options = { windowBits, level, strategy };
  }

  deflate(input: Uint8Array, start: number, end: number): Uint8Array {
    return withoutTail(deflateRawSync(input.subarray(start, end), { ...this.#options, finishFlush: constants.Z_SYNC_FLUSH }));
  }

  reset(): void {}

  close(): void {}
}

/** A deflate context for a window of `windowBits` 8–15 and a compression `level` of 0–9. */
export function createDeflater(windowBits: number, level: number): Deflater {
  // zlib's raw deflate quietly widens a window of 8 bits to 9. With run-length matches only, whose distance is 1,
  // what it writes is right for a window of 8 too.
  const strategy = windowBits === 8 ? constants.Z_RLE : constants.Z_DEFAULT_STRATEGY;
  const bits = Math.max(9, windowBits);
  const stream = keptStreamsWork() ? keptDeflate(bits, level, strategy) : undefined;
  return stream ? new KeptDeflater(stream) : new OneShotDeflater(bits, level, strategy);
}
