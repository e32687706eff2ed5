import { describe, expect, test } from 'vitest';
import { checkedCloseWords, clampedCode, enforcedCode, outcome, reasonText } from '../../src/library/close.ts';

describe('a code and a reason', () => {
  test.each([1000, 3000, 3999, 4000, 4999])('%i may be said', (code) => {
    expect(checkedCloseWords(code, '')).toEqual({ code, reason: '' });
  });

  test.each([0, 1, 999, 1001, 1005, 1006, 1015, 2999, 5000, 65_535])('%i is an InvalidAccessError', (code) => {
    expect(() => checkedCloseWords(code, '')).toThrow(expect.objectContaining({ name: 'InvalidAccessError', code: 15 }));
  });

  test('a reason has at most 123 bytes', () => {
    expect(checkedCloseWords(1000, 'é'.repeat(61)).reason).toHaveLength(61);
    expect(() => checkedCloseWords(1000, 'é'.repeat(62))).toThrow(expect.objectContaining({ name: 'SyntaxError' }));
    expect(() => checkedCloseWords(undefined, 'x'.repeat(124))).toThrow(expect.objectContaining({ name: 'SyntaxError' }));
  });

  test('the code is judged first', () => {
    expect(() => checkedCloseWords(999, 'x'.repeat(124))).toThrow(expect.objectContaining({ name: 'InvalidAccessError' }));
  });

  test('none is none, and a reason alone goes with 1000', () => {
    expect(checkedCloseWords(undefined, '')).toEqual({ code: undefined, reason: '' });
    expect(checkedCloseWords(undefined, 'bye')).toEqual({ code: 1000, reason: 'bye' });
  });

  test('lone surrogates become U+FFFD, three bytes each', () => {
    expect(checkedCloseWords(1000, 'a\ud800').reason).toBe('a\ufffd');
    expect(() => checkedCloseWords(1000, '\udc00'.repeat(42))).toThrow(expect.objectContaining({ name: 'SyntaxError' }));
  });
});

test.each([
  [undefined, 0],
  [null, 0],
  ['1000', 1000],
  ['x', 0],
  [Number.NaN, 0],
  [-1, 0],
  [70_000, 65_535],
  [Number.POSITIVE_INFINITY, 65_535],
  [999.5, 1000],
  [1000.5, 1000],
  [1000.49, 1000],
  [{}, 0],
])('clamped, %o is %i', (value, code) => {
  expect(clampedCode(value)).toBe(code);
});

test.each([-1, 65_536, Number.NaN, Number.POSITIVE_INFINITY, 'x', {}])('enforced, %o is a TypeError', (value) => {
  expect(() => enforcedCode(value)).toThrow(TypeError);
});

test.each([
  [1000.9, 1000],
  ['3000', 3000],
  [null, 0],
  [-0.5, 0],
])('enforced, %o is %i', (value, code) => {
  expect(enforcedCode(value)).toBe(code);
});

test.each([1000n, Symbol('x'), { valueOf: () => 1000n }])('%o is no number', (value) => {
  expect(() => clampedCode(value)).toThrow(TypeError);
  expect(() => enforcedCode(value)).toThrow(TypeError);
});

test.each<[value: unknown, text: string]>([
  [undefined, ''],
  [null, 'null'],
  [7, '7'],
  ['a\ud800', 'a\ufffd'],
])('the reason %o is %j', (value, text) => {
  expect(reasonText(value)).toBe(text);
});

test.each([Symbol('x'), { toString: () => ({}) }])('%o is no reason', (value) => {
  expect(() => reasonText(value)).toThrow(TypeError);
});

describe('the outcome', () => {
  const closed = { type: 'closed', code: 4000, reason: 'bye', wasClean: true, by: 'peer', at: 0, connection: 1 } as const;

  test.each([
    ['both Close frames went their way', closed, true, { code: 4000, reason: 'bye', wasClean: true }],
    ['ours never left', closed, false, { code: 4000, reason: 'bye', wasClean: false }],
    ['none came', { ...closed, wasClean: false }, true, { code: 1006, reason: '', wasClean: false }],
  ])('%s', (_, ending, complete, expected) => {
    expect(outcome(ending, complete)).toEqual(expected);
  });
});
