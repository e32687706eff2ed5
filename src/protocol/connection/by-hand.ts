import { keyBytes } from '../../bytes/mask.ts';
import { encodeFrame, minimalForm } from '../frame/encode.ts';
import type { LengthForm } from '../frame/frame.ts';
import type { MaskingKeySource } from '../frame/masking-key.ts';
import type { FrameSpec } from './action.ts';

/**
 * A frame as its maker described it, legal or not. What the description leaves out is what a correct sender of this
 * role writes; `masks` is given to clients only.
 */
export function encodeByHand(spec: FrameSpec, masks: MaskingKeySource | undefined): Uint8Array {
  const length = spec.length ?? BigInt(spec.payload.length);
  const key = spec.mask === 'none' ? undefined : (spec.mask ?? (masks ? keyBytes(masks()) : undefined));
  const header = {
    fin: spec.fin ?? true,
    rsv1: spec.rsv1 ?? false,
    rsv2: spec.rsv2 ?? false,
    rsv3: spec.rsv3 ?? false,
    opcode: spec.opcode & 0x0f,
    maskingKey: key,
    lengthForm: spec.lengthForm ?? smallestForm(length),
    length,
  };
  return encodeFrame(header, spec.payload);
}

function smallestForm(length: bigint): LengthForm {
  return length > 0xffff_ffffn ? 64 : minimalForm(Number(length));
}
