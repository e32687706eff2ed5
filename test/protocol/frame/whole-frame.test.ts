import { expect, test } from 'vitest';
import { WholeFrame } from '../../../src/protocol/frame/whole-frame.ts';
import { bits, hex } from '../bits.ts';

const header = {
  fin: true,
  rsv1: true,
  rsv2: false,
  rsv3: false,
  opcode: 1,
  maskingKey: hex('37fa213d'),
  lengthForm: 16,
  length: 5n,
} as const;

test('raw bytes come out as they were on the wire, made once', () => {
  const frame = new WholeFrame(header, Buffer.from('Hello'), 42);
  expect(Buffer.from(frame.raw)).toEqual(bits('1 100 0001  1 1111110  00000000 00000101', hex('37fa213d 7f9f4d5158')));
  expect(frame.raw).toBe(frame.raw);
  expect(frame).toMatchObject({ ...header, headerLength: 8, offset: 42 });
});

test('a frame that was cut off keeps the length that was announced', () => {
  const frame = new WholeFrame({ ...header, maskingKey: undefined, lengthForm: 7 }, Buffer.from('Hel'), 0);
  expect(Buffer.from(frame.raw)).toEqual(bits('1 100 0001  0 0000101', 'Hel'));
  expect(frame.headerLength).toBe(2);
});
