import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mistakeInJson } from '../../../src/command/option/json-mistake.ts';

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test.each([
  ['{"a":1,}', 7, 'a name in double quotes was expected here; after the last member stands no comma'],
  ['[1,]', 3, 'a value was expected here; after the last member stands no comma'],
  ["{'a':1}", 1, 'this is no JSON: names and texts stand in double quotes'],
  ['// x', 0, 'comments are not allowed in JSON'],
  ['1 2', 2, 'nothing may follow the last }'],
])('%j', (text, offset, problem) => {
  expect(mistakeInJson(text)).toEqual({ offset, problem });
});

test('it agrees with JSON.parse', () => {
  fc.assert(
    fc.property(fc.json({ depthSize: 'small' }), (text) => {
      expect(mistakeInJson(text)).toBeUndefined();
    }),
  );
  const piece = fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '1', 'null', ' ', '\n', '-', '"');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join('');
      expect([text, mistakeInJson(text) === undefined]).toEqual([text, isJson(text)]);
    }),
    { numRuns: 2000 },
  );
});
