import { expect, test } from 'vitest';
import { refusedWords } from '../../../src/command/listen/refused-words.ts';

test.each([
  [true, undefined, 'left before its request was whole'],
  [false, undefined, 'was refused'],
  [false, '426, Upgrade is not sent', 'was refused: 426, Upgrade is not sent'],
])('left: %s, why: %s', (left, why, words) => {
  expect(refusedWords(left, why)).toBe(words);
});
