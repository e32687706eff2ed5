import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeText } from '../../src/view/escape.ts';

describe('escapeText leaves readable text alone', () => {
  test.each([
    ['plain', 'Hello, world! ~{}[]'],
    ['accents and combining marks', 'é e\u0301 ñ'],
    ['wide', '日本語 한국어'],
    ['emoji', '🎉 ❤\ufe0f 👍🏽'],
    ['right-to-left letters', 'שלום مرحبا'],
    ['JSON with its own escapes', '{"a":"x\\ny\\t\\u00e9\\"\\\\"}'],
    ['a Windows path', 'C:\\new\\table'],
    ['a backslash that spells nothing of ours', '\\x41 \\u0041 \\xzz \\u{1f600}'],
  ])('%s', (_name, text) => {
    expect(escapeText(text)).toBe(text);
  });
});

describe('escapeText shows what a terminal would obey or hide', () => {
  test.each([
    ['ANSI colour', '\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
    ['OSC title, ended by BEL', '\x1b]0;owned\x07', '\\x1b]0;owned\\x07'],
    ['OSC 8 link, ended by ST', '\x1b]8;;http://x\x1b\\y', '\\x1b]8;;http://x\\x1b\\y'],
    ['C1 CSI', '\x9b2J', '\\x9b2J'],
    ['NUL, BS, VT, DEL', '\0\b\v\x7f', '\\x00\\x08\\x0b\\x7f'],
    ['line feed, return, tab', 'a\r\nb\tc', 'a\\x0d\\x0ab\\x09c'],
    ['bidi override', 'a\u202etxt.exe', 'a\\u202etxt.exe'],
    ['bidi isolates', '\u2066x\u2069', '\\u2066x\\u2069'],
    ['Arabic letter mark', '\u061c', '\\u061c'],
    ['zero-width space and joiner', 'pay\u200bpal 👨\u200d👩', 'pay\\u200bpal 👨\\u200d👩'],
    ['byte order mark', '\ufeffx', '\\ufeffx'],
    ['line and paragraph separators', '\u2028\u2029', '\\u2028\\u2029'],
    ['interlinear marks', '\ufff9a\ufffb', '\\ufff9a\\ufffb'],
    ['tags', 'x\u{e0041}', 'x\\u{e0041}'],
    ['lone surrogates', 'a\ud800b\udc00', 'a\\ud800b\\udc00'],
    ['Hangul filler', '\u3164', '\\u3164'],
    ['selectors that carry hidden bits', '❤\ufe0f\ufe0e\ufe0f', '❤\ufe0f\\ufe0e\\ufe0f'],
    ['a selector with nothing before it', '\ufe0fx', '\\ufe0fx'],
    ['supplementary selectors', 'x\u{e0100}', 'x\\u{e0100}'],
  ])('%s', (_name, text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });
});

describe('escapeText is unambiguous', () => {
  test.each([
    ['text that spells an escape', '\\x1b[31m', '\\\\x1b[31m'],
    ['text that spells it with two backslashes', '\\\\x1b', '\\\\\\\\x1b'],
    ['a backslash before a real escape', '\\\x1b', '\\\\\\x1b'],
    ['spelt bidi and tag', '\\u202e \\u{e0041}', '\\\\u202e \\\\u{e0041}'],
  ])('%s', (_name, text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });

  const hostile = fc.constantFrom(
    '\\',
    'x',
    '1',
    'b',
    'u',
    '{',
    '}',
    '0',
    '2',
    'e',
    '\x1b',
    '\u202e',
    '\u{e0041}',
    '\ud800',
    '\n',
    'é',
  );
  test('what is shown can be read back', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 20 }), (parts) => {
        const text = parts.join('');
        expect(readBack(escapeText(text))).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  test('nothing hostile is left, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeText(text)).not.toMatch(
          /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]|\p{Cs}/u,
        );
      }),
    );
  });
});

test('multiline keeps line feeds and nothing else', () => {
  expect(escapeText('a\n\tb\r\n\x1bc', { multiline: true })).toBe('a\n\\x09b\\x0d\n\\x1bc');
});

test('mark sees runs of escapes, and nothing but them', () => {
  expect(escapeText('a\x1b\x07b\\\0', { mark: (spelling) => `<${spelling}>` })).toBe('a<\\x1b\\x07>b\\\\<\\x00>');
});

test('a megabyte takes no time, clean or hostile', () => {
  for (const unit of ['abcdefgh', '\\\\\\\\', '\x1b\x1b\x1b\x1b', '\\x1b\\x1b', '\ufe0f']) {
    const started = performance.now();
    escapeText(`${unit.repeat(1_000_000 / unit.length)}\\xzz\x1b`);
    expect(performance.now() - started).toBeLessThan(2000);
  }
});

/** The inverse, as the docstring promises that there is one. */
function readBack(shown: string): string {
  return shown.replace(/(\\+)(x[0-9a-f]{2}|u[0-9a-f]{4}|u\{[0-9a-f]{5,6}\})/g, (all, backslashes: string, spelt: string) => {
    const codePoint = Number.parseInt(spelt.replace(/[xu{}]/g, ''), 16);
    const character = codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : '';
    if (escapeText(character).length === 1 || character === '' || !escapeText(character).startsWith('\\')) return all;
    const literal = '\\'.repeat(Math.floor(backslashes.length / 2));
    return backslashes.length % 2 === 1 ? literal + character : literal + spelt;
  });
}
