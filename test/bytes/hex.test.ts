import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatHex, hexDigits, parseBase64, parseHex } from '../../src/bytes/hex.ts';

describe('parseHex reads what people paste', () => {
  test.each([
    ['', ''],
    ['  \n', ''],
    ['81 05 48', '810548'],
    ['810548', '810548'],
    ['8105 48', '810548'],
    ['81:05:48', '810548'],
    ['81-05-48', '810548'],
    ['81,05;48_00', '81054800'],
    ['0x81, 0x05, 0X48', '810548'],
    ['\\x81\\x05\\x48', '810548'],
    ['0x1 2', '0102'],
    ['DE\nad\tBe\r\nEF', 'deadbeef'],
  ])('%j', (text, wanted) => {
    const bytes = parseHex(text);
    expect(bytes).toBeInstanceOf(Uint8Array);
    expect(Buffer.from(bytes as Uint8Array).toString('hex')).toBe(wanted);
  });

  test.each([
    ['8g', '"g" is not a hex digit'],
    ['81 é', '"é" is not a hex digit'],
    ['😀', '"😀" is not a hex digit'],
    ['810', '3 hex digits in "810": two make a byte'],
    [`81 ${'0'.repeat(25)}`, `25 hex digits in "${'0'.repeat(20)}": two make a byte`],
  ])('%j is refused in words', (text, problem) => {
    expect(parseHex(text)).toEqual({ problem });
  });
});

test.each([0, 1, 65_535, 65_536, 200_001])('the digits of %i bytes', (length) => {
  const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * 7) & 0xff));
  expect(hexDigits(bytes).equals(Buffer.from(formatHex(bytes, '')))).toBe(true);
});

test('formatHex', () => {
  expect(formatHex(new Uint8Array())).toBe('');
  expect(formatHex(Uint8Array.of(0, 0x37, 0xff))).toBe('00 37 ff');
  expect(formatHex(Uint8Array.of(0, 0x37, 0xff), '')).toBe('0037ff');
});

test('what was formatted is read back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.constantFrom(' ', ':', ', ', '-', ''), (bytes, separator) => {
      expect(parseHex(formatHex(bytes, separator))).toEqual(bytes);
    }),
  );
});

describe('parseBase64', () => {
  test.each([
    ['', ''],
    ['SGVsbG8=', '48656c6c6f'],
    ['SGVsbG8', '48656c6c6f'],
    ['SGVs\n bG8=', '48656c6c6f'],
    ['-_-_', 'fbffbf'],
    ['+/+/', 'fbffbf'],
    ['AA==', '00'],
  ])('%j', (text, wanted) => {
    expect(Buffer.from(parseBase64(text) ?? 'none').toString('hex')).toBe(wanted);
  });

  test.each(['A', 'AAAAA', 'A===', 'AA==AA', 'SGV$', 'é'])('%j is none', (text) => {
    expect(parseBase64(text)).toBeUndefined();
  });

  test('any bytes in both alphabets', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom<'base64' | 'base64url'>('base64', 'base64url'), (bytes, form) => {
        expect(parseBase64(Buffer.from(bytes).toString(form))).toEqual(bytes);
      }),
    );
  });
});
