import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/endpoint/clock.ts';
import { keepPinging } from '../../src/endpoint/heartbeat.ts';
import type { Link } from '../../src/endpoint/link.ts';

/** A clock that is told when it strikes, and a link that remembers what it was asked. */
function setUp() {
  let next: (() => void) | undefined;
  const sent: string[] = [];
  const unanswered = new Set<string>();
  const missed: number[] = [];
  const link = {
    open: true,
    ping(payload: Uint8Array) {
      const text = Buffer.from(payload).toString();
      sent.push(text);
      unanswered.add(text);
    },
    awaitsPong: (payload: Uint8Array) => unanswered.has(Buffer.from(payload).toString()),
  };
  const clock: Pick<Clock, 'after'> = {
    after(_, callback) {
      next = callback;
      return () => {
        next = undefined;
      };
    },
  };
  const stop = keepPinging(link as unknown as Link, clock as Clock, 1000, (inARow) => missed.push(inARow));
  return { link, sent, unanswered, missed, stop, strike: () => next?.() };
}

describe('keepPinging', () => {
  it('sends a ping with a payload of its own at each interval', () => {
    const { sent, strike, unanswered } = setUp();
    expect(sent).toEqual([]);
    for (let beat = 0; beat < 3; beat++) {
      strike();
      unanswered.clear();
    }
    expect(sent).toEqual(['wstap 1', 'wstap 2', 'wstap 3']);
  });

  it('tells how many in a row were not answered, and starts anew after a pong', () => {
    const { strike, unanswered, missed } = setUp();
    strike();
    strike();
    strike();
    unanswered.clear();
    strike();
    strike();
    expect(missed).toEqual([1, 2, 1]);
  });

  it('ends with the link, and when it is stopped', () => {
    const ended = setUp();
    ended.link.open = false;
    ended.strike();
    expect(ended.sent).toEqual([]);
    const stopped = setUp();
    stopped.stop();
    stopped.strike();
    expect(stopped.sent).toEqual([]);
  });
});
