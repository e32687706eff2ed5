import { describe, expect, test } from 'vitest';
import { quoteBytes, quoteInColumns } from '../../src/view/quote.ts';
import { textWidth } from '../../src/view/width.ts';

describe('quoteBytes', () => {
  test.each<[string, string | number[], number, string]>([
    ['text', 'Hello', 10, '"Hello"'],
    ['nothing', '', 10, '""'],
    ['text of just the size', 'Hello', 5, '"Hello"'],
    ['text too long', 'Hello, world', 5, '"Hello"… (+7 bytes)'],
    ['one byte too many', 'Hello!', 5, '"Hello"… (+1 byte)'],
    ['cut before a character that does not fit whole', 'añ', 2, '"a"… (+2 bytes)'],
    ['wide characters', '日本語', 7, '"日本"… (+3 bytes)'],
    ['escapes', '\x1b[2J', 10, '"\\x1b[2J"'],
    ['not UTF-8', [0xff, 0xfe, 0x00], 10, 'ff fe 00'],
    ['UTF-8 in what is shown', [0x61, 0x62, 0xff], 2, '"ab"… (+1 byte)'],
    ['not UTF-8, too long', [0xff, 0xfe, 0x00], 2, 'ff fe… (+1 byte)'],
  ])('%s', (_name, bytes, max, text) => {
    expect(quoteBytes(Buffer.from(bytes as string), max)).toBe(text);
  });

  test('works on a view into a larger buffer', () => {
    expect(quoteBytes(new Uint8Array(Buffer.from('xxHelloxx')).subarray(2, 7), 10)).toBe('"Hello"');
  });
});

describe('quoteInColumns fits', () => {
  const samples = ['Hello', 'x'.repeat(500), '日本語'.repeat(50), '\x1b'.repeat(60), '🎉'.repeat(30), '', 'a\u202e'.repeat(40)];
  for (let columns = 0; columns <= 90; columns += 1) {
    test(`${columns} columns`, () => {
      for (const sample of samples) {
        const quoted = quoteInColumns(Buffer.from(sample), columns);
        if (quoted !== undefined) expect(textWidth(quoted)).toBeLessThanOrEqual(columns);
      }
    });
  }

  test('uses the room that it has', () => {
    expect(quoteInColumns(Buffer.from('x'.repeat(500)), 40)).toBe('"xxxxxxxxxxxxxxxxxxxxxxxx"… (+476 bytes)');
    expect(quoteInColumns(Buffer.from('Hello'), 7)).toBe('"Hello"');
    expect(quoteInColumns(Buffer.from('Hello'), 6)).toBeUndefined();
  });

  test('measures without marks, paints with them', () => {
    expect(quoteInColumns(Buffer.from('\x1b'), 6, (text) => `<<${text}>>`)).toBe('"<<\\x1b>>"');
  });
});
