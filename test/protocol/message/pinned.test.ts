import { describe, expect, test } from 'vitest';
import { type Holder, PART, PinnedBudget } from '../../../src/protocol/message/pinned.ts';

class Pin implements Holder {
  held = 0;
  evicted = 0;
  readonly #budget: PinnedBudget;

  constructor(budget: PinnedBudget) {
    this.#budget = budget;
  }

  hold(bytes: number): void {
    this.held += bytes;
    this.#budget.change(this, bytes);
  }

  evict(): void {
    this.evicted++;
    this.hold(-this.held);
  }
}

describe('the one that holds most is told to fail', () => {
  test('only beyond the limit', () => {
    const budget = new PinnedBudget(100);
    const [a, b, c] = [new Pin(budget), new Pin(budget), new Pin(budget)];
    a.hold(40);
    b.hold(50);
    c.hold(10);
    expect([a.evicted, b.evicted, c.evicted]).toEqual([0, 0, 0]);
    c.hold(1);
    expect([a.evicted, b.evicted, c.evicted]).toEqual([0, 1, 0]);
    c.hold(49);
    expect([a.held, b.held, c.held]).toEqual([40, 0, 60]);
  });

  test('as many as must', () => {
    const budget = new PinnedBudget(100);
    const pins = Array.from({ length: 5 }, () => new Pin(budget));
    for (const pin of pins) pin.hold(20);
    pins[0]?.hold(100);
    expect(pins.map(({ evicted }) => evicted)).toEqual([1, 0, 0, 0, 0]);
  });

  test('who let go in time is spared', () => {
    const budget = new PinnedBudget(100);
    const [a, b] = [new Pin(budget), new Pin(budget)];
    a.hold(90);
    a.hold(-90);
    b.hold(80);
    expect([a.evicted, b.evicted]).toEqual([0, 0]);
  });

  test('nobody left to blame ends the search', () => {
    const budget = new PinnedBudget(10);
    const pin = new Pin(budget);
    budget.change(pin, 100);
    expect(pin.evicted).toBe(0);
  });
});

test('64 MiB weigh as much as 256 Ki parts', () => {
  expect(PART * 256 * 1024).toBe(64 * 1024 * 1024);
});
