import { describe, expect, test } from 'vitest';
import { hexdump } from '../../src/view/hexdump.ts';
import { colorStyle, plainStyle } from '../../src/view/style.ts';
import { textWidth } from '../../src/view/width.ts';
import { closePayload, frameEvent } from './frame-sample.ts';

const KEY = '37fa213d';
const style = plainStyle;

function show(frames: readonly Parameters<typeof frameEvent>[], max?: number): string {
  return `\n${frames.map((sample) => hexdump(frameEvent(...sample), { style, ...(max && { max }) })).join('\n\n')}\n`;
}

describe('hexdump of a short frame', () => {
  test('masked: wire and clear beneath it; unmasked; empty', () => {
    expect(
      show([
        [{ key: KEY, payload: 'Hello' }],
        [{ payload: 'Hello' }],
        [{ key: KEY }],
        [{}],
        [{ opcode: 'binary', payload: Buffer.from([0, 0x41, 0xff]) }],
        [{ key: KEY, payload: '🎉é' }],
        [{ opcode: 'close', payload: closePayload(1000, 'bye') }],
      ]),
    ).toMatchInlineSnapshot(`
      "
                81 85  37 fa 21 3d  7f 9f 4d 51 58               wire
                                    48 65 6c 6c 6f               "Hello"

                81 05  48 65 6c 6c 6f                            "Hello"

                81 80  37 fa 21 3d                               no payload

                81 00                                            no payload

                82 03  00 41 ff                                  ·A·

                81 86  37 fa 21 3d  c7 65 af b4 f4 53            wire
                                    f0 9f 8e 89 c3 a9            "🎉é"

                88 05  03 e8 62 79 65                            ··bye
      "
    `);
  });

  test('escape sequences are only ever shown', () => {
    expect(show([[{ opcode: 'ping', payload: '\x1b[2J' }], [{ payload: '\x1b'.repeat(13) }]])).toMatchInlineSnapshot(`
      "
                89 04  1b 5b 32 4a                               "\\x1b[2J"

                81 0d  1b 1b 1b 1b 1b 1b 1b 1b 1b 1b 1b 1b 1b    ·············
      "
    `);
  });

  test('compressed: three rows', () => {
    const payload = Buffer.from('f248cdc9c907', 'hex');
    expect(show([[{ rsv: '100', key: KEY, payload }, { inflated: 'Hello' }]])).toMatchInlineSnapshot(`
      "
                c1 86  37 fa 21 3d  c5 b2 ec f4 fe fd            wire
                                    f2 48 cd c9 c9 07            deflate
                                    48 65 6c 6c 6f               "Hello"
      "
    `);
  });
});

describe('hexdump of a longer frame', () => {
  test('masked: 16 bytes a row, each row twice', () => {
    expect(show([[{ key: KEY, payload: 'The quick brown fox: 🦊 jumps\n' }]])).toMatchInlineSnapshot(`
      "
                81 a0  37 fa 21 3d                               header, masking key
          0000  63 92 44 1d 46 8f 48 5e 5c da 43 4f 58 8d 4f 1d  wire
                54 68 65 20 71 75 69 63 6b 20 62 72 6f 77 6e 20  The quick brown 
          0010  51 95 59 07 17 0a be 9b bd da 4b 48 5a 8a 52 37
                66 6f 78 3a 20 f0 9f a6 8a 20 6a 75 6d 70 73 0a  fox: ···· jumps·
      "
    `);
  });

  test('unmasked, with a 16-bit length, cut', () => {
    expect(show([[{ payload: 'abcdefghijklmnop'.repeat(10) }]], 40)).toMatchInlineSnapshot(`
      "
                81 7e  00 a0                                     header
          0000  61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70  abcdefghijklmnop
          0010  61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70  abcdefghijklmnop
          0020  61 62 63 64 65 66 67 68                          abcdefgh
                … 120 more bytes (--dump-max)
      "
    `);
  });

  test('the longest header there is', () => {
    expect(show([[{ key: KEY, lengthForm: 64, length: 2n ** 63n, payload: 'hi' }]])).toMatchInlineSnapshot(`
      "
                81 ff  80 00 00 00 00 00 00 00  37 fa 21 3d      header, masking key
          0000  5f 93                                            wire
                68 69                                            hi
      "
    `);
  });

  test('what it inflates to', () => {
    const payload = Buffer.from('ab564a54b232d4514a52b232aaad1e080e00', 'hex');
    expect(show([[{ rsv: '100', payload }, { inflated: '{"a":1,"b":2}'.repeat(10) }]], 32)).toMatchInlineSnapshot(`
      "
                c1 12                                            header
          0000  ab 56 4a 54 b2 32 d4 51 4a 52 b2 32 aa ad 1e 08
          0010  0e 00
                inflated: 130 B
          0000  7b 22 61 22 3a 31 2c 22 62 22 3a 32 7d 7b 22 61  {"a":1,"b":2}{"a
          0010  22 3a 31 2c 22 62 22 3a 32 7d 7b 22 61 22 3a 31  ":1,"b":2}{"a":1
                … 98 more bytes (--dump-max)
      "
    `);
  });
});

describe('hexdump', () => {
  test('cuts where it is told to, and says how much it left out', () => {
    expect(hexdump(frameEvent({ payload: 'x'.repeat(257) }), { style })).toMatch(/\n {10}… 1 more byte \(--dump-max\)$/);
    expect(hexdump(frameEvent({ payload: 'x'.repeat(256) }), { style })).not.toContain('more');
    expect(hexdump(frameEvent({ payload: 'x'.repeat(5) }), { style, max: 0 })).toContain('… 5 more bytes');
  });

  test('fits 80 columns, whatever the payload', () => {
    for (let length = 0; length < 300; length += 1) {
      for (const sample of [{ payload: '\x1b'.repeat(length) }, { payload: '界'.repeat(length), key: KEY }]) {
        for (const line of hexdump(frameEvent(sample), { style }).split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(80);
      }
    }
  });

  test('long offsets stay aligned', () => {
    const text = hexdump(frameEvent({ payload: Buffer.alloc(70_000) }), { style, max: 70_000 });
    expect(text.split('\n')).toContain(`   11160  ${'00 '.repeat(16)} ${'·'.repeat(16)}`);
  });

  test('each field has its colour', async () => {
    const color = await colorStyle(1);
    const text = hexdump(frameEvent({ key: KEY, payload: 'Hi' }), { style: color });
    const { flags, opcode, length, mask, masked, dim, payload } = color;
    const header = `${flags('8')}${opcode('1')} ${length('8')}${length('2')}`;
    const key = ['37', 'fa', '21', '3d'].map((byte) => [...byte].map((digit) => mask(digit)).join('')).join(' ');
    expect(text.split('\n')).toEqual([
      `${' '.repeat(10)}${header}  ${key}  ${masked('7f 93')}${' '.repeat(24)}${dim('wire')}`,
      `${' '.repeat(30)}${payload('48 69')}${' '.repeat(24)}"Hi"`,
    ]);
  });
});
