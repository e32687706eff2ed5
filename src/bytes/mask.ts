/**
 * Masking of RFC 6455 §5.3: `transformed-octet-i = original-octet-i XOR masking-key-octet-(i MOD 4)`.
 * The same transformation masks and unmasks. A key is one unsigned 32-bit number, its first octet the most significant.
 */

/** From this many bytes on, whole aligned words through an Int32Array are faster than unaligned ones through a DataView. */
const LONG = 192;

let cachedBuffer: ArrayBufferLike | undefined;
let cachedView: DataView = new DataView(new ArrayBuffer(0));
let cachedWords: Int32Array | undefined;

/** Making a view costs more than masking a short payload, and payloads come many to one buffer: keep the last one's. */
function viewOf(buffer: ArrayBufferLike): DataView {
  if (buffer !== cachedBuffer) {
    cachedBuffer = buffer;
    cachedView = new DataView(buffer);
    cachedWords = undefined;
  }
  return cachedView;
}

function wordsOf(buffer: ArrayBufferLike): Int32Array {
  viewOf(buffer);
  cachedWords ??= new Int32Array(buffer, 0, buffer.byteLength >>> 2);
  return cachedWords;
}

/** The key as it applies from octet `phase` of the payload on. */
export function rotateKey(key: number, phase: number): number {
  const shift = (phase & 3) * 8;
  return shift === 0 ? key : ((key << shift) | (key >>> (32 - shift))) >>> 0;
}

/**
 * XORs `bytes[start, end)` in place. `phase` is the index in the payload of the octet at `start`: a payload that
 * arrives in pieces is unmasked piece by piece.
 */
export function maskInPlace(bytes: Uint8Array, start: number, end: number, key: number, phase = 0): void {
  const turned = rotateKey(key, phase);
  if (end - start >= LONG) maskLong(bytes, start, end, turned);
  else maskShort(bytes, start, end, turned);
}

function maskShort(bytes: Uint8Array, start: number, end: number, key: number): void {
  let at = start;
  if (end - start >= 8) {
    const view = viewOf(bytes.buffer);
    const base = bytes.byteOffset;
    for (; at + 4 <= end; at += 4) view.setInt32(base + at, view.getInt32(base + at) ^ key);
  }
  for (let shift = 24; at < end; at++, shift = (shift - 8) & 31) bytes[at] = (bytes[at] as number) ^ (key >>> shift);
}

/** Four octets in wire order, and the same as a word of this machine. */
const octets = new DataView(new ArrayBuffer(4));
const octetsAsWord = new Int32Array(octets.buffer);

function maskLong(bytes: Uint8Array, start: number, end: number, key: number): void {
  const unaligned = -(bytes.byteOffset + start) & 3;
  maskShort(bytes, start, start + unaligned, key);
  const turned = rotateKey(key, unaligned);
  octets.setUint32(0, turned);
  const word = octetsAsWord[0] as number;
  const words = wordsOf(bytes.buffer);
  const aligned = start + unaligned;
  let index = (bytes.byteOffset + aligned) >>> 2;
  const last = index + ((end - aligned) >>> 2);
  for (; index + 4 <= last; index += 4) {
    words[index] = (words[index] as number) ^ word;
    words[index + 1] = (words[index + 1] as number) ^ word;
    words[index + 2] = (words[index + 2] as number) ^ word;
    words[index + 3] = (words[index + 3] as number) ^ word;
  }
  for (; index < last; index++) words[index] = (words[index] as number) ^ word;
  maskShort(bytes, end - ((end - aligned) & 3), end, turned);
}

/**
 * A masked copy of a large payload, made in one pass. The copy begins at the same place within a word as the original,
 * so that whole words are read and written.
 */
export function maskedCopy(source: Uint8Array, key: number): Uint8Array {
  if (source.length < 8) {
    const short = new Uint8Array(source);
    maskShort(short, 0, short.length, key);
    return short;
  }
  const pad = source.byteOffset & 3;
  // Not zeroed: each byte is written below.
  const copy = Buffer.allocUnsafeSlow(pad + source.length).subarray(pad);
  const head = -pad & 3;
  const words = (source.length - head) >>> 2;
  const tail = head + words * 4;
  copy.set(source.subarray(0, head));
  copy.set(source.subarray(tail), tail);
  octets.setUint32(0, rotateKey(key, head));
  const word = octetsAsWord[0] as number;
  const from = new Int32Array(source.buffer, source.byteOffset + head, words);
  const to = new Int32Array(copy.buffer, copy.byteOffset + head, words);
  for (let index = 0; index < words; index++) to[index] = (from[index] as number) ^ word;
  maskShort(copy, 0, head, key);
  maskShort(copy, tail, copy.length, rotateKey(key, tail));
  return copy;
}

/** The four octets of a key, in wire order. */
export function keyBytes(key: number): Uint8Array {
  return Uint8Array.of(key >>> 24, key >>> 16, key >>> 8, key);
}

/** The key whose octets stand at `bytes[at … at + 3]`. */
export function readKey(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}
