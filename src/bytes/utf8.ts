import { isUtf8 } from 'node:buffer';

/**
 * UTF-8 as it streams: a text message that comes in pieces is judged at its first impossible byte, not at its end
 * (RFC 6455 §8.1; RFC 3629 §4 gives the ranges).
 */
export class Utf8Validator {
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
    if (this.#owed === 0 && (end - start <= 32 ? isShortAscii(bytes, start, end) : isUtf8(bytes.subarray(start, end)))) return -1;
    return this.#scan(bytes, start, end);
  }

  /** Whether the bytes so far end between characters. */
  get complete(): boolean {
    return this.#owed === 0;
  }

  reset(): void {
    this.#owed = 0;
  }

  #scan(bytes: Uint8Array, start: number, end: number): number {
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      if (this.#owed === 0) {
        if (byte >= 0x80 && !this.#begin(byte)) return at;
      } else {
        if (byte < this.#low || byte > this.#high) return at;
        this.#owed--;
        this.#low = 0x80;
        this.#high = 0xbf;
      }
    }
    return -1;
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
