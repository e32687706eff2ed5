import type { RandomBytes } from '../../../src/protocol/dialect/draw.ts';

/** Bytes that look random and are the same for the same seed (xorshift). */
export function seeded(seed: number): RandomBytes {
  let state = (seed | 0) === 0 ? 0x9e3779b9 : seed | 0;
  return (size) =>
    Uint8Array.from({ length: size }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 11) & 0xff;
    });
}
