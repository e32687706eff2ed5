import { encodeFrame, headerLength, minimalForm } from '../../src/protocol/frame/encode.ts';
import type { Frame, LengthForm } from '../../src/protocol/frame/frame.ts';
import { Opcode, type OpcodeName } from '../../src/protocol/frame/opcode.ts';
import type { Violation } from '../../src/protocol/rule.ts';
import type { FrameEvent } from '../../src/view/frame-event.ts';

/** What a sample says differently from an unmasked, final text frame without payload. */
export interface Sample {
  readonly opcode?: OpcodeName | number;
  readonly fin?: boolean;
  /** `100` sets RSV1. */
  readonly rsv?: string;
  /** Masking key as hex. */
  readonly key?: string;
  readonly lengthForm?: LengthForm;
  readonly length?: bigint;
  readonly payload?: string | Uint8Array;
}

/** A frame with its bytes, legal or not. */
export function sampleFrame({ opcode = 'text', fin = true, rsv = '000', key, payload = '', ...length }: Sample): Frame {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const header = {
    fin,
    rsv1: rsv[0] === '1',
    rsv2: rsv[1] === '1',
    rsv3: rsv[2] === '1',
    opcode: typeof opcode === 'number' ? opcode : Opcode[opcode],
    maskingKey: key === undefined ? undefined : new Uint8Array(Buffer.from(key, 'hex')),
    lengthForm: length.lengthForm ?? minimalForm(bytes.length),
    length: length.length ?? BigInt(bytes.length),
  };
  return {
    ...header,
    payload: bytes,
    raw: encodeFrame(header, bytes),
    headerLength: headerLength(header.lengthForm, key !== undefined),
    offset: 0,
  };
}

interface Circumstances {
  readonly at?: number;
  readonly connection?: number;
  readonly violations?: readonly Violation[];
  readonly inflated?: string | Uint8Array;
}

/** Sent where the frame is masked, as a client would see it. */
export function frameEvent(sample: Sample, { inflated, ...circumstances }: Circumstances = {}): FrameEvent {
  return {
    type: 'frame',
    at: 12041.04,
    connection: 1,
    direction: sample.key === undefined ? 'received' : 'sent',
    frame: sampleFrame(sample),
    violations: [],
    ...circumstances,
    ...(inflated !== undefined && { inflated: typeof inflated === 'string' ? Buffer.from(inflated) : inflated }),
  };
}

/** The payload of a Close frame. */
export function closePayload(code: number, reason = ''): Uint8Array {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
}
