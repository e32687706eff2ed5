/** Milliseconds, as callers give them; `Infinity` is for ever. Throws a `TypeError` for what is no length of time. */
export function checkedTimeout(milliseconds: number): number {
  if (milliseconds >= 0) return milliseconds;
  throw new TypeError(`a timeout is milliseconds, not ${String(milliseconds)}`);
}
