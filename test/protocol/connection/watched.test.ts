import { describe, expect, test } from 'vitest';
import type { ConnectionEvent } from '../../../src/protocol/connection/event.ts';
import { hex } from '../bits.ts';
import { close, frame, inShort, more, otherRole, ping, ROLES, Talk, type TalkOptions, text, wire, wireFrame } from './talk.ts';

type FrameEvent = Extract<ConnectionEvent, { type: 'frame' }>;
const framesOf = ({ events }: Talk) => events.filter((event): event is FrameEvent => event.type === 'frame');
/** A line a frame: direction, opcode, content, what it inflates to, what is wrong with it. */
const shown = (talk: Talk) =>
  framesOf(talk).map(({ direction, frame: one, violations, inflated }) =>
    [
      direction === 'sent' ? '→' : '←',
      one.opcode,
      inShort(one.payload),
      inflated && `= ${inShort(inflated)}`,
      ...violations.map(({ rule }) => rule),
    ]
      .filter((part) => part !== undefined)
      .join(' '),
  );
const rawOf = (talk: Talk, direction: 'sent' | 'received') =>
  Buffer.concat(
    framesOf(talk)
      .filter((event) => event.direction === direction)
      .map((event) => event.frame.raw),
  ).toString('hex');
const watching = (role: 'client' | 'server', options: TalkOptions = {}) => new Talk(role, { ...options, watch: true });

