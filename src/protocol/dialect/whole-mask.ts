import { createHash } from 'node:crypto';
import { maskInPlace, readKey } from '../../bytes/mask.ts';
import type { Draft } from './draft.ts';

/**
 * Masking of whole frames, as hybi-04 to -06 have it: four bytes in front of every frame of a client, and all behind them,
 * header and payload, XORed with a mask that follows from them and repeats.
 */

/** A GUID that hybi-04 alone uses; not the one of the opening handshake. */
const MASKING_GUID = '61AC5F19-FBBA-4540-B96F-6561F1AB40A8';

/** The connection key of hybi-04: SHA-1 over `Sec-WebSocket-Key` and `-Nonce`, both as they stand in their fields, and a GUID. */
export function connectionKey(key: string, nonce: string): Uint8Array {
  return createHash('sha1').update(key).update(nonce).update(MASKING_GUID).digest();
}

/** What a frame is XORed with, given its first four bytes: 4 or 20 bytes. The connection key is hybi-04's alone. */
export function maskOf(kind: Exclude<Draft['mask'], 'none'>, nonce: Uint8Array, key: Uint8Array): Uint8Array {
  if (kind === 'key') return nonce;
  return kind === 'connection' ? key : createHash('sha1').update(nonce).update(key).digest();
}

/** XORs `bytes[start, end)` in place; `phase` is the index of the byte at `start` behind the first four. */
export function xorMask(bytes: Uint8Array, start: number, end: number, mask: Uint8Array, phase: number): void {
  if (mask.length === 4) {
    maskInPlace(bytes, start, end, readKey(mask, 0), phase);
    return;
  }
  let index = phase % mask.length;
  for (let at = start; at < end; at++) {
    bytes[at] = (bytes[at] as number) ^ (mask[index] as number);
    index = index + 1 === mask.length ? 0 : index + 1;
  }
}
