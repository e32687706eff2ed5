/**
 * Fresh masking keys. "The masking key needs to be unpredictable; thus, the masking key MUST be derived from a strong
 * source of entropy" (RFC 6455 §5.3). Drawing 16 KiB at a time costs a fraction of a draw a frame; every frame still
 * gets four bytes that were never used before.
 */
export type MaskingKeySource = () => number;

const POOL = 16 * 1024;

/** A source of keys over the random generator handed in. */
export function maskingKeySource(fillRandom: (target: Uint8Array) => void): MaskingKeySource {
  let pool: Uint8Array<ArrayBuffer> | undefined;
  let words = new DataView(new ArrayBuffer(0));
  let at = POOL;
  return () => {
    if (at === POOL) {
      pool ??= new Uint8Array(POOL);
      words = new DataView(pool.buffer);
      fillRandom(pool);
      at = 0;
    }
    const key = words.getUint32(at);
    at += 4;
    return key;
  };
}
