import { expect, test } from 'vitest';
import { UnansweredPings } from '../../src/endpoint/unanswered-pings.ts';

const payload = (text: string) => new TextEncoder().encode(text);

test('a ping is answered once, by a pong with its payload, whatever memory that lies in', () => {
  const pings = new UnansweredPings();
  pings.sent(payload('a'), 100);
  expect(pings.has(payload('a'))).toBe(true);
  expect(pings.answered(payload('b'), 105)).toBeUndefined();
  expect(pings.answered(Uint8Array.from([0x61]), 105)).toBe(5);
  expect(pings.has(payload('a'))).toBe(false);
  expect(pings.answered(payload('a'), 106)).toBeUndefined();
});

test('of pings that a peer never answers the oldest are forgotten', () => {
  const pings = new UnansweredPings();
  for (let at = 0; at < 5000; at++) pings.sent(payload(`${at}`), at);
  expect(pings.answered(payload('903'), 5000)).toBeUndefined();
  expect(pings.answered(payload('904'), 5000)).toBe(4096);
  expect(pings.answered(payload('4999'), 5000)).toBe(1);
});

test('the same payload again counts from the later one', () => {
  const pings = new UnansweredPings();
  pings.sent(payload(''), 1);
  pings.sent(payload(''), 8);
  expect(pings.answered(payload(''), 10)).toBe(2);
});
