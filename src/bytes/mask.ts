import { arena, arenaInUse, placeInArena } from './arena.ts';
import { part } from './part.ts';

/**
 * Masking of RFC 6455 §5.3: `transformed-octet-i = original-octet-i XOR masking-key-octet-(i MOD 4)`.
 * The same transformation masks and unmasks. A key is one unsigned 32-bit number, its first octet the most significant.
 */

/** From this many bytes on the way through the arena is the shorter one. */
const WIDE = 512;
/** From this many bytes on, whole aligned words through an Int32Array are faster than unaligned ones through a DataView. */
const LONG = 192;

/** Up to this many bytes a loop copies sooner than a call. */
const TINY = 32;

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
 * arrives in pieces is unmasked piece by piece. `place`: where in the arena the first of the bytes lies.
 */
export function maskInPlace(
  bytes: Uint8Array,
  start: number,
  end: number,
  key: number,
  phase = 0,
  place = placeInArena(bytes),
): void {
  const turned = rotateKey(key, phase);
  if (place >= 0) arenaInUse()?.xor(place + start, place + end, reversed(turned));
  else if (end - start >= WIDE && maskThrough(bytes, start, end, bytes, start, turned)) return;
  else if (end - start >= LONG) maskLong(bytes, start, end, turned);
  else maskShort(bytes, start, end, turned);
}

/** Writes `from[start, end)`, masked, to `to[at, …)`, which lies at `place` in the arena. `phase` as in `maskInPlace`. */
export function maskInto(
  from: Uint8Array,
  start: number,
  end: number,
  to: Buffer,
  at: number,
  key: number,
  phase = 0,
  place = placeInArena(to),
): void {
  if (end - start >= WIDE && place < 0 && maskThrough(from, start, end, to, at, rotateKey(key, phase))) return;
  copyInto(from, start, end, to, at, place);
  maskInPlace(to, at, at + end - start, key, phase, place);
}

/** Writes `from[start, end)` to `to[at, …)`, which lies at `place` in the arena; negative: elsewhere. */
export function copyInto(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number, place: number): void {
  const length = end - start;
  if (length <= TINY) {
    for (let i = 0; i < length; i++) to[at + i] = from[start + i] as number;
    return;
  }
  const there = place < 0 ? -1 : placeInArena(from);
  if (there >= 0) arenaInUse()?.copy(place + at, there + start, length);
  else to.set(part(from, start, end), at);
}

/** The four octets in the opposite order: the first one lowest. */
function reversed(key: number): number {
  return (key >>> 24) | ((key >>> 8) & 0xff00) | ((key << 8) & 0xff0000) | (key << 24);
}

/** Through the arena and back; false where there is none. */
function maskThrough(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number, key: number): boolean {
  const through = arena();
  if (!through) return false;
  const { scratch, xor } = through;
  const word = reversed(key);
  for (let next = start, there = at; next < end; next += scratch.length, there += scratch.length) {
    const stop = Math.min(end, next + scratch.length);
    scratch.set(part(from, next, stop));
    xor(0, stop - next, word);
    scratch.copy(to, there, 0, stop - next);
  }
  return true;
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

function wordOf(key: number): number {
  octets.setUint32(0, key);
  return octetsAsWord[0] as number;
}

function maskLong(bytes: Uint8Array, start: number, end: number, key: number): void {
  const unaligned = -(bytes.byteOffset + start) & 3;
  maskShort(bytes, start, start + unaligned, key);
  const turned = rotateKey(key, unaligned);
  const word = wordOf(turned);
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
