import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/endpoint/clock.ts';
import { keepPinging } from '../../src/endpoint/heartbeat.ts';
import type { Link } from '../../src/endpoint/link.ts';

/** A clock that the test moves on, and a link that remembers what it was asked. */
function setUp(interval: number, timeout?: number) {
  let now = 0;
  const timers: { at: number; callback: () => void }[] = [];
  const clock = {
    after(delay: number, callback: () => void) {
      const timer = { at: now + delay, callback };
      timers.push(timer);
      return () => {
        if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1);
      };
    },
  } as Clock;
  const pass = (milliseconds: number) => {
    const end = now + milliseconds;
    for (;;) {
      const [next] = timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
      if (!next) break;
      timers.splice(timers.indexOf(next), 1);
      now = next.at;
      next.callback();
    }
    now = end;
  };
  const sent: string[] = [];
  const unanswered = new Set<string>();
  const missed: number[] = [];
  const lost: string[] = [];
  const link = {
    open: true,
    reading: true,
    ping(payload: Uint8Array) {
      const text = Buffer.from(payload).toString();
      sent.push(text);
      unanswered.add(text);
    },
    awaitsPong: (payload: Uint8Array) => unanswered.has(Buffer.from(payload).toString()),
    lose(code: string, message: string) {
      link.open = false;
      lost.push(`${now}: ${code}: ${message}`);
    },
  };
  const heartbeat = { interval, timeout, missed: (inARow: number) => missed.push(inARow) };
  const stop = keepPinging(link as unknown as Link, clock, heartbeat);
  return { link, sent, unanswered, missed, lost, timers, stop, pass };
}

describe('keepPinging', () => {
  it('sends a ping with a payload of its own at each interval', () => {
    const { sent, pass, unanswered } = setUp(1000);
    pass(999);
    expect(sent).toEqual([]);
    for (let beat = 0; beat < 3; beat++) {
      pass(1000);
      unanswered.clear();
    }
    expect(sent).toEqual(['wstap 1', 'wstap 2', 'wstap 3']);
  });

  it('tells how many in a row were not answered, and starts anew after a pong', () => {
    const { pass, unanswered, missed } = setUp(1000);
    pass(3000);
    unanswered.clear();
    pass(2000);
    expect(missed).toEqual([1, 2, 1]);
  });

  it('ends with the link, and when it is stopped', () => {
    const ended = setUp(1000, 100);
    ended.link.open = false;
    ended.pass(5000);
    expect([ended.sent, ended.timers]).toEqual([[], []]);
    const stopped = setUp(1000, 500);
    stopped.pass(1000);
    stopped.stop();
    expect(stopped.timers).toEqual([]);
  });

  it('without a timeout no peer is dead', () => {
    const { pass, lost, sent } = setUp(1000);
    pass(60_000);
    expect([lost, sent.length]).toEqual([[], 60]);
  });
});

describe('a timeout', () => {
  it('loses the link when a pong does not come in time', () => {
    const { pass, lost, sent, unanswered, timers } = setUp(1000, 400);
    pass(1399);
    unanswered.clear();
    pass(1000);
    expect(lost).toEqual([]);
    pass(1);
    expect(lost).toEqual(['2400: PING_TIMEOUT: no pong within 400 ms']);
    expect(sent).toHaveLength(2);
    pass(5000);
    expect([sent.length, timers]).toEqual([2, []]);
  });

  it('may be longer than the interval: each ping has its own time', () => {
    const { pass, lost, unanswered } = setUp(1000, 2500);
    pass(2000);
    unanswered.delete('wstap 1');
    pass(2499);
    expect(lost).toEqual([]);
    pass(1);
    expect(lost).toEqual(['4500: PING_TIMEOUT: no pong within 2.5 s']);
  });

  it('does not blame the peer while we read nothing', () => {
    const { pass, lost, link } = setUp(1000, 400);
    link.reading = false;
    pass(1500);
    expect(lost).toEqual([]);
    link.reading = true;
    pass(300);
    expect(lost).toHaveLength(1);
  });
});
