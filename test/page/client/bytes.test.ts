import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byteLength, fromBase64, fromHex, hexLine, hexRows, lineOf, sizeText, textOf } from '../../../src/page/client/bytes.ts';

test.each([
  ['', []],
  ['de ad be ef', [0xde, 0xad, 0xbe, 0xef]],
  ['DEADBEEF', [0xde, 0xad, 0xbe, 0xef]],
  ['0xde, 0xad\n0xbe', [0xde, 0xad, 0xbe]],
  ['de:ad', [0xde, 0xad]],
])('hex %j', (text, bytes) => {
  expect([...(fromHex(text) ?? ['none'])]).toEqual(bytes);
});

test.each(['d', 'dea', 'xy', 'de ad g', '-1', '٣٣'])('no hex: %j', (text) => {
  expect(fromHex(text)).toBeUndefined();
});

test('what is written as hex is read back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect([...(fromHex(hexLine(bytes)) ?? [])]).toEqual([...bytes]);
    }),
  );
});

test('rows of a dump', () => {
  expect(hexRows(new TextEncoder().encode('GET / HTTP/1.1\r\nä'))).toEqual([
    { at: '0000', bytes: '47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a'.split(' '), ascii: 'GET / HTTP/1.1..' },
    { at: '0010', bytes: ['c3', 'a4'], ascii: '..' },
  ]);
  expect(hexRows(new Uint8Array(0))).toEqual([]);
});

test('base64, and text in bytes', () => {
  expect([...fromBase64('AP8=')]).toEqual([0, 255]);
  expect(textOf(new Uint8Array([0xc3, 0xa4]))).toBe('ä');
  expect(textOf(new Uint8Array([0xc3]))).toBeUndefined();
  expect(byteLength('ä漢🙂')).toBe(9);
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1536, '1.5 KiB'],
  [200 * 1024, '200 KiB'],
  [5 * 1024 ** 2, '5.0 MiB'],
  [3 * 1024 ** 4, '3072 GiB'],
])('%i bytes are %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

describe('one line of a text', () => {
  test.each([
    ['as it is', 'as it is'],
    ['a\nb\tc\rd', 'a⏎b⇥c␍d'],
    ['\u001b[31mred', '\\u{1b}[31mred'],
    ['abc\u202edcba', 'abc\\u{202e}dcba'],
    ['zero\u200bwidth', 'zero\\u{200b}width'],
    ['👩\u200d🚀', '👩\u200d🚀'],
  ])('%j', (text, line) => {
    expect(lineOf(text)).toBe(line);
  });

  test('is cut', () => {
    expect(lineOf('x'.repeat(300))).toBe(`${'x'.repeat(200)}…`);
  });
});
