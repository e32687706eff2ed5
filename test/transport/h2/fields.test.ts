import { describe, expect, test } from 'vitest';
import { fieldsOf, headersOf, repeatedName } from '../../../src/transport/h2/fields.ts';

describe('fields between the shapes', () => {
  test('fields of one name go together', () => {
    const fields = fieldsOf(['a', '1', 'b', '2', 'a', '3', 'a', '4']);
    expect(fields.map(({ name, value }) => name + value)).toEqual(['a1', 'b2', 'a3', 'a4']);
    expect({ ...headersOf(fields) }).toEqual({ a: ['1', '3', '4'], b: '2' });
  });

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('%s is a name as any other', (name) => {
    expect(Object.entries(headersOf([{ name, value: '1' }]))).toEqual([[name, '1']]);
    const twice = [1, 2].map((value) => ({ name, value: String(value) }));
    expect(Object.entries(headersOf(twice))).toEqual([[name, ['1', '2']]]);
  });
});

test.each([
  [[], undefined],
  [['Date', 'ETag', 'Set-Cookie', 'set-cookie'], undefined],
  [['Date', 'X', 'date'], 'date'],
  [['Location', 'LOCATION', 'ETag', 'ETag'], 'LOCATION'],
])('of %j there is once too often: %s', (names, repeated) => {
  expect(repeatedName(names)).toBe(repeated);
});
