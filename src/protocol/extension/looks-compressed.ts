import { constants, inflateRawSync } from 'node:zlib';

/** Bytes behind which nobody needs to know how long the text is. */
const MOST = 1 << 24;
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/**
 * What a frame with RSV1 looks like where no extension was agreed that gives it a meaning, as a phrase. `payload` is
 * unmasked; `undefined`: it is not all here.
 */
export function looksCompressed(payload: Uint8Array | undefined): string {
  const inflated = payload && inflatedLength(payload);
  if (inflated === undefined) return 'compressed? no extension was negotiated';
  return `looks compressed, it inflates to ${inflated} bytes; no extension was negotiated`;
}

function inflatedLength(payload: Uint8Array): number | undefined {
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MOST };
    const { length } = inflateRawSync(Buffer.concat([payload, TAIL]), options);
    return length > 0 ? length : undefined;
  } catch {
    return undefined;
  }
}
