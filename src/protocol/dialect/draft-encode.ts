import { minimalForm } from '../frame/encode.ts';
import type { LengthForm } from '../frame/frame.ts';
import { opcodeName } from '../frame/opcode.ts';
import { LocalProtocolError } from '../rule.ts';
import type { Draft } from './draft.ts';
import { draftOpcode } from './draft-opcode.ts';
import { maskOf, xorMask } from './whole-mask.ts';

/** Frames of the drafts → bytes, legal or not: whoever calls knows why. */

/** A frame of hixie that carries text. Bytes that are not UTF-8 could hold the sentinel: they become U+FFFD. */
export function encodeSentinelText(utf8: Uint8Array): Uint8Array {
  const text = utf8.includes(0xff) ? Buffer.from(Buffer.from(utf8).toString('utf8'), 'utf8') : utf8;
  const frame = Buffer.allocUnsafe(text.length + 2);
  frame[0] = 0x00;
  frame.set(text, 1);
  frame[frame.length - 1] = 0xff;
  return frame;
}

/** What hixie-76 closes with. */
export const SENTINEL_CLOSE: Uint8Array = Uint8Array.of(0xff, 0x00);

/** A frame of hybi-01 to -06, every bit of it. */
export interface OpcodeFrame {
  /** 0–15, as the draft numbers them. */
  readonly code: number;
  readonly fin: boolean;
  /** RSV1–3 where they stand in the first byte: 0x40, 0x20, 0x10. */
  readonly reserved?: number;
  readonly rsv4?: boolean;
  readonly payload: Uint8Array;
  /** Left out: the smallest that holds the length. */
  readonly lengthForm?: LengthForm;
  /** Left out: the payload's. */
  readonly length?: bigint;
}

/** `nonce`: the four bytes in front of a masked frame, `undefined` for one that is not; `key`: hybi-04's connection key. */
export function encodeOpcodeFrame(draft: Draft, frame: OpcodeFrame, nonce: Uint8Array | undefined, key: Uint8Array): Uint8Array {
  const front = nonce && draft.mask !== 'none' ? 4 : 0;
  const length = frame.length ?? BigInt(frame.payload.length);
  const form = frame.lengthForm ?? (length > 0xffff_ffffn ? 64 : minimalForm(Number(length)));
  const header = 2 + (form === 7 ? 0 : form / 8);
  const bytes = Buffer.alloc(front + header + frame.payload.length);
  const top = draft.frames === 'MORE' ? !frame.fin : frame.fin;
  bytes[front] = (top ? 0x80 : 0) | (frame.reserved ?? 0) | frame.code;
  bytes[front + 1] = (frame.rsv4 ? 0x80 : 0) | (form === 7 ? Number(length & 0x7fn) : form === 16 ? 126 : 127);
  if (form === 16) bytes.writeUInt16BE(Number(length & 0xffffn), front + 2);
  if (form === 64) bytes.writeBigUInt64BE(length, front + 2);
  bytes.set(frame.payload, front + header);
  if (nonce && draft.mask !== 'none') {
    bytes.set(nonce, 0);
    xorMask(bytes, 4, bytes.length, maskOf(draft.mask, nonce, key), 0);
  }
  return bytes;
}

/** A frame described by hand, in the terms of RFC 6455: what `FrameSpec` is to the connection. */
export interface HandmadeFrame extends Partial<Pick<OpcodeFrame, 'fin' | 'lengthForm' | 'length'>> {
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly rsv1?: boolean;
  readonly rsv2?: boolean;
  readonly rsv3?: boolean;
  readonly mask?: 'none' | Uint8Array;
}

function sentinelByHand(draft: Draft, spec: HandmadeFrame): Uint8Array {
  const { fin = true, rsv1, rsv2, rsv3, mask, lengthForm, length, payload } = spec;
  const kind = opcodeName(spec.opcode);
  const instead = 'send any other as raw bytes';
  if (kind !== 'text' && kind !== 'close') throw new LocalProtocolError(`${draft.name} has frames for text alone; ${instead}`);
  const unsaid = [
    !fin && 'FIN 0',
    rsv1 && 'RSV1',
    rsv2 && 'RSV2',
    rsv3 && 'RSV3',
    mask !== undefined && mask !== 'none' && 'a mask',
    (lengthForm !== undefined || length !== undefined) && 'a length',
    kind === 'close' && payload.length > 0 && 'a Close with a payload',
  ].filter((one) => typeof one === 'string');
  if (unsaid.length > 0) throw new LocalProtocolError(`frames of ${draft.name} cannot say ${unsaid.join(', ')}; ${instead}`);
  return kind === 'close' ? SENTINEL_CLOSE : Buffer.concat([Uint8Array.of(0x00), payload, Uint8Array.of(0xff)]);
}

/**
 * A frame as its maker described it. An opcode with a name in RFC 6455 is sent as the one that the draft has for it, any
 * other as it stands. `nonce`: of a client, four fresh bytes. Throws `LocalProtocolError` for what hixie has no bits for.
 */
export function encodeDraftByHand(draft: Draft, spec: HandmadeFrame, nonce: Uint8Array | undefined, key: Uint8Array): Uint8Array {
  const kind = opcodeName(spec.opcode);
  if (draft.frames === 'sentinel') return sentinelByHand(draft, spec);
  if (draft.mask === 'none' && spec.mask !== undefined && spec.mask !== 'none')
    throw new LocalProtocolError(`frames of ${draft.name} cannot say a mask; send any other as raw bytes`);
  const { fin = true, payload, lengthForm, length } = spec;
  const frame: OpcodeFrame = {
    code: kind ? draftOpcode(kind) : spec.opcode & 0x0f,
    fin,
    reserved: (spec.rsv1 ? 0x40 : 0) | (spec.rsv2 ? 0x20 : 0) | (spec.rsv3 ? 0x10 : 0),
    payload,
    ...(lengthForm !== undefined && { lengthForm }),
    ...(length !== undefined && { length }),
  };
  return encodeOpcodeFrame(draft, frame, spec.mask === 'none' ? undefined : (spec.mask ?? nonce), key);
}
