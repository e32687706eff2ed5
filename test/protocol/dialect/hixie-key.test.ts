import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arithmeticOf, divisionText, makeKey, readKey } from '../../../src/protocol/dialect/hixie-key.ts';
import { KEYS } from './handshake-vectors.ts';
import { seeded } from './seeded.ts';

const FAULTS: Readonly<Record<string, string>> = {
  'not a multiple of the space count': 'not divisible',
  'no spaces': 'no spaces',
  'quotient exceeds 32 bits': 'above 32 bits',
};

describe('every vector', () => {
  it.each(KEYS)('$id', ({ key1, key2, key3, readings, parts, challenge, answer }) => {
    const arithmetic = arithmeticOf(key1, key2, key3);
    for (const [index, reading] of [arithmetic.key1, arithmetic.key2].entries()) {
      const { digits, spaces, error } = readings[index] ?? { digits: '', spaces: -1 };
      expect(reading).toMatchObject({ digits, spaces, fault: error === undefined ? undefined : FAULTS[error] });
    }
    expect(arithmetic.challenge && Buffer.from(arithmetic.challenge).toString('hex')).toBe(challenge);
    expect(arithmetic.proof && Buffer.from(arithmetic.proof).toString('hex')).toBe(answer);
    if (parts) expect([arithmetic.key1.quotient, arithmetic.key2.quotient]).toEqual(parts);
  });
});

it('digits that are not ASCII do not count, and neither do other blanks', () => {
  expect(readKey('1\u0662 \u00a02\t4')).toMatchObject({ digits: '124', spaces: 1, others: 3, quotient: 124n });
});

it.each([
  ['', 'no digits'],
  ['   ', 'no digits'],
  ['!"# ', 'no digits'],
  ['1', 'no spaces'],
  [`${'9'.repeat(100_000)} `, 'above 32 bits'],
  ['3 ?  ', 'none'],
  ['4 ?  ', 'not divisible'],
])('%#: a key may be anything', (key, fault) => {
  expect(readKey(key).fault ?? 'none').toBe(fault);
});

it('no proof without all 8 bytes', () => {
  const proofs = [0, 7, 8, 9].map((size) => arithmeticOf('1 ', '1 ', Buffer.alloc(size)).proof);
  expect(proofs.map((proof) => proof !== undefined)).toEqual([false, false, true, false]);
});

it('the division as a line', () => {
  expect(divisionText(readKey('4 @1  46546xW%0l 1 5'))).toBe('4146546015 / 5 = 829309203');
  expect(divisionText(readKey('4 @1 46546xW%0l 1 5'))).toBe('4146546015 / 4 = 1036636503, remainder 3');
  expect(divisionText(readKey('12345'))).toBe('12345 / 0');
  expect(divisionText(readKey(' '))).toBe('no digits / 1');
  expect(divisionText(readKey(`${'1'.repeat(2000)} `))).toBe(`${'1'.repeat(40)}… / 1`);
});

it('a key that is made keeps every rule of the draft', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const key = makeKey(seeded(seed));
      const { spaces, others, fault } = readKey(key);
      expect(fault).toBeUndefined();
      expect(spaces).toBeGreaterThanOrEqual(1);
      expect(spaces).toBeLessThanOrEqual(12);
      expect(others).toBeGreaterThanOrEqual(1);
      expect(others).toBeLessThanOrEqual(12);
      expect(key).toMatch(/^[!-~][ -~]*[!-~]$/);
    }),
  );
});

it('keys are made of the randomness that is handed in, all ones and all zeros included', () => {
  expect(makeKey(seeded(1))).toBe(makeKey(seeded(1)));
  expect(makeKey(seeded(1))).not.toBe(makeKey(seeded(2)));
  for (const byte of [0, 0xff]) expect(readKey(makeKey((size) => Buffer.alloc(size, byte))).fault).toBeUndefined();
});
