import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isShortAscii, Utf8Validator } from '../../src/bytes/utf8.ts';
import { cut, hex } from '../protocol/bits.ts';

/** Where a validator that is fed `parts` stops, counted from the start; -1 where it takes all. */
function stopsAt(parts: readonly Uint8Array[]): { at: number; complete: boolean } {
  const validator = new Utf8Validator();
  let before = 0;
  for (const part of parts) {
    const bad = validator.push(part, 0, part.length);
    if (bad >= 0) return { at: before + bad, complete: false };
    before += part.length;
  }
  return { at: -1, complete: validator.complete };
}

/** Every byte sequence with one more byte is either a prefix of valid UTF-8 or not: told by trying all endings. */
const ENDINGS = ['', '80', '8080', '808080', '90', '9080', '908080', 'a0', 'a080', 'bf', 'bf80', 'bfbf', 'bfbfbf'].map(hex);
const couldBeUtf8 = (bytes: Uint8Array) => ENDINGS.some((ending) => isUtf8(Buffer.concat([bytes, ending])));

describe('the first impossible byte, however the text is cut', () => {
  test.each([
    ['ASCII', '48656c6c6f', -1],
    ['two bytes', 'c2a9', -1],
    ['κόσμε', 'cebae1bdb9cf83cebcceb5', -1],
    ['first and last of each length', '00 7f c280 dfbf e0a080 efbfbf f0908080 f48fbfbf', -1],
    ['next to the surrogates', 'ed9fbf ee8080', -1],
    ['non-characters are characters', 'efbfbe efbfbf f09fbfbe f48fbfbf', -1],
    ['a continuation byte first', '80', 0],
    ['a continuation byte behind a character', '4180', 1],
    ['C0: overlong', '41c080', 1],
    ['C1: overlong', 'c1bf', 0],
    ['overlong in three bytes', 'e08080', 1],
    ['the last overlong in three bytes', 'e09fbf', 1],
    ['overlong in four bytes', 'f0808080', 1],
    ['the last overlong in four bytes', 'f08fbfbf', 1],
    ['first surrogate', 'eda080', 1],
    ['last surrogate', 'edbfbf', 1],
    ['a surrogate pair', 'eda081edb080', 1],
    ['above U+10FFFF', 'f4908080', 1],
    ['five bytes', 'f888808080', 0],
    ['six bytes', 'fc8480808080', 0],
    ['FE', 'fe', 0],
    ['FF', 'ff', 0],
    ['cut short by ASCII', 'e0a041', 2],
    ['cut short by a lead byte', 'f09f98c3a9', 3],
    ['beyond the short loop', `${'41'.repeat(40)}c3a9${'42'.repeat(40)}ff`, 82],
  ])('%s', (_, text, at) => {
    const bytes = hex(text);
    for (let size = 1; size <= bytes.length; size++) {
      const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
      expect(stopsAt(parts)).toEqual({ at, complete: at < 0 });
    }
  });

  test.each([['c3'], ['e2'], ['e282'], ['f0'], ['f09f'], ['f09f98']])('%s is unfinished, not wrong', (text) => {
    expect(stopsAt([hex(text)])).toEqual({ at: -1, complete: false });
  });

  test('a range within a buffer is judged alone', () => {
    const bytes = hex('ff 41 c3a9 ff');
    expect(new Utf8Validator().push(bytes, 1, 4)).toBe(-1);
    expect(new Utf8Validator().push(bytes, 1, 5)).toBe(4);
  });

  test('after a reset nothing is owed', () => {
    const validator = new Utf8Validator();
    validator.push(hex('e2'), 0, 1);
    validator.reset();
    expect(validator.complete).toBe(true);
    expect(validator.push(hex('41'), 0, 1)).toBe(-1);
  });
});

/** Bytes of which many are nearly UTF-8. */
const nearly = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }).map((text) => Buffer.from(text)),
      fc.constantFrom('e0', 'ed', 'f0', 'f4', '80', '9f', 'a0', '8f', '90', 'bf', 'c1', 'ff', 'edb080', 'e282').map(hex),
      fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts));

test('agrees with isUtf8 on the whole and is exact at the first impossible byte, for any cut', () => {
  fc.assert(
    fc.property(nearly, fc.array(fc.nat(100), { maxLength: 6 }), (bytes, places) => {
      const { at, complete } = stopsAt(cut(bytes, places));
      expect(at < 0 && complete).toBe(isUtf8(bytes));
      if (at < 0) expect(couldBeUtf8(bytes)).toBe(true);
      else expect([couldBeUtf8(bytes.subarray(0, at)), couldBeUtf8(bytes.subarray(0, at + 1))]).toEqual([true, false]);
    }),
    { numRuns: 1000 },
  );
});

test('every pair of bytes and every lead with every second byte', () => {
  for (let pair = 0; pair < 0x1_0000; pair++) {
    const bytes = Uint8Array.of(pair >> 8, pair);
    const { at } = stopsAt([bytes]);
    if (at < 0 !== couldBeUtf8(bytes)) expect(pair.toString(16)).toBe('judged as isUtf8 judges');
  }
});

test.each([
  ['', true],
  ['00417f', true],
  ['4180', false],
  ['ff', false],
])('%j all ASCII: %s', (text, ascii) => {
  expect(isShortAscii(hex(text), 0, hex(text).length)).toBe(ascii);
});
