import { describe, expect, test } from 'vitest';
import type { FrameSpec } from '../../../src/protocol/connection/action.ts';
import { encodeByHand } from '../../../src/protocol/connection/by-hand.ts';
import { bits, hex } from '../bits.ts';

const hello = Buffer.from('Hello');
const masks = () => 0x37fa213d;
const KEY = hex('37fa213d');

describe('what is left out is what a correct sender writes', () => {
  test('of a server', () => {
    expect(Buffer.from(encodeByHand({ opcode: 1, payload: hello }, undefined))).toEqual(bits('1 000 0001  0 0000101', 'Hello'));
  });

  test('of a client', () => {
    const wanted = bits('1 000 0001  1 0000101', KEY, hex('7f9f4d5158'));
    expect(Buffer.from(encodeByHand({ opcode: 1, payload: hello }, masks))).toEqual(wanted);
  });
});

describe('what is told is written, legal or not', () => {
  test.each<[string, Partial<FrameSpec>, Buffer]>([
    ['no mask', { mask: 'none' }, bits('1 000 0001  0 0000101', 'Hello')],
    ['its own key', { mask: hex('00000000') }, bits('1 000 0001  1 0000101', hex('00000000'), 'Hello')],
    [
      'FIN 0 and reserved bits',
      { mask: 'none', fin: false, rsv1: true, rsv2: true, rsv3: true },
      bits('0 111 0001  0 0000101', 'Hello'),
    ],
    ['an opcode of four bits only', { mask: 'none', opcode: 0x1f }, bits('1 000 1111  0 0000101', 'Hello')],
    ['a wasteful form', { mask: 'none', lengthForm: 16 }, bits('1 000 0001  0 1111110 00000000 00000101', 'Hello')],
    ['the longest form', { mask: 'none', lengthForm: 64 }, bits('1 000 0001  0 1111111', hex('0000000000000005'), 'Hello')],
    ['another length', { mask: 'none', length: 125n }, bits('1 000 0001  0 1111101', 'Hello')],
    [
      'another length, in its smallest form',
      { mask: 'none', length: 126n },
      bits('1 000 0001  0 1111110 00000000 01111110', 'Hello'),
    ],
    ['2^32', { mask: 'none', length: 2n ** 32n }, bits('1 000 0001  0 1111111', hex('0000000100000000'), 'Hello')],
    ['2^64 - 1', { mask: 'none', length: 2n ** 64n - 1n }, bits('1 000 0001  0 1111111', hex('ffffffffffffffff'), 'Hello')],
    ['a mask by a server', { mask: KEY }, bits('1 000 0001  1 0000101', KEY, hex('7f9f4d5158'))],
  ])('%s', (_, spec, wanted) => {
    expect(Buffer.from(encodeByHand({ opcode: 1, payload: hello, ...spec }, undefined))).toEqual(wanted);
  });
});
