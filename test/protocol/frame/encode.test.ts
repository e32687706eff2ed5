import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeFrame, headerLength, minimalForm, writeHeader } from '../../../src/protocol/frame/encode.ts';
import type { FrameHeader } from '../../../src/protocol/frame/frame.ts';
import { Opcode, type OpcodeName } from '../../../src/protocol/frame/opcode.ts';
import { bits, hex } from '../bits.ts';
import { FRAMES } from '../vectors.ts';

const KEY = hex('37fa213d');
const TEXT: FrameHeader = {
  fin: true,
  rsv1: false,
  rsv2: false,
  rsv3: false,
  opcode: 1,
  maskingKey: undefined,
  lengthForm: 7,
  length: 5n,
};

describe('encodeFrame writes what it is told to', () => {
  test.each<[string, Partial<FrameHeader>, string, Buffer]>([
    ['Hello', {}, 'Hello', bits('1 000 0001  0 0000101', 'Hello')],
    ['masked', { maskingKey: KEY }, 'Hello', bits('1 000 0001  1 0000101', KEY, hex('7f9f4d5158'))],
    ['first fragment', { fin: false, length: 3n }, 'Hel', bits('0 000 0001  0 0000011', 'Hel')],
    [
      'reserved bits and opcode',
      { rsv1: true, rsv2: true, rsv3: true, opcode: 15 },
      'Hello',
      bits('1 111 1111  0 0000101', 'Hello'),
    ],
    ['a wasteful form', { lengthForm: 16 }, 'Hello', bits('1 000 0001  0 1111110  00000000 00000101', 'Hello')],
    [
      'the most wasteful',
      { lengthForm: 64, maskingKey: hex('00000000') },
      'Hello',
      bits('1 000 0001  1 1111111', hex('0000000000000005 00000000'), 'Hello'),
    ],
    ['a length that is not so', { length: 100n }, 'Hello', bits('1 000 0001  0 1100100', 'Hello')],
    [
      'a length with its top bit set',
      { lengthForm: 64, length: 2n ** 63n },
      '',
      bits('1 000 0001  0 1111111', hex('8000000000000000')),
    ],
  ])('%s', (_, header, payload, wanted) => {
    expect(encodeFrame({ ...TEXT, ...header }, Buffer.from(payload)).toString()).toBe(new Uint8Array(wanted).toString());
  });

  test('the payload handed in is not touched', () => {
    const payload = Buffer.from('Hello');
    encodeFrame({ ...TEXT, maskingKey: KEY }, payload);
    expect(payload.toString()).toBe('Hello');
  });
});

describe('the vectors of version 13', () => {
  test.each(FRAMES)('$id from a $sender', ({ sender, bytes, sha256, totalLength, frames }) => {
    const wire = frames.map(([opcode, fin, content]) => {
      const payload = typeof content === 'number' ? Buffer.alloc(content, 0x61) : hex(content);
      const lengthForm = minimalForm(payload.length);
      const maskingKey = sender === 'client' ? KEY : undefined;
      const number = Opcode[opcode as OpcodeName];
      return encodeFrame({ ...TEXT, fin, opcode: number, maskingKey, lengthForm, length: BigInt(payload.length) }, payload);
    });
    const all = Buffer.concat(wire);
    if (!sha256) expect(all.toString('hex')).toBe(bytes);
    else expect([all.length, createHash('sha256').update(all).digest('hex')]).toEqual([totalLength, sha256]);
  });
});

describe('the minimal length form', () => {
  test.each<[number, 7 | 16 | 64, string]>([
    [0, 7, '8200'],
    [125, 7, '827d'],
    [126, 16, '827e007e'],
    [65_535, 16, '827effff'],
    [65_536, 64, '827f0000000000010000'],
    [2 ** 32 - 1, 64, '827f00000000ffffffff'],
    [2 ** 32, 64, '827f0000000100000000'],
    [2 ** 53 - 1, 64, '827f001fffffffffffff'],
  ])('%i bytes: %i bit', (length, form, wanted) => {
    const target = Buffer.alloc(16);
    expect(minimalForm(length)).toBe(form);
    const end = writeHeader(target, 1, 0x82, length, undefined);
    expect(end - 1).toBe(headerLength(form, false));
    expect(target.toString('hex', 1, end)).toBe(wanted);
    const maskedEnd = writeHeader(target, 0, 0x82, length, 0xf7fa213d);
    expect(maskedEnd).toBe(headerLength(form, true));
    const second = (Number.parseInt(wanted.slice(2, 4), 16) | 0x80).toString(16);
    expect(target.toString('hex', 0, maskedEnd)).toBe(`82${second}${wanted.slice(4)}f7fa213d`);
  });
});
