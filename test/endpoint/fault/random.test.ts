import { expect, test } from 'vitest';
import { SeededRandom } from '../../../src/endpoint/fault/random.ts';

const some = (random: SeededRandom) => Array.from({ length: 5 }, () => Math.floor(random.next() * 1000));

test('the same seed gives the same numbers, here and on every machine', () => {
  expect(some(new SeededRandom(1))).toEqual([627, 2, 527, 981, 968]);
  expect(some(new SeededRandom(1))).toEqual(some(new SeededRandom(1)));
});

test('another seed or another stream gives others', () => {
  const drawn = [new SeededRandom(1), new SeededRandom(2), new SeededRandom(1, 1), new SeededRandom(1, 2)].map((random) =>
    String(some(random)),
  );
  expect(new Set(drawn).size).toBe(4);
});

test('from 0 to 1, evenly enough to be a share', () => {
  const random = new SeededRandom(42);
  const drawn = Array.from({ length: 10_000 }, () => random.next());
  expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true);
  const share = drawn.filter((number) => number < 0.1).length;
  expect(share).toBeGreaterThan(900);
  expect(share).toBeLessThan(1100);
});

test('bytes', () => {
  expect(new SeededRandom(3).bytes(4)).toEqual(new SeededRandom(3).bytes(4));
  expect(new SeededRandom(3).bytes(100).length).toBe(100);
});
