import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { stayAwake } from '../../src/endpoint/awake.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setImmediate'] }));
afterEach(() => void vi.useRealTimers());

/** How often the event loop comes round before nothing is left to do. */
function rounds(): number {
  let count = 0;
  for (; vi.getTimerCount() > 0; count++) {
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersToNextTimer();
  }
  return count;
}

test('the event loop comes round some times more, and then may sleep', () => {
  stayAwake();
  expect(rounds()).toBe(30);
  expect(rounds()).toBe(0);
  stayAwake();
  expect(rounds()).toBe(30);
});

test('asked again it begins anew, once', () => {
  stayAwake();
  stayAwake();
  for (let i = 0; i < 10; i++) vi.advanceTimersToNextTimer();
  stayAwake();
  expect(rounds()).toBe(30);
});
