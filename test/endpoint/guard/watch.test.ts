import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../src/endpoint/clock.ts';
import { Watch } from '../../../src/endpoint/guard/watch.ts';
import type { Peer } from '../../../src/endpoint/peer.ts';

/** A client that remembers what was done with it, on a clock that the test moves on. */
function setUp({ idle = Number.POSITIVE_INFINITY, messages = Number.POSITIVE_INFINITY, bytes = Number.POSITIVE_INFINITY }) {
  let now = 1000;
  let timer: { readonly at: number; readonly callback: () => void } | undefined;
  const clock = {
    now: () => now,
    after(delay: number, callback: () => void) {
      const set = { at: now + delay, callback };
      timer = set;
      return () => {
        if (timer === set) timer = undefined;
      };
    },
  } as Clock;
  const done: string[] = [];
  const link = {
    open: true,
    reading: true,
    close(code: number, reason: string) {
      done.push(`close ${code} ${reason}`);
      link.open = false;
    },
    connection: {
      breach({ rule, detail }: { rule: string; detail: string }) {
        done.push(`${rule}: ${detail}`);
        link.open = false;
      },
    },
  };
  const peer = { link, handler: { remark: (_: unknown, text: string) => done.push(text) } } as unknown as Peer;
  const watch = new Watch(peer, { idleTimeout: idle, rate: { messages, bytes } }, clock);
  const pass = (milliseconds: number) => {
    const end = now + milliseconds;
    while (timer && timer.at <= end) {
      const { at, callback } = timer;
      timer = undefined;
      now = at;
      callback();
    }
    now = end;
  };
  return { watch, pass, done, link, waits: () => timer !== undefined };
}

describe('idle', () => {
  const CLOSED = ['is let go: nothing went either way for 10 s (--idle-timeout)', 'close 1001 idle for 10 s'];

  test('closed with 1001 after the whole time, and not before', () => {
    const { pass, done } = setUp({ idle: 10_000 });
    pass(9999);
    expect(done).toEqual([]);
    pass(1);
    expect(done).toEqual(CLOSED);
  });

  test.each(['heard', 'spoke'] as const)('whatever is %s begins the time anew, once and many times', (what) => {
    const { watch, pass, done } = setUp({ idle: 10_000 });
    for (let round = 0; round < 5; round++) {
      pass(9000);
      watch[what](1);
    }
    pass(9999);
    expect(done).toEqual([]);
    pass(1);
    expect(done).toEqual(CLOSED);
  });

  test('while we do not read, silence proves nothing', () => {
    const { pass, done, link } = setUp({ idle: 10_000 });
    link.reading = false;
    pass(25_000);
    expect(done).toEqual([]);
    link.reading = true;
    pass(10_000);
    expect(done).toEqual(CLOSED);
  });

  test('one that closes already is left to that', () => {
    const { pass, done, link, waits } = setUp({ idle: 10_000 });
    link.open = false;
    pass(60_000);
    expect(done).toEqual([]);
    expect(waits()).toBe(false);
  });

  test('nothing waits any more for one that is gone', () => {
    const { watch, waits } = setUp({ idle: 10_000 });
    expect(waits()).toBe(true);
    watch.stop();
    expect(waits()).toBe(false);
  });
});

describe('too fast', () => {
  test('messages: the one too many is not let through, and the client is failed once', () => {
    const { watch, done } = setUp({ messages: 2 });
    expect([watch.said(), watch.said(), watch.said(), watch.said()]).toEqual([true, true, false, false]);
    expect(done).toEqual([
      'is let go: more than 2 messages came within a second (--max-rate)',
      'too-fast: more than 2 messages came within a second',
    ]);
  });

  test('bytes', () => {
    const { watch, done } = setUp({ bytes: 1000 });
    watch.heard(1000);
    expect(done).toEqual([]);
    watch.heard(1);
    expect(done).toEqual([
      'is let go: more than 1000 bytes came within a second (--max-rate)',
      'too-fast: more than 1000 bytes came within a second',
    ]);
  });

  test('a steady client may go on for ever', () => {
    const { watch, pass, done } = setUp({ messages: 2, bytes: 100 });
    for (let round = 0; round < 100; round++) {
      pass(500);
      watch.heard(50);
      expect(watch.said()).toBe(true);
    }
    expect(done).toEqual([]);
  });
});
