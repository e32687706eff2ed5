import { describe, expect, test } from 'vitest';
import { mistakesOf, nearest, quoted } from '../../src/cli/mistake.ts';
import { UsageError } from '../../src/cli/option.ts';

test('a mistake ends with how to see the help', () => {
  const mistake = mistakesOf('wstap connect')('No.');
  expect(mistake).toBeInstanceOf(UsageError);
  expect(mistake.message).toBe("No.\nSee 'wstap connect --help'.");
});

test.each<[word: string, quote: string]>([
  ['plain', "'plain'"],
  ['', "''"],
  ['é😀', "'é😀'"],
  ['\u001b[2J\r\n', "'\\u{1b}[2J\\u{d}\\u{a}'"],
  ['\u009b\u202e\u200b\u2028', "'\\u{9b}\\u{202e}\\u{200b}\\u{2028}'"],
  ['\ud800', "'\\u{d800}'"],
  ['x'.repeat(61), `'${'x'.repeat(60)}…'`],
  ['x'.repeat(60), `'${'x'.repeat(60)}'`],
])('%j is quoted', (word, quote) => {
  expect(quoted(word)).toBe(quote);
});

describe('the word that was meant', () => {
  const known = ['header', 'host', 'help', 'subprotocol', 'no-check', 'ca', 'close-code'];

  test.each<[word: string, meant: string | undefined]>([
    ['heaedr', 'header'],
    ['headr', 'header'],
    ['headers', 'header'],
    ['hlep', 'help'],
    ['sub', 'subprotocol'],
    ['subprotcols', 'subprotocol'],
    ['nocheck', 'no-check'],
    ['cas', 'ca'],
    ['zzzzzz', undefined],
    ['', undefined],
    ['xx', undefined],
  ])('%j → %s', (word, meant) => {
    expect(nearest(word, known)).toBe(meant);
  });
});
