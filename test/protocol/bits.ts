/** Bytes as specifications write them. */

/** `bits('1 000 0001  0 0000101', 'Hello')`: groups of binary digits, then text (as UTF-8) or bytes as they are. */
export function bits(literal: string, ...rest: readonly (string | Uint8Array)[]): Buffer {
  const digits = literal.replace(/\s+/g, '');
  if (!/^[01]*$/.test(digits) || digits.length % 8 !== 0) throw new Error(`not whole bytes: ${literal}`);
  const head = Array.from({ length: digits.length / 8 }, (_, i) => Number.parseInt(digits.slice(8 * i, 8 * i + 8), 2));
  return Buffer.concat([Buffer.from(head), ...rest.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))]);
}

/** `hex('37 fa 21 3d')`. */
export function hex(text: string): Buffer {
  return Buffer.from(text.replace(/\s+/g, ''), 'hex');
}

/** `bytes` cut behind every `size` bytes; each piece is a copy, since readers unmask in place. */
export function pieces(bytes: Uint8Array, size: number): Buffer[] {
  const list: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) list.push(Buffer.from(bytes.subarray(at, at + size)));
  return list;
}

/** Every way to read a stream that a case is tried with: whole, byte by byte, and in two pieces split at every byte. */
export function everySplit(bytes: Uint8Array): Buffer[][] {
  const ways = [[Buffer.from(bytes)], pieces(bytes, 1)];
  for (let at = 1; at < bytes.length; at++) ways.push([Buffer.from(bytes.subarray(0, at)), Buffer.from(bytes.subarray(at))]);
  return ways;
}

/** `bytes` cut at the given places, in any order, repeats and places beyond the end allowed. */
export function cut(bytes: Uint8Array, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((end, i) => Buffer.from(bytes.subarray(sorted[i], end)));
}

/** Bytes that do not shrink, the same every time. */
export function incompressible(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
