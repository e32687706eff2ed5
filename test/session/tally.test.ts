import { describe, expect, test } from 'vitest';
import type { Happening } from '../../src/session/event.ts';
import { Tally } from '../../src/session/tally.ts';
import { sampleFrame } from '../view/frame-sample.ts';

function tallyOf(...happenings: (Happening & { at?: number; connection?: number })[]): Tally {
  const tally = new Tally();
  for (const happening of happenings) tally.record({ at: 0, connection: 1, ...happening });
  return tally;
}

const message = (direction: 'sent' | 'received', opcode: 'text' | 'binary', length: number, wireLength?: number): Happening => ({
  type: 'message',
  direction,
  opcode,
  data: new Uint8Array(length),
  wireLength: wireLength ?? length,
  compressed: wireLength !== undefined,
});

const open: Happening = { type: 'open', subprotocol: '', extensions: '', findings: [] };
const rtt = (milliseconds: number): Happening => ({ type: 'rtt', rtt: milliseconds });

describe('Tally counts', () => {
  test('nothing at first', () => {
    const tally = new Tally();
    expect(tally.sent.text).toEqual({ messages: 0, bytes: 0 });
    expect([tally.roundTrips, tally.closed, tally.duration]).toEqual([undefined, undefined, undefined]);
    expect([tally.opened, tally.violations]).toEqual([0, 0]);
  });

  test('messages by direction and opcode', () => {
    const tally = tallyOf(
      message('sent', 'text', 5),
      message('sent', 'text', 6),
      message('sent', 'binary', 7),
      message('received', 'text', 1),
    );
    expect(tally.sent.text).toEqual({ messages: 2, bytes: 11 });
    expect(tally.sent.binary).toEqual({ messages: 1, bytes: 7 });
    expect(tally.received.text).toEqual({ messages: 1, bytes: 1 });
    expect(tally.received.binary).toEqual({ messages: 0, bytes: 0 });
  });

  test('what compression saved, of compressed messages alone', () => {
    const tally = tallyOf(
      message('received', 'text', 1000, 100),
      message('received', 'text', 50),
      message('received', 'binary', 10, 12),
    );
    expect(tally.received.compressed).toEqual({ messages: 2, wire: 112, inflated: 1010 });
    expect(tally.sent.compressed).toEqual({ messages: 0, wire: 0, inflated: 0 });
  });

  test('frames by opcode, with their headers', () => {
    const frame = (direction: 'sent' | 'received', sample: Parameters<typeof sampleFrame>[0]): Happening => ({
      type: 'frame',
      direction,
      frame: sampleFrame(sample),
      violations: [],
    });
    const tally = tallyOf(
      frame('sent', { key: '00000001', payload: 'Hello' }),
      frame('sent', { opcode: 'ping', key: '00000001' }),
      frame('received', { opcode: 'continuation', payload: 'x'.repeat(200) }),
      frame('received', { opcode: 11 }),
    );
    expect(tally.sent.frames).toEqual({ continuation: 0, text: 1, binary: 0, close: 0, ping: 1, pong: 0, reserved: 0 });
    expect(tally.sent.frameBytes).toBe(11 + 6);
    expect(tally.received.frames).toMatchObject({ continuation: 1, reserved: 1 });
    expect(tally.received.frameBytes).toBe(204 + 2);
  });

  test('time from the first opening to the last event', () => {
    expect(tallyOf({ ...open, at: 10 }, { ...open, at: 20, connection: 2 }, { ...rtt(1), at: 110 }).duration).toBe(100);
    expect(tallyOf({ ...open }, { ...open, connection: 2 }).opened).toBe(2);
  });

  test('who closed and how, and what was broken', () => {
    const closed = { type: 'closed', code: 1002, reason: 'bad', wasClean: true, by: 'us' } as const;
    const tally = tallyOf({ type: 'violation', violation: { rule: 'rsv-set', detail: '' }, fatal: true }, closed);
    expect(tally.closed).toMatchObject(closed);
    expect(tally.violations).toBe(1);
  });
});

describe('round trips', () => {
  test.each([
    [[3], { count: 1, min: 3, median: 3, mean: 3, max: 3, last: 3 }],
    [[3, 1], { count: 2, min: 1, median: 2, mean: 2, max: 3, last: 1 }],
    [[10, 1, 4], { count: 3, min: 1, median: 4, mean: 5, max: 10, last: 4 }],
  ])('%j', (times, expected) => {
    expect(tallyOf(...times.map(rtt)).roundTrips).toEqual(expected);
  });

  test('a long session forgets old ones in the median, never in count, min and max', () => {
    const tally = tallyOf(rtt(0.5), rtt(900), ...Array.from({ length: 3000 }, () => rtt(7)));
    expect(tally.roundTrips).toMatchObject({ count: 3002, min: 0.5, median: 7, max: 900, last: 7 });
  });
});

test('record can be handed over as a sink', () => {
  const tally = new Tally();
  const { record } = tally;
  record({ ...message('sent', 'text', 1), at: 0, connection: 1 });
  expect(tally.sent.text.messages).toBe(1);
});
