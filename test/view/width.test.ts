import { describe, expect, test } from 'vitest';
import { textWidth, wrapWords } from '../../src/view/width.ts';

test.each([
  ['', 0],
  ['Hello', 5],
  ['é', 1],
  ['e\u0301', 1],
  ['日本', 4],
  ['한', 2],
  ['Ａ', 2],
  ['🎉', 2],
  ['❤\ufe0f', 2],
  ['→ ✗ ·', 5],
])('textWidth(%j) = %d', (text, columns) => {
  expect(textWidth(text)).toBe(columns);
});

describe('wrapWords', () => {
  test.each([
    ['fits', 10, ['fits']],
    ['one two three', 7, ['one two', 'three']],
    ['a-very-long-word b', 5, ['a-very-long-word', 'b']],
    ['日本 日本', 5, ['日本', '日本']],
    ['', 5, ['']],
  ])('%j in %d columns', (text, columns, lines) => {
    expect(wrapWords(text, columns)).toEqual(lines);
  });
});
