import { expect, test } from 'vitest';
import { countText, durationText, sizeText } from '../../src/view/size.ts';

test.each([
  [0, '0 B'],
  [41, '41 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1229, '1.2 KiB'],
  [102400, '100 KiB'],
  [1048575, '1 MiB'],
  [64 * 2 ** 20, '64 MiB'],
  [3.5 * 2 ** 30, '3.5 GiB'],
  [2 ** 60, '1048576 TiB'],
])('sizeText(%d) = %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

test.each([
  [0, '0.00 ms'],
  [0.4231, '0.42 ms'],
  [9.6, '9.60 ms'],
  [9.996, '10.0 ms'],
  [12.34, '12.3 ms'],
  [99.96, '100 ms'],
  [120, '120 ms'],
  [999.6, '1.0 s'],
  [1500, '1.5 s'],
  [59_960, '1 min'],
  [123_000, '2 min 3 s'],
  [3_599_600, '1 h'],
  [3_720_000, '1 h 2 min'],
])('durationText(%d) = %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test.each([
  [0, '0 messages'],
  [1, '1 message'],
  [2, '2 messages'],
])('countText(%d)', (count, text) => {
  expect(countText(count, 'message')).toBe(text);
});
