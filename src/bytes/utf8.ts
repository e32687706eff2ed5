import { isAscii, isUtf8 } from 'node:buffer';
import { arenaInUse, placeInArena } from './arena.ts';

/**
 * UTF-8 as it streams: a text message that comes in pieces is judged at its first impossible byte, not at its end
 * (RFC 6455 §8.1; RFC 3629 §4 gives the ranges).
 */
export class Utf8Validator {
  /** Whether there were only bytes below 0x80 so far. */
  ascii = true;
  /** Continuation bytes still owed by the character that was begun. */
  #owed = 0;
  /** The range that the next byte must lie in while bytes are owed. */
  #low = 0x80;
  #high = 0xbf;

  /**
   * Takes the next piece. Returns the index in `bytes` of the first byte that cannot continue valid UTF-8,
   * or -1 when every byte can.
   */
  push(bytes: Uint8Array, start: number, end: number): number {
    if (this.#owed === 0) {
      if (end - start <= 32) {
        if (isShortAscii(bytes, start, end)) return -1;
      } else {
        const place = placeInArena(bytes);
        if (place >= 0 && arenaInUse()?.high(place + start, place + end) === 0) return -1;
        const view = bytes.subarray(start, end);
        if (place < 0 && isAscii(view)) return -1;
        this.ascii = false;
        if (isUtf8(view)) return -1;
      }
    }
    this.ascii = false;
    return this.#pushCut(bytes, start, end);
  }

  /** A piece that begins or ends inside a character, or is wrong: its middle is judged at once where that is worth a call. */
  #pushCut(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    for (; at < end && this.#owed > 0; at++) if (!this.#take(bytes[at] as number)) return at;
    let middle = end;
    // The last character, of a first byte and at most three behind it, may be cut: all before it is whole.
    while (middle > at && end - middle < 3 && ((bytes[middle - 1] as number) & 0xc0) === 0x80) middle--;
    if (middle > at && (bytes[middle - 1] as number) >= 0xc0) middle--;
    if (middle - at > 32 && isUtf8(bytes.subarray(at, middle))) at = middle;
    for (; at < end; at++) if (!this.#take(bytes[at] as number)) return at;
    return -1;
  }

  /** Whether the bytes so far end between characters. */
  get complete(): boolean {
    return this.#owed === 0;
  }

  reset(): void {
    this.#owed = 0;
    this.ascii = true;
  }

  /** Whether `byte` may come next. */
  #take(byte: number): boolean {
    if (this.#owed === 0) return byte < 0x80 || this.#begin(byte);
    if (byte < this.#low || byte > this.#high) return false;
    this.#owed--;
    this.#low = 0x80;
    this.#high = 0xbf;
    return true;
  }

  /** Overlong forms, surrogates and what lies above U+10FFFF are refused by narrowing the second byte's range. */
  #begin(lead: number): boolean {
    if (lead < 0xc2 || lead > 0xf4) return false;
    this.#owed = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    this.#low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    this.#high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    return true;
  }
}

/** Whether `bytes[start, end)` are all ASCII. Meant for short ranges: a loop, no view, no call out of JavaScript. */
export function isShortAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let all = 0;
  for (let at = start; at < end; at++) all |= bytes[at] as number;
  return all < 0x80;
}
