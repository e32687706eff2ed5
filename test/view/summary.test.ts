import { describe, expect, test } from 'vitest';
import type { Happening } from '../../src/session/event.ts';
import { Tally } from '../../src/session/tally.ts';
import { plainStyle } from '../../src/view/style.ts';
import { summary } from '../../src/view/summary.ts';
import { textWidth } from '../../src/view/width.ts';
import { sampleFrame } from './frame-sample.ts';

function show(...happenings: (Happening & { at?: number })[]): string {
  const tally = new Tally();
  for (const happening of happenings) tally.record({ at: 0, connection: 1, ...happening });
  const lines = summary(tally, { style: plainStyle, width: 80 });
  for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(80);
  return `\n${lines.join('\n')}\n`;
}

const open: Happening = { type: 'open', subprotocol: '', extensions: '', findings: [] };
const message = (direction: 'sent' | 'received', opcode: 'text' | 'binary', length: number, wireLength?: number): Happening => ({
  type: 'message',
  direction,
  opcode,
  data: new Uint8Array(length),
  wireLength: wireLength ?? length,
  compressed: wireLength !== undefined,
});
const frame = (direction: 'sent' | 'received', sample: Parameters<typeof sampleFrame>[0]): Happening => ({
  type: 'frame',
  direction,
  frame: sampleFrame(sample),
  violations: [],
});
const closed = (code: number, by: 'us' | 'peer' | 'network', reason = ''): Happening => ({
  type: 'closed',
  code,
  reason,
  wasClean: code !== 1006,
  by,
});

describe('summary', () => {
  test('nothing happened: nothing is said', () => {
    expect(show()).toBe('\n\n');
  });

  test('unobserved: messages alone', () => {
    expect(
      show(open, message('sent', 'text', 5), message('received', 'text', 5), { ...closed(1000, 'us'), at: 1500 }),
    ).toMatchInlineSnapshot(`
      "
      sent      1 message (1 text), 5 B
      received  1 message (1 text), 5 B
      open      for 1.5 s
      "
    `);
  });

  test('all that can happen', () => {
    expect(
      show(
        open,
        message('sent', 'text', 20),
        message('sent', 'text', 20),
        message('sent', 'binary', 1),
        ...[1, 2, 3].map(() => frame('sent', { payload: 'Hello', key: '00000001' })),
        frame('sent', { opcode: 'ping', key: '00000001' }),
        frame('sent', { opcode: 'close', key: '00000001' }),
        message('received', 'text', 123_456, 4567),
        frame('received', { rsv: '100', payload: 'x'.repeat(4567) }),
        { type: 'rtt', rtt: 0.42 },
        { type: 'rtt', rtt: 9.6 },
        { type: 'violation', violation: { rule: 'rsv-set', detail: '' }, fatal: true },
        { ...closed(1002, 'us', 'reserved bits'), at: 62_000 },
      ),
    ).toMatchInlineSnapshot(`
      "
      sent      3 messages (2 text, 1 binary), 41 B
                5 frames (3 data, 1 close, 1 ping), 45 B on the wire
      received  1 message (1 text), 121 KiB · 1 frame, 4.5 KiB on the wire
      deflate   received 121 KiB as 4.5 KiB (4 %)
      ping      2 round trips: min 0.42 ms, avg 5.01 ms, max 9.60 ms, last 9.60 ms
      faults    the peer broke the protocol once
      open      for 1 min 2 s
      "
    `);
  });

  test('how it ended is not said here: that is told when it ends', () => {
    expect(show(closed(1000, 'peer', 'bye'))).toBe('\n\n');
  });

  test('a narrow terminal', () => {
    const sent = [
      message('sent', 'text', 5000),
      message('sent', 'binary', 5000),
      frame('sent', { opcode: 'ping', key: '00000001' }),
    ];
    const tally = new Tally();
    for (const happening of [open, ...sent]) tally.record({ at: 0, connection: 1, ...happening });
    const lines = summary(tally, { style: plainStyle, width: 40 });
    expect(lines.slice(0, 3)).toEqual([
      'sent      2 messages (1 text, 1 binary),',
      '          9.8 KiB',
      '          1 frame (1 ping), 6 B on the',
    ]);
  });

  test('every line keeps to the columns of a narrow terminal, behind its label', () => {
    const tally = new Tally();
    const happenings = [
      open,
      message('sent', 'text', 1_234_567, 123_456),
      message('received', 'text', 1_234_567, 123_456),
      ...[1, 2, 3].map((rtt): Happening => ({ type: 'rtt', rtt: rtt * 11.11 })),
    ];
    for (const happening of happenings) tally.record({ at: 0, connection: 1, ...happening });
    expect(`\n${summary(tally, { style: plainStyle, width: 60 }).join('\n')}\n`).toBe(`
sent      1 message (1 text), 1.2 MiB
received  1 message (1 text), 1.2 MiB
deflate   sent 1.2 MiB as 121 KiB (10 %)
          received 1.2 MiB as 121 KiB (10 %)
ping      3 round trips: min 11.1 ms, avg 22.2 ms, max 33.3
          ms, last 33.3 ms
open      for 0.00 ms
`);
  });

  test('a server tells of its clients', () => {
    expect(show(open, { ...open, at: 1 }, { ...open, at: 3_600_000 })).toBe('\nopen      3 connections in 1 h\n');
  });

  test('only control frames', () => {
    expect(show(open, frame('received', { opcode: 'ping' }), { type: 'rtt', rtt: 1 })).toMatchInlineSnapshot(`
      "
      received  1 frame (1 ping), 2 B on the wire
      ping      1 round trip: 1.00 ms
      open      for 0.00 ms
      "
    `);
  });
});
