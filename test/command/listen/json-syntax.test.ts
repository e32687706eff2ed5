import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brokenJson } from '../../../src/command/listen/json-syntax.ts';

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('what is JSON, and where a text ceases to be', () => {
  test.each([
    ['', 0],
    ['[1,]', 3],
    ['{"a":1,}', 7],
    ['[,1]', 1],
    ['{"a" 1}', 5],
    ['{1:2}', 1],
    ['[1}', 2],
    ['{"a":[}', 6],
    ['{:1}', 1],
    ['01', 1],
    ['1 2', 2],
    ['"a\n"', 0],
    ['// x', 0],
    ['[1', 2],
    ['nul', 0],
    ['["a", b]', 6],
  ])('%j', (text, at) => {
    expect(isJson(text)).toBe(false);
    expect(brokenJson(text)?.at).toBe(at);
  });

  test('it agrees with JSON.parse', () => {
    fc.assert(
      fc.property(fc.json({ depthSize: 'small' }), (text) => {
        expect(brokenJson(text)).toBeUndefined();
      }),
    );
    const pieces = fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '1', 'null', ' ', '\n', '-', '"');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (tokens) => {
        const text = tokens.join('');
        expect(brokenJson(text) === undefined).toBe(isJson(text));
      }),
      { numRuns: 2000 },
    );
  });
});
