import { describe, expect, test } from 'vitest';
import { fields } from '../../../src/protocol/frame/fields.ts';
import type { FrameHeader, LengthForm } from '../../../src/protocol/frame/frame.ts';
import { WholeFrame } from '../../../src/protocol/frame/whole-frame.ts';
import { hex } from '../bits.ts';

/** A line a field: name, first bit + width, value, words. */
function lines(lengthForm: LengthForm, length: bigint, rest: Partial<FrameHeader> = {}): string[] {
  const header = {
    fin: true,
    rsv1: false,
    rsv2: false,
    rsv3: false,
    opcode: 1,
    maskingKey: undefined,
    lengthForm,
    length,
    ...rest,
  };
  const frame = new WholeFrame(header, new Uint8Array(0), 0);
  return fields(frame).map(({ name, bit, width, value, text }) => `${name} @${bit}+${width} ${typeof value} ${value} | ${text}`);
}

const COMMON = ['FIN @0+1 number 1 | 1', 'RSV1 @1+1 number 0 | 0', 'RSV2 @2+1 number 0 | 0', 'RSV3 @3+1 number 0 | 0'];

describe('every field of a header with its place (RFC 6455 §5.2)', () => {
  test('7-bit length, no mask', () => {
    expect(lines(7, 5n)).toEqual([
      ...COMMON,
      'opcode @4+4 number 1 | 1 = text',
      'MASK @8+1 number 0 | 0',
      'payload length @9+7 number 5 | 5',
    ]);
  });

  test('16-bit length under a mask', () => {
    expect(lines(16, 300n, { maskingKey: hex('97fa213d'), opcode: 2 }).slice(4)).toEqual([
      'opcode @4+4 number 2 | 2 = binary',
      'MASK @8+1 number 1 | 1',
      'payload length @9+7 number 126 | 126 → 16-bit',
      'extended payload length @16+16 number 300 | 300',
      'masking key @32+32 number 2549752125 | 97 fa 21 3d',
    ]);
  });

  test('64-bit length, every bit set', () => {
    const all = { fin: false, rsv1: true, rsv2: true, rsv3: true, opcode: 15, maskingKey: hex('00000001') };
    expect(lines(64, 2n ** 64n - 1n, all)).toEqual([
      'FIN @0+1 number 0 | 0',
      'RSV1 @1+1 number 1 | 1',
      'RSV2 @2+1 number 1 | 1',
      'RSV3 @3+1 number 1 | 1',
      'opcode @4+4 number 15 | 15 = reserved',
      'MASK @8+1 number 1 | 1',
      'payload length @9+7 number 127 | 127 → 64-bit',
      'extended payload length @16+64 bigint 18446744073709551615 | 18446744073709551615',
      'masking key @80+32 number 1 | 00 00 00 01',
    ]);
  });

  test('a frame of nothing at all', () => {
    const frame = {
      ...new WholeFrame({ ...BARE, lengthForm: 7 }, new Uint8Array(0), 0),
      raw: new Uint8Array(0),
      headerLength: 0,
    };
    expect(fields(frame)).toHaveLength(7);
  });
});

const BARE = { fin: false, rsv1: false, rsv2: false, rsv3: false, opcode: 0, maskingKey: undefined, length: 0n };
