import { describe, expect, test } from 'vitest';
import { isPlain, layOut, painting, picture } from '../../src/repl/layout.ts';

const wide = (character: string): number => (character > '\u2e80' ? 2 : 1);
/** Rows as text, `⏎` where a newline ended them, and the column at the end. */
function rows(text: string, indent = 2, columns = 6): string {
  const { rows: all, column } = layOut(text, indent, columns, '\n', wide);
  return `${all.map((row) => row.text + (row.hard ? '⏎' : '')).join('/')}@${column}`;
}

describe('rows as the terminal wraps them', () => {
  test.each([
    ['', '@2'],
    ['abc', 'abc@5'],
    ['abcd', 'abcd/@0'],
    ['abcde', 'abcd/e@1'],
    ['a漢', 'a漢@5'],
    ['ab漢', 'ab漢/@0'],
    ['abc漢', 'abc/漢@2'],
    ['a\nb', 'a⏎/b@1'],
    ['abcd\nb', 'abcd⏎/b@1'],
    ['\n\n', '⏎/⏎/@0'],
    ['\tb', '    /  b@3'],
    ['\x1b[J', '␛[J@5'],
  ])('%j: %s', (text, expected) => {
    expect(rows(text)).toBe(expected);
  });
});

test.each([
  ['plain 漢字 é 😀', true, 'plain 漢字 é 😀'],
  ['\x00\x1b\x7f', false, '␀␛␡'],
  ['\x85\x9b\u2028\u202e\u2066\ufeff', false, '␦␦␦␦␦␦'],
])('%j is plain: %s, shown as %j', (text, plain, shown) => {
  expect(isPlain(text)).toBe(plain);
  expect(picture(text)).toBe(shown);
});

describe('painting', () => {
  const paint = (text: string, cursor: number, most = 9): unknown =>
    painting('> ', layOut(text, 2, 6, '\n', wide), layOut(text.slice(0, cursor), 2, 6, '\n', wide), most);

  test.each([
    ['the cursor at the end', 'abc', 3, 9, '> abc\r\x1b[5C', 0],
    ['the cursor at the start', 'abc', 0, 9, '> abc\r\x1b[2C', 0],
    ['a full row', 'abcd', 4, 9, '> abcd \r', 1],
    ['the cursor in the row above', 'abcdef', 1, 9, '> abcdef\r\x1b[1A\x1b[3C', 0],
    ['newlines', 'a\nb', 3, 9, '> a\r\nb\r\x1b[1C', 1],
    ['more rows than room, at the end', 'a\nb\nc', 5, 2, 'b\r\nc\r\x1b[1C', 1],
    ['more rows than room, at the start', 'a\nb\nc', 0, 2, '> a\r\nb\r\x1b[1A\x1b[2C', 0],
  ])('%s', (_, text, cursor, most, body, rowsAbove) => {
    expect(paint(text, cursor, most)).toEqual({ body, rowsAbove });
  });
});
