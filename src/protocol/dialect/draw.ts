/** Randomness is handed in as bytes; this makes choices of it. Same bytes, same choices: tests depend on it. */

/** Fresh bytes, as many as asked for. */
export type RandomBytes = (size: number) => Uint8Array;

/** A whole number from 0 up to, and without, `limit` (2³² at most). The bias of the remainder harms nothing here. */
export function below(limit: number, random: RandomBytes): number {
  const bytes = random(4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) % limit;
}

/** The items in random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: RandomBytes): T[] {
  const pool = [...items];
  const drawn: T[] = [];
  while (pool.length > 0) drawn.push(...pool.splice(below(pool.length, random), 1));
  return drawn;
}
