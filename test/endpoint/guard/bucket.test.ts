import { expect, test } from 'vitest';
import { Bucket } from '../../../src/endpoint/guard/bucket.ts';

/** Takes `amount` at each time in milliseconds; `x` where there was not so much. */
function taken(rate: number, ...takings: [at: number, amount: number][]): string {
  const bucket = new Bucket(rate, 0);
  return takings.map(([at, amount]) => (bucket.take(amount, at) ? 'o' : 'x')).join('');
}

test.each<[what: string, seen: string, expected: string]>([
  ['a second’s worth at once, and no more', taken(3, [0, 1], [0, 1], [0, 1], [0, 1]), 'ooox'],
  ['the rate, for ever', taken(2, ...Array.from({ length: 20 }, (_, n): [number, number] => [n * 500, 1])), 'o'.repeat(20)],
  ['it fills with time', taken(10, [0, 10], [100, 1], [100, 1], [300, 2]), 'ooxo'],
  ['never beyond a second’s worth', taken(4, [0, 4], [60_000, 4], [60_000, 1]), 'oox'],
  ['more at once than a second has is too much', taken(100, [0, 101]), 'x'],
  ['what was refused was not taken', taken(4, [0, 3], [0, 2], [0, 1]), 'oxo'],
])('%s', (_, seen, expected) => {
  expect(seen).toBe(expected);
});
