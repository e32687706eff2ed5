import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { hex } from '../bits.ts';
import { close, frame, more, Talk, type TalkOptions, text, wire } from './talk.ts';

describe('lenient goes on where it can', () => {
  const lenient: TalkOptions = { tolerance: 'lenient' };
  const LOST = 'closed 1006 unclean by network';

  test.each<[string, Buffer, string[], string[]?]>([
    ['reserved bits', wire('server', [frame(1, 'x', true, 7), text('y')]), ['noted rsv-set', 'text "x"', 'text "y"', LOST]],
    ['a reserved opcode', wire('server', [frame(3, 'x'), text('y')]), ['noted opcode-reserved', 'text "y"', LOST]],
    ['a reserved control opcode', wire('server', [frame(11, 'x'), text('y')]), ['noted opcode-reserved', 'text "y"', LOST]],
    [
      'a reserved opcode within a message',
      wire('server', [text('a', false), frame(3, 'x'), more('b')]),
      ['noted opcode-reserved', 'text "ab"', LOST],
    ],
    [
      'a wasteful length',
      Buffer.concat([hex('817e000178'), wire('server', [text('y')])]),
      ['noted length-not-minimal', 'text "x"', 'text "y"', LOST],
    ],
    ['a masked frame of a server', wire('client', [text('x')]), ['noted mask-unexpected', 'text "x"', LOST]],
    [
      'a long ping is passed over',
      wire('server', [frame(9, Buffer.alloc(200)), text('y')]),
      ['noted control-too-long', 'text "y"', LOST],
    ],
    [
      'a ping with FIN 0',
      wire('server', [frame(9, 'p', false), text('y')]),
      ['noted control-fragmented', 'ping "p"', 'text "y"', LOST],
      ['pong "p"'],
    ],
    ['a stray continuation', wire('server', [more('x'), text('y')]), ['noted continuation-stray', 'text "y"', LOST]],
    [
      'a message inside a message',
      wire('server', [text('a', false), text('b', false), more('c')]),
      ['noted message-interleaved', 'text "bc"', LOST],
    ],
    [
      'text that is not UTF-8, noted once a message',
      wire('server', [text(hex('41ff'), false), more(hex('ff')), text('y')]),
      ['noted text-not-utf8', 'text 41ffff', 'text "y"', LOST],
    ],
    [
      'text that ends inside a character',
      wire('server', [text(hex('41e2')), text('y')]),
      ['noted text-not-utf8', 'text 41e2', 'text "y"', LOST],
    ],
    [
      'a Close of one byte',
      wire('server', [frame(8, hex('03'))]),
      ['noted close-one-byte', 'close 1002 ""', 'closed 1002 clean by peer'],
      ['close 1002'],
    ],
    [
      'a code that may not be sent is not sent back',
      wire('server', [close(1006, 'x')]),
      ['noted close-code-invalid', 'close 1006 "x"', 'closed 1006 clean by peer'],
      ['close 1002'],
    ],
    [
      'code 65535',
      wire('server', [close(65535)]),
      ['noted close-code-invalid', 'close 65535 ""', 'closed 65535 clean by peer'],
      ['close 1002'],
    ],
    [
      'a reason that is not UTF-8',
      wire('server', [close(1000, hex('ff'))]),
      ['noted close-reason-not-utf8', 'close 1000 efbfbd', 'closed 1000 clean by peer'],
      ['close 1000'],
    ],
    [
      'a length with its top bit set ends it',
      hex('827f8000000000000000'),
      ['fatal length-too-large', 'closed 1002 unclean by us'],
      ['close 1002'],
    ],
    [
      'limits are limits',
      wire('server', [frame(3, Buffer.alloc(2000))]),
      ['noted opcode-reserved', 'fatal frame-too-big', 'closed 1009 unclean by us'],
      ['close 1009'],
    ],
  ])('%s', (_, bytes, heard, said = []) => {
    for (const size of [Number.POSITIVE_INFINITY, 1]) {
      const one = new Talk('client', { ...lenient, limits: { maxFrame: 1000 } }).hear(bytes, size).end();
      expect([one.heard, one.said]).toEqual([heard, said]);
    }
  });

  test('a server bears unmasked frames', () => {
    expect(new Talk('server', lenient).hear(wire('server', [text('x')])).heard).toEqual(['noted mask-missing', 'text "x"']);
  });

  const packed = (content: string) => deflateRawSync(content, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  test.each<[string, Buffer, string[]]>([
    [
      'RSV1 on a continuation',
      wire('server', [frame(1, hex('f248cd'), false, 4), frame(0, hex('c9c90700'), true, 4)]),
      ['noted compressed-continuation', 'text "Hello"'],
    ],
    ['RSV1 on a ping', wire('server', [frame(9, 'p', true, 4)]), ['noted compressed-control', 'ping "p"']],
    [
      'no DEFLATE data, noted once a message',
      wire('server', [frame(1, hex('ffff'), false, 4), more(hex('ffff'), false), more(), frame(1, packed('next'), true, 4)]),
      ['noted inflate-failed', 'text ""', 'text "next"'],
    ],
    [
      'half a compressed message, dropped',
      wire('server', [frame(1, packed('first').subarray(0, 3), false, 4), frame(1, packed('next'), true, 4)]),
      ['noted message-interleaved', 'text "next"'],
    ],
    [
      'inflated text that is not UTF-8',
      wire('server', [frame(1, deflateRawSync(hex('41ff')), true, 4), text('y')]),
      ['noted text-not-utf8', 'text 41ff', 'text "y"'],
    ],
  ])('deflate: %s', (_, bytes, heard) => {
    for (const size of [Number.POSITIVE_INFINITY, 1])
      expect(new Talk('client', { ...lenient, deflate: {} }).hear(bytes, size).heard).toEqual(heard);
  });
});
