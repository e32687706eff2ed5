/** `bytes[start, end)` as they lie there: themselves where that is all of them, since a view costs as much as copying 1 KiB. */
export function part(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
}
