import { expect, test } from 'vitest';
import { maskingKeySource } from '../../../src/protocol/frame/masking-key.ts';

test('every key is four bytes of the generator that were never used before (curl CVE-2025-10148: a fresh mask a frame)', () => {
  let drawn = 0;
  const next = maskingKeySource((target) => {
    const view = new DataView(target.buffer);
    for (let at = 0; at < target.length; at += 4) view.setUint32(at, drawn++ ^ 0xdeadbeef);
  });
  const keys = Array.from({ length: 3 * 4096 }, next);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.map((key) => (key ^ 0xdeadbeef) >>> 0)).toEqual([...keys.keys()]);
});

test('nothing is drawn before the first key is asked for', () => {
  let draws = 0;
  const next = maskingKeySource(() => draws++);
  expect(draws).toBe(0);
  for (let i = 0; i < 4096; i++) next();
  expect(draws).toBe(1);
  next();
  expect(draws).toBe(2);
});
