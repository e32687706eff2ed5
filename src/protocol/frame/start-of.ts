/** Bytes of a frame that are kept of its start at most. */
const KEPT = 4096;

/**
 * A copy of a frame's first bytes, as they came: its header is `headerLength` bytes and ends before `at`. `undefined` where
 * the header came in several pieces.
 */
export function startOf(headerLength: number, chunk: Uint8Array, at: number, end: number): Uint8Array | undefined {
  const from = at - headerLength;
  return from < 0 ? undefined : Uint8Array.from(chunk.subarray(from, Math.min(end, from + KEPT)));
}
