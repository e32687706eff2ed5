import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutAscii, endRun } from '../../src/bytes/ascii-run.ts';

const ascii = fc.array(fc.integer({ min: 0, max: 0x7f }), { maxLength: 200 }).map((codes) => String.fromCharCode(...codes));
/** Texts behind one another, and what of two bytes stands between them, as headers do. */
const chunk = fc.array(ascii, { minLength: 1, maxLength: 60 }).map((texts) => {
  const pieces: Buffer[] = [];
  const places: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  let at = 0;
  for (const text of texts) {
    pieces.push(Buffer.from([0x81, 0xfe]), Buffer.from(text, 'latin1'));
    places.push({ start: at + 2, end: at + 2 + text.length, text });
    at += 2 + text.length;
  }
  return { bytes: Buffer.concat(pieces), places };
});

test('each text is what stands there, whatever was asked for before', () => {
  fc.assert(
    fc.property(chunk, chunk, fc.array(fc.nat(1000), { maxLength: 80 }), (one, other, order) => {
      for (const index of order) {
        const { bytes, places } = index % 3 === 0 ? other : one;
        const { start, end, text } = places[index % places.length] as (typeof places)[number];
        expect(cutAscii(bytes, start, end)).toBe(text);
      }
      for (const { start, end, text } of one.places) expect(cutAscii(one.bytes, start, end)).toBe(text);
      endRun();
    }),
  );
});

test('once its end was told the bytes may change', () => {
  const bytes = Buffer.alloc(400, 'a');
  expect(cutAscii(bytes, 0, 16)).toBe('a'.repeat(16));
  bytes.fill('b');
  endRun();
  expect(cutAscii(bytes, 16, 32)).toBe('b'.repeat(16));
  endRun();
});
