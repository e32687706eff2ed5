import { describe, expect, test } from 'vitest';
import { checkHeader, type Expectation, readClosePayload } from '../../../src/protocol/frame/check.ts';
import { FrameReader } from '../../../src/protocol/frame/decode.ts';
import type { FrameHeader } from '../../../src/protocol/frame/frame.ts';
import type { RuleId } from '../../../src/protocol/rule.ts';
import { bits, hex } from '../bits.ts';

function headerOf(bytes: Buffer): FrameHeader {
  let header: FrameHeader | undefined;
  const reader: FrameReader = new FrameReader({
    header() {
      header = reader.snapshot;
      return false;
    },
    payload: () => false,
    end: () => false,
  });
  reader.read(bytes);
  if (!header) throw new Error('no header');
  return header;
}

const SERVER: Expectation = { sender: 'server', rsv1Allowed: false, inMessage: false };
const CLIENT: Expectation = { sender: 'client', rsv1Allowed: false, inMessage: false };
const DEFLATE = { ...SERVER, rsv1Allowed: true };
const INSIDE = { ...SERVER, inMessage: true };
const key = hex('37fa213d');

describe('every rule that a header breaks, in one list', () => {
  test.each<[string, Buffer, Expectation, [RuleId, string][]]>([
    ['text', bits('1 000 0001  0 0000101'), SERVER, []],
    ['masked from a client', bits('1 000 0001  1 0000101', key), CLIENT, []],
    ['first fragment', bits('0 000 0010  0 0000101'), SERVER, []],
    ['continuation', bits('0 000 0000  0 0000101'), INSIDE, []],
    ['ping in a message', bits('1 000 1001  0 1111101'), INSIDE, []],
    ['compressed', bits('1 100 0001  0 0000101'), DEFLATE, []],
    ['RSV1', bits('1 100 0001  0 0000101'), SERVER, [['rsv-set', 'RSV1 set (RSV1: compressed? no extension was negotiated)']]],
    ['RSV2 and RSV3', bits('1 011 0001  0 0000101'), SERVER, [['rsv-set', 'RSV2, RSV3 set']]],
    ['RSV1 and RSV2 with deflate', bits('1 110 0001  0 0000101'), DEFLATE, [['rsv-set', 'RSV2 set']]],
    [
      'RSV1 on a continuation',
      bits('1 100 0000  0 0000101'),
      { ...DEFLATE, inMessage: true },
      [['compressed-continuation', 'RSV1 on a continuation frame']],
    ],
    [
      'RSV1 on a ping, where each frame is compressed by itself',
      bits('1 100 1001  0 0000101'),
      { ...DEFLATE, rsv1PerFrame: true },
      [['deflate-frame-control', 'RSV1 on a control frame']],
    ],
    ['RSV1 on a ping', bits('1 100 1001  0 0000101'), DEFLATE, [['compressed-control', 'RSV1 on a control frame']]],
    ['opcode 3', bits('1 000 0011  0 0000101'), SERVER, [['opcode-reserved', 'opcode 3 (0x3)']]],
    ['opcode 7', bits('1 000 0111  0 0000101'), INSIDE, [['opcode-reserved', 'opcode 7 (0x7)']]],
    ['opcode 11', bits('1 000 1011  0 0000101'), SERVER, [['opcode-reserved', 'opcode 11 (0xb)']]],
    ['opcode 15', bits('1 000 1111  0 0000101'), SERVER, [['opcode-reserved', 'opcode 15 (0xf)']]],
    ['no mask', bits('1 000 0001  0 0000101'), CLIENT, [['mask-missing', 'a frame from the client without mask']]],
    ['masked', bits('1 000 0001  1 0000101', key), SERVER, [['mask-unexpected', 'a masked frame from the server']]],
    [
      '125 in 16 bits',
      bits('1 000 0001  0 1111110 00000000 01111101'),
      SERVER,
      [['length-not-minimal', 'payload length 125 in the 16-bit form']],
    ],
    ['126 in 16 bits', bits('1 000 0001  0 1111110 00000000 01111110'), SERVER, []],
    [
      '65535 in 64 bits',
      bits('1 000 0001  0 1111111', hex('000000000000ffff')),
      SERVER,
      [['length-not-minimal', 'payload length 65535 in the 64-bit form']],
    ],
    ['65536 in 64 bits', bits('1 000 0001  0 1111111', hex('0000000000010000')), SERVER, []],
    ['2^63 - 1', bits('1 000 0001  0 1111111', hex('7fffffffffffffff')), SERVER, []],
    [
      '2^63',
      bits('1 000 0001  0 1111111', hex('8000000000000000')),
      SERVER,
      [['length-too-large', 'payload length 0x8000000000000000']],
    ],
    [
      'a ping of 126',
      bits('1 000 1001  0 1111110 00000000 01111110'),
      SERVER,
      [['control-too-long', 'a ping frame of 126 bytes']],
    ],
    [
      'a reserved control of 126',
      bits('1 000 1011  0 1111110 00000000 01111110'),
      SERVER,
      [
        ['opcode-reserved', 'opcode 11 (0xb)'],
        ['control-too-long', 'a control frame of 126 bytes'],
      ],
    ],
    ['a fragmented close', bits('0 000 1000  0 0000000'), SERVER, [['control-fragmented', 'a close frame with FIN 0']]],
    [
      'a stray continuation',
      bits('1 000 0000  0 0000000'),
      SERVER,
      [['continuation-stray', 'a continuation frame, but no message is unfinished']],
    ],
    [
      'text in a message',
      bits('1 000 0001  0 0000000'),
      INSIDE,
      [['message-interleaved', 'a text frame inside an unfinished message']],
    ],
    [
      'binary in a message',
      bits('0 000 0010  0 0000000'),
      INSIDE,
      [['message-interleaved', 'a binary frame inside an unfinished message']],
    ],
  ])('%s', (_, bytes, expectation, wanted) => {
    expect(checkHeader(headerOf(bytes), expectation)).toEqual(wanted.map(([rule, detail]) => ({ rule, detail })));
  });

  test('all at once', () => {
    const rules = checkHeader(headerOf(bits('0 111 1011  0 1111111', hex('8000000000000001'))), CLIENT).map(({ rule }) => rule);
    expect(rules).toEqual([
      'rsv-set',
      'opcode-reserved',
      'mask-missing',
      'length-too-large',
      'control-too-long',
      'control-fragmented',
    ]);
  });
});

describe('a Close payload', () => {
  const legal = (code: number) => code === 1000;
  test.each<[string, Buffer, number, string, [RuleId, string][]]>([
    ['empty', hex(''), 1005, '', []],
    ['one byte', hex('03'), 1002, '', [['close-one-byte', 'a Close payload of 1 byte']]],
    ['a code', hex('03e8'), 1000, '', []],
    ['a code and a reason', bits('00000011 11101000', 'byé'), 1000, 'byé', []],
    ['a code that may not be', hex('03ed'), 1005, '', [['close-code-invalid', 'close code 1005']]],
    ['a reason that is not UTF-8', hex('03e8 41ff'), 1000, 'A\ufffd', [['close-reason-not-utf8', 'a Close reason of 2 bytes']]],
    [
      'both',
      hex('ffff ff'),
      65535,
      '\ufffd',
      [
        ['close-code-invalid', 'close code 65535'],
        ['close-reason-not-utf8', 'a Close reason of 1 bytes'],
      ],
    ],
  ])('%s', (_, payload, code, reason, wanted) => {
    const violations = wanted.map(([rule, detail]) => ({ rule, detail }));
    expect(readClosePayload(payload, legal)).toEqual({ code, reason, violations });
  });
});
