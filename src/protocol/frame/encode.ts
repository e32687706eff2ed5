import { maskInPlace } from '../../bytes/mask.ts';
import type { FrameHeader, LengthForm } from './frame.ts';

/** Frames → bytes (RFC 6455 §5.2). Writes what it is told to, legal or not: whoever calls knows why. */

/** Bytes that a header takes: 2–14. */
export function headerLength(lengthForm: LengthForm, masked: boolean): number {
  return 2 + (lengthForm === 7 ? 0 : lengthForm / 8) + (masked ? 4 : 0);
}

/** "The minimal number of bytes MUST be used to encode the length" (RFC 6455 §5.2). */
export function minimalForm(length: number): LengthForm {
  return length < 126 ? 7 : length < 0x1_0000 ? 16 : 64;
}

/**
 * Writes a header with the minimal length form at `target[at]`. `first` is FIN, RSV1–3 and opcode as one byte; a `key`
 * of `undefined` leaves the MASK bit 0. Returns the index after it.
 */
export function writeHeader(target: Uint8Array, at: number, first: number, length: number, key: number | undefined): number {
  const mask = key === undefined ? 0 : 0x80;
  let next = at;
  target[next++] = first;
  if (length < 126) target[next++] = mask | length;
  else if (length < 0x1_0000) {
    target[next++] = mask | 126;
    target[next++] = length >>> 8;
    target[next++] = length;
  } else {
    target[next++] = mask | 127;
    next = writeUint32(target, next, Math.floor(length / 0x1_0000_0000));
    next = writeUint32(target, next, length >>> 0);
  }
  return key === undefined ? next : writeUint32(target, next, key);
}

function writeUint32(target: Uint8Array, at: number, value: number): number {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
  return at + 4;
}

/**
 * A whole frame from its header's every bit and its unmasked payload. The inverse of reading: what a `FrameReader`
 * read comes out byte for byte, wrong lengths and wasteful forms included.
 */
export function encodeFrame(header: FrameHeader, payload: Uint8Array): Uint8Array {
  const size = headerLength(header.lengthForm, header.maskingKey !== undefined);
  const bytes = new Uint8Array(size + payload.length);
  const bit = (set: boolean, value: number) => (set ? value : 0);
  const mask = bit(header.maskingKey !== undefined, 0x80);
  const view = new DataView(bytes.buffer);
  bytes[0] = bit(header.fin, 0x80) | bit(header.rsv1, 0x40) | bit(header.rsv2, 0x20) | bit(header.rsv3, 0x10) | header.opcode;
  if (header.lengthForm === 7) bytes[1] = mask | (Number(header.length) & 0x7f);
  else {
    bytes[1] = mask | (header.lengthForm === 16 ? 126 : 127);
    if (header.lengthForm === 16) view.setUint16(2, Number(header.length));
    else view.setBigUint64(2, header.length);
  }
  bytes.set(payload, size);
  if (header.maskingKey) {
    bytes.set(header.maskingKey, size - 4);
    maskInPlace(bytes, size, bytes.length, view.getUint32(size - 4));
  }
  return bytes;
}
