import { describe, expect, test } from 'vitest';
import { messageText } from '../../src/view/message.ts';
import { plainStyle } from '../../src/view/style.ts';

const view = { style: plainStyle, width: 80, indent: 2 };
const text = (data: string) => messageText({ opcode: 'text', data: Buffer.from(data) }, view);
const binary = (data: Uint8Array, width = 80) => messageText({ opcode: 'binary', data }, { ...view, width });

describe('text', () => {
  test.each([
    ['as it is', 'Hello, 漢字 😀', 'Hello, 漢字 😀'],
    ['nothing', '', '(empty)'],
    ['what a terminal would obey is spelled out', 'a\x1b[31m\r\t\u202eb', 'a\\x1b[31m\\x0d\\x09\\u202eb'],
    ['no line can pass for one of ours', 'one\n> /quit\n• closed', 'one\n  > /quit\n  • closed'],
  ])('%s', (_, data, shown) => {
    expect(text(data)).toBe(shown);
  });

  test('a long one is cut between characters, and says so', () => {
    expect(text(`${'x'.repeat(16_382)}漢字`)).toBe(`${'x'.repeat(16_382)} … (+6 B; in a pipe nothing is cut)`);
    expect(text('y'.repeat(16_384))).toBe('y'.repeat(16_384));
  });
});

describe('binary', () => {
  test('a few bytes stand on the line', () => {
    expect(binary(Buffer.from('deadbeef', 'hex'))).toBe('binary 4 B  de ad be ef');
    expect(binary(new Uint8Array(0))).toBe('binary 0 B');
  });

  test('more stand beneath, with what can be read', () => {
    expect(binary(Buffer.from('Hello, wide world\x00\xff', 'latin1'))).toMatchInlineSnapshot(`
      "binary 19 B
        48 65 6c 6c 6f 2c 20 77 69 64 65 20 77 6f 72 6c   Hello, wide worl
        64 00 ff                                          d.."
    `);
    expect(binary(Buffer.from('Hello, wide'), 60)).toMatchInlineSnapshot(`
      "binary 11 B
        48 65 6c 6c 6f 2c 20 77   Hello, w
        69 64 65                  ide"
    `);
  });

  test('128 bytes of it', () => {
    const lines = binary(new Uint8Array(1000)).split('\n');
    expect(lines).toHaveLength(9);
    expect(lines.at(-1)).toMatch(/ … \(\+872 B; in a pipe nothing is cut\)$/);
  });
});