describe.each(ROLES)('watched as %s', (role) => {
  const peer = otherRole(role);

  test('frames both ways, their raw bytes exactly as on the wire', () => {
    for (const size of [Number.POSITIVE_INFINITY, 1, 3]) {
      const received = wire(peer, [
        text('Hello'),
        text('a', false),
        ping('p'),
        more('b'),
        frame(2, Buffer.alloc(70_000, 7)),
        close(1000, 'bye'),
      ]);
      const talk = watching(role);
      talk.connection.sendText('héllo');
      talk.act({ type: 'fragment', opcode: 'binary', parts: [hex('00'), hex('ff')] });
      talk.connection.send('binary', Buffer.alloc(20_000, 1), 0, 20_000, true);
      talk.take();
      talk.hear(received, size === 1 ? 4093 : size);
      expect(rawOf(talk, 'received')).toBe(received.toString('hex'));
      expect(rawOf(talk, 'sent')).toBe(talk.sent.toString('hex'));
      const sent = ['→ 1 68c3a96c6c6f', '→ 2 00', '→ 0 ff', '→ 2 (20000 bytes)', '→ 10 "p"', '→ 8 03e8'];
      const heard = ['← 1 "Hello"', '← 1 "a"', '← 9 "p"', '← 0 "b"', '← 2 (70000 bytes)', '← 8 03e8627965'];
      expect(shown(talk).filter((line) => line.startsWith('→'))).toEqual(sent);
      expect(shown(talk).filter((line) => line.startsWith('←'))).toEqual(heard);
    }
  });

  test('offsets count from the end of the opening handshake, both ways', () => {
    const talk = watching(role).hear([text('one'), text('two')]);
    talk.connection.sendText('three');
    talk.connection.sendText('four');
    talk.take();
    const step = { client: 2, server: 6 }[role] + 3;
    const sentStep = { client: 6, server: 2 }[role] + 5;
    expect(framesOf(talk).map((event) => event.frame.offset)).toEqual([0, step, 0, sentStep]);
  });

  test('a frame comes before what it says', () => {
    const order: string[] = [];
    const talk = watching(role, { onMessage: () => order.push('message'), onEvent: ({ type }) => order.push(type) });
    talk.hear([text('x'), ping(), frame(8, hex('03'))]);
    expect(order.filter((one, i) => one !== 'frame' || order[i - 1] !== 'frame').slice(0, 5)).toEqual([
      'frame',
      'message',
      'message',
      'frame',
      'ping',
    ]);
  });

  test('messages both ways, to keep', () => {
    const talk = watching(role, { deflate: {} }).hear([frame(1, hex('f248cdc9c90700'), true, 4)]);
    talk.connection.send('binary', Buffer.from('Hello'));
    talk.take();
    const told = talk.events.filter((event) => event.type === 'message');
    expect(told).toEqual([
      { type: 'message', direction: 'received', opcode: 'text', data: Buffer.from('Hello'), wireLength: 7, compressed: true },
      { type: 'message', direction: 'sent', opcode: 'binary', data: Buffer.from('Hello'), wireLength: 7, compressed: true },
    ]);
  });

  test('hand-made frames and bytes as they are, with all that is wrong with them', () => {
    const talk = watching(role);
    const by = (opcode: number, rest = {}) =>
      talk.act({ type: 'frame', frame: { opcode, payload: Buffer.from('x'), mask: hex('01020304'), ...rest } });
    const mask = role === 'server' ? 'mask-unexpected' : undefined;
    by(1, { rsv2: true });
    by(3);
    by(0);
    by(1, { lengthForm: 64 });
    by(9, { fin: false, payload: Buffer.alloc(126) });
    by(8, { payload: hex('03') });
    by(8, { payload: hex('03ed') });
    by(1);
    talk.act({ type: 'bytes', bytes: hex('89 80 00000000 8a') });
    talk.act({ type: 'bytes', bytes: hex('80 00000000') });
    const wanted: [string, ...(string | undefined)[]][] = [
      ['→ 1 "x"', 'rsv-set', mask],
      ['→ 3 "x"', 'opcode-reserved', mask],
      ['→ 0 "x"', 'continuation-stray', mask],
      ['→ 1 "x"', mask, 'length-not-minimal'],
      ['→ 9 (126 bytes)', mask, 'control-too-long', 'control-fragmented'],
      ['→ 8 03', mask, 'close-one-byte'],
      ['→ 8 03ed', mask, 'close-code-invalid'],
      ['→ 1 "x"', mask],
      ['→ 9 ""', mask],
      ['→ 10 ""', mask],
    ];
    expect(shown(talk)).toEqual(wanted.map((line) => line.filter((part) => part !== undefined).join(' ')));
    expect(rawOf(talk, 'sent')).toBe(talk.sent.toString('hex'));
    expect(talk.heard).toEqual([]);
  });

  test('an unfinished frame is shown once as far as it is, and again when it is whole', () => {
    const talk = watching(role);
    const whole = wireFrame(text('Hello'), role === 'client');
    const header = whole.length - 5;
    talk.act({ type: 'bytes', bytes: whole.subarray(0, header - 1) });
    expect(shown(talk)).toEqual([]);
    talk.act({ type: 'bytes', bytes: whole.subarray(header - 1, header + 2) });
    talk.act({ type: 'bytes', bytes: whole.subarray(header + 2, header + 4) });
    expect(shown(talk)).toEqual(['→ 1 "He"']);
    expect(rawOf(talk, 'sent')).toBe(whole.subarray(0, header + 2).toString('hex'));
    talk.act({ type: 'bytes', bytes: whole.subarray(header + 4) });
    expect(shown(talk)).toEqual(['→ 1 "He"', '→ 1 "Hello"']);
  });

  test('a frame that announces more than it has', () => {
    const talk = watching(role);
    talk.act({ type: 'frame', frame: { opcode: 1, payload: Buffer.from('x'), length: 2n ** 62n } });
    const [event] = framesOf(talk);
    expect([event?.frame.length, event?.frame.lengthForm, inShort(event?.frame.payload ?? Buffer.alloc(0))]).toEqual([
      2n ** 62n,
      64,
      '"x"',
    ]);
    expect(rawOf(talk, 'sent')).toBe(talk.sent.toString('hex'));
  });

  test('violations are attached to the frame that ends the connection, fatal header and payload alike', () => {
    const broken = shown(watching(role).hear([frame(3, 'payload', false, 7)]));
    expect(broken).toEqual(['← 3 "payload" rsv-set opcode-reserved', expect.stringMatching(/^→ 8 /)]);
    expect(shown(watching(role).hear([text(hex('41ff'), false)]))[0]).toBe('← 1 41ff text-not-utf8');
    expect(shown(watching(role).hear([text(hex('41e2'))]))[0]).toBe('← 1 41e2 text-not-utf8');
    expect(shown(watching(role).hear([close(1006)]))[0]).toBe('← 8 03ee close-code-invalid');
    expect(shown(watching(role, { limits: { maxFrame: 10 } }).hear([text('x'.repeat(11))]))[0]).toBe(
      '← 1 "xxxxxxxxxxx" frame-too-big',
    );
    expect(shown(watching(role, { deflate: {} }).hear([frame(1, hex('ffff'), true, 4)]))[0]).toBe('← 1 ffff = "" inflate-failed');
  });

  test('of a huge frame that is refused 4 KiB are shown', () => {
    const talk = watching(role, { limits: { maxFrame: 10_000 } }).hear([text('x'.repeat(20_000))]);
    expect([framesOf(talk)[0]?.frame.payload.length, framesOf(talk)[0]?.frame.length]).toEqual([4096, 20_000n]);
  });

  test('what a frame inflates to, a fragment at a time, control frames between', () => {
    const talk = watching(role, { deflate: {} });
    talk.hear([
      frame(1, hex('f248cd'), false, 4),
      ping('p'),
      more(hex('c9c90700')),
      frame(2, hex('f200110000'), true, 4),
      text('plain'),
    ]);
    expect(shown(talk).filter((line) => line.startsWith('←'))).toEqual([
      '← 1 f248cd = "He"',
      '← 9 "p"',
      '← 0 c9c90700 = "llo"',
      '← 2 f200110000 = "Hello"',
      '← 1 "plain"',
    ]);
    talk.connection.sendText('Hello');
    talk.connection.sendText('Hello');
    talk.take();
    expect(shown(talk).slice(-2)).toEqual(['→ 1 f248cdc9c90700 = "Hello"', '→ 1 f200110000 = "Hello"']);
  });

  describe('switched on and off on the way', () => {
    test('counts from the next frame on, both ways', () => {
      const talk = new Talk(role);
      const received = wire(peer, [text('one'), text('two'), text('three'), text('four')]);
      const size = received.length;
      const begun = role === 'server' ? 8 : 4;
      talk.connection.sendText('before');
      talk.hear(received.subarray(0, begun));
      talk.connection.watch(true);
      talk.hear(received.subarray(begun, size - 3));
      talk.connection.sendText('during');
      talk.take();
      talk.connection.watch(false);
      talk.hear(received.subarray(size - 3));
      talk.hear([text('five')]);
      talk.connection.sendText('after');
      talk.take();
      talk.connection.watch(true);
      talk.hear([text('six')]);
      talk.connection.sendText('again');
      talk.take();
      expect(shown(talk)).toEqual(['← 1 "two"', '← 1 "three"', '→ 1 "during"', '← 1 "four"', '← 1 "six"', '→ 1 "again"']);
      const offsets = framesOf(talk)
        .filter(({ direction }) => direction === 'sent')
        .map((event) => event.frame.offset);
      const head = role === 'client' ? 6 : 2;
      expect(offsets).toEqual([head + 6, head * 3 + 17]);
    });

    test('what waited when it was switched on is not shown', () => {
      const talk = new Talk(role);
      talk.connection.send('binary', Buffer.alloc(30_000), 0, 30_000, true);
      talk.connection.sendText('before');
      talk.connection.watch(true);
      talk.connection.sendText('behind');
      talk.take();
      expect(shown(talk)).toEqual(['→ 1 "behind"']);
    });

    test('with a deflate context kept from before: what we send is still read, and nothing is wrong with it', () => {
      const talk = new Talk(role, { deflate: {} });
      const other = new Talk(peer, { deflate: {} });
      talk.connection.sendText('Hello');
      talk.take();
      talk.connection.sendText('Hello');
      talk.connection.watch(true);
      talk.connection.sendText('Hello');
      talk.connection.sendText('Hello');
      talk.take();
      expect(shown(talk)).toEqual(['→ 1 f248cdc9c90700 = "Hello"', '→ 1 f200110000 = "Hello"']);
      expect(other.hear(talk.sent).heard).toEqual(Array(4).fill('text "Hello"'));
    });

    test('switched off before it was ever on: nothing', () => {
      const talk = new Talk(role);
      talk.connection.watch(false);
      talk.connection.sendText('x');
      expect(framesOf(talk.take().hear([text('y')]))).toEqual([]);
    });

    test('not watched, no frame is made', () => {
      const talk = new Talk(role, { deflate: {} }).hear([text('x'), ping(), frame(1, hex('f248cdc9c90700'), true, 4), frame(3)]);
      expect(framesOf(talk)).toEqual([]);
    });
  });

  test('a hand-made frame that does not inflate does not end the watching', () => {
    const talk = watching(role, { deflate: {} });
    talk.act({ type: 'frame', frame: { opcode: 1, rsv1: true, payload: hex('ffff') } });
    talk.act({ type: 'frame', frame: { opcode: 1, payload: Buffer.from('next') } });
    expect(shown(talk)).toEqual(['→ 1 ffff = "" inflate-failed', '→ 1 "next"']);
  });
});
