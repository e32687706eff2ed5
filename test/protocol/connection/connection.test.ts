import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LocalProtocolError } from '../../../src/protocol/rule.ts';
import { cut, hex } from '../bits.ts';
import { close, frame, more, otherRole, ping, ROLES, type Role, Talk, type TalkOptions, text, wire } from './talk.ts';

describe.each(ROLES)('as %s', (role) => {
  const talk = (options: TalkOptions = {}) => new Talk(role, options);

  describe('what a user asks for', () => {
    test('messages, fragments and control frames', () => {
      const one = talk();
      one.act({ type: 'send', opcode: 'text', data: Buffer.from('Hello') });
      one.act({ type: 'send', opcode: 'binary', data: hex('00ff') });
      one.act({ type: 'fragment', opcode: 'text', parts: ['Hel', '', 'lo'].map((part) => Buffer.from(part)) });
      one.act({ type: 'fragment', opcode: 'binary', parts: [hex('01')] });
      one.act({ type: 'ping', data: Buffer.from('p') });
      one.act({ type: 'pong', data: Buffer.from('q') });
      one.act({ type: 'close', code: 1000, reason: 'bye' });
      expect(one.said).toEqual([
        'text "Hello"',
        'binary 00ff',
        'text- "Hel"',
        'continuation- ""',
        'continuation "lo"',
        'binary 01',
        'ping "p"',
        'pong "q"',
        'close 1000',
      ]);
      expect(one.connection.state).toBe('close-sent');
    });

    test('compressed unless told not to', () => {
      const one = talk({ deflate: {} });
      one.act({ type: 'send', opcode: 'text', data: Buffer.from('Hello') });
      one.act({ type: 'send', opcode: 'text', data: Buffer.from('Hello'), compress: false });
      one.connection.sendText('Hello');
      one.take();
      expect(one.said).toEqual(['text rsv 100 f248cdc9c90700', 'text "Hello"', 'text rsv 100 f200110000']);
    });

    test('frames and bytes by hand, in every state', () => {
      const one = talk();
      const mask = role === 'client' ? { mask: hex('00000000') } : {};
      const act = () => one.act({ type: 'frame', frame: { opcode: 3, payload: Buffer.from('x'), rsv2: true, ...mask } });
      act();
      one.act({ type: 'close' });
      act();
      one.end();
      act();
      one.act({ type: 'bytes', bytes: role === 'client' ? hex('8980 00000000') : hex('8900') });
      expect(one.said).toEqual(['opcode 3 rsv 10 "x"', 'close', 'opcode 3 rsv 10 "x"', 'opcode 3 rsv 10 "x"', 'ping ""']);
    });

    test('a Close by hand begins the closing handshake', () => {
      const one = talk();
      one.act({ type: 'frame', frame: { opcode: 8, payload: hex('03ed') } });
      expect(one.connection.state).toBe('close-sent');
      one.act({ type: 'frame', frame: { opcode: 8, payload: hex('03ed') } });
      one.hear([close(1000)]).end();
      expect(one.heard).toEqual(['close 1000 ""', 'closed 1000 clean by us']);
    });
  });

  describe('our own mistakes are LocalProtocolError', () => {
    const data = Buffer.alloc(126);
    test('a control frame above 125 bytes', () => {
      expect(() => talk().connection.ping(data)).toThrow(
        new LocalProtocolError('a control frame carries at most 125 bytes (RFC 6455 §5.5)'),
      );
      expect(() => talk().act({ type: 'pong', data })).toThrow(LocalProtocolError);
    });

    test('a close code that must not be sent leaves the connection open', () => {
      const one = talk();
      expect(() => one.connection.close(1005)).toThrow(LocalProtocolError);
      expect(() => one.connection.close(1000, 'x'.repeat(124))).toThrow(LocalProtocolError);
      expect([one.connection.state, one.connection.pending]).toEqual(['open', 0]);
    });

    test.each<[string, (one: Talk) => unknown, string]>([
      ['we closed', (one) => one.connection.close(), 'close-sent'],
      ['the peer closed', (one) => one.hear([close()]), 'closed-cleanly'],
      ['we failed it', (one) => one.connection.fail(1011, 'own fault'), 'failed'],
      ['TCP ended', (one) => one.end(), 'ended'],
    ])('nothing is sent after %s', (_, go, state) => {
      const one = talk();
      go(one);
      const error = new LocalProtocolError(`the connection is not open (${state})`);
      expect(() => one.connection.sendText('x')).toThrow(error);
      expect(() => one.connection.send('binary', Buffer.alloc(1))).toThrow(error);
      expect(() => one.connection.ping(Buffer.alloc(0))).toThrow(error);
      expect(() => one.act({ type: 'send', opcode: 'text', data: Buffer.alloc(0) })).toThrow(error);
      expect(() => one.act({ type: 'fragment', opcode: 'text', parts: [] })).toThrow(error);
    });
  });

  describe('the end', () => {
    test('is told once', () => {
      expect(talk().end().end().heard).toEqual(['closed 1006 unclean by network']);
    });

    test('closing again, failing after the end: nothing', () => {
      const one = talk();
      one.connection.close(1000);
      one.connection.close(1001);
      one.end();
      one.connection.fail(1011, 'late');
      one.hear([text('late')]);
      expect([one.take().said, one.heard]).toEqual([['close 1000'], ['closed 1006 unclean by us']]);
    });

    test('failing for a reason of ours', () => {
      const one = talk();
      one.connection.fail(1011, 'own fault');
      one.connection.fail(1008, 'again');
      one.hear([text('late'), close(1000)]).end();
      expect([one.said, one.heard]).toEqual([['close 1011'], ['closed 1011 unclean by us']]);
      expect(one.events.at(-1)).toEqual({ type: 'closed', code: 1011, reason: 'own fault', wasClean: false, by: 'us' });
    });

    test('from within a message: nothing behind it is told', () => {
      const one = talk({ onMessage: ({ connection }) => connection.end() });
      one.hear([text('one'), text('two')]);
      expect(one.heard).toEqual(['text "one"', 'closed 1006 unclean by network']);
    });

    test.each<[string, Buffer, string[]]>([
      ['a message', wire(otherRole(role), [text('one'), text('two')]), []],
      ['a ping', wire(otherRole(role), [ping(), text('two')]), []],
      ['a Close', wire(otherRole(role), [close(1000)]), []],
      ['a Close with a fault', wire(otherRole(role), [close(1005)]), []],
      ['a broken text', wire(otherRole(role), [text(hex('ff'))]), []],
      ['a broken header', wire(otherRole(role), [frame(3)]), []],
    ])('from within the frame that carries %s: it is not told', (name, bytes, told) => {
      for (const tolerance of ['strict', 'lenient'] as const) {
        const one = talk({ tolerance, watch: true, onEvent: ({ type }, { connection }) => type === 'frame' && connection.end() });
        one.hear(bytes);
        if (!(tolerance === 'lenient' && /header|text/.test(name)))
          expect(one.heard).toEqual([...told, 'closed 1006 unclean by network']);
        expect(one.heard.at(-1)).toBe('closed 1006 unclean by network');
      }
    });

    test.each<[string, Buffer]>([
      ['header', wire(otherRole(role), [frame(3, 'x'), text('two')])],
      ['payload', wire(otherRole(role), [text(hex('ff')), text('two')])],
      ['Close', wire(otherRole(role), [close(1005)])],
    ])('from within a borne violation of a %s', (_, bytes) => {
      const one = talk({ tolerance: 'lenient', onEvent: ({ type }, { connection }) => type === 'violation' && connection.end() });
      one.hear(bytes);
      expect(one.heard.slice(1)).toEqual(['closed 1006 unclean by network']);
    });
  });

  describe('backpressure: pause and resume', () => {
    const five = ['1', '2', '3', '4', '5'].map((digit) => text(digit));
    const all = five.map((_, i) => `text "${i + 1}"`);

    test('pausing within a message holds the next ones, in whatever pieces they come', () => {
      for (const size of [Number.POSITIVE_INFINITY, 1, 5]) {
        const one = talk({ onMessage: ({ connection }) => connection.pause() });
        one.hear(five, size);
        expect([one.heard, one.connection.paused]).toEqual([all.slice(0, 1), true]);
        for (let n = 2; n <= 5; n++) {
          one.connection.resume();
          expect(one.heard).toEqual(all.slice(0, n));
        }
        one.connection.resume();
        expect([one.heard, one.connection.paused]).toEqual([all, false]);
      }
    });

    test('paused and resumed within one message: nothing is lost', () => {
      const one = talk({
        onMessage: ({ connection }) => {
          connection.pause();
          connection.resume();
        },
      });
      expect(one.hear(five).heard).toEqual(all);
    });

    test('paused from outside', () => {
      const one = talk();
      one.connection.pause();
      one.hear(five, 3);
      expect(one.heard).toEqual([]);
      one.connection.resume();
      expect(one.hear([text('6')]).heard).toEqual([...all, 'text "6"']);
    });

    test('the end of what was received while paused may be a breach', () => {
      const one = talk({ onMessage: ({ connection }) => connection.pause() });
      one.hear([text('1'), frame(3), text('2')]);
      one.connection.resume();
      expect([one.heard, one.take().said]).toEqual([['text "1"', 'fatal opcode-reserved'], ['close 1002']]);
    });
  });

  test('messages need not come in a Buffer', () => {
    const one = talk();
    const bytes = wire(otherRole(role), [text('Hello'), close(1000, 'bye')]);
    const memory = new Uint8Array(bytes.length + 3);
    memory.set(bytes, 3);
    one.connection.receive(memory.subarray(3));
    expect(one.heard).toEqual(['text "Hello"', 'close 1000 "bye"']);
  });

  test('a message knows whether it came compressed and what it took on the wire', () => {
    const one = talk({ deflate: {} });
    one.hear([frame(2, hex('f248cd'), false, 0b100), more(hex('c9c90700')), text('plain')]);
    expect(one.messages).toMatchObject([
      { opcode: 'binary', compressed: true, wireLength: 7 },
      { opcode: 'text', compressed: false, wireLength: 5 },
    ]);
  });
});

describe('lenient goes on where it can', () => {
  const lenient: TalkOptions = { tolerance: 'lenient' };
  const LOST = 'closed 1006 unclean by network';

  test.each<[string, Buffer, string[], string[]?]>([
    ['reserved bits', wire('server', [frame(1, 'x', true, 7), text('y')]), ['noted rsv-set', 'text "x"', 'text "y"', LOST]],
    ['a reserved opcode', wire('server', [frame(3, 'x'), text('y')]), ['noted opcode-reserved', 'text "y"', LOST]],
    ['a reserved control opcode', wire('server', [frame(11, 'x'), text('y')]), ['noted opcode-reserved', 'text "y"', LOST]],
    [
      'a reserved opcode within a message',
      wire('server', [text('a', false), frame(3, 'x'), more('b')]),
      ['noted opcode-reserved', 'text "ab"', LOST],
    ],
    [
      'a wasteful length',
      Buffer.concat([hex('817e000178'), wire('server', [text('y')])]),
      ['noted length-not-minimal', 'text "x"', 'text "y"', LOST],
    ],
    ['a masked frame of a server', wire('client', [text('x')]), ['noted mask-unexpected', 'text "x"', LOST]],
    [
      'a long ping is passed over',
      wire('server', [frame(9, Buffer.alloc(200)), text('y')]),
      ['noted control-too-long', 'text "y"', LOST],
    ],
    [
      'a ping with FIN 0',
      wire('server', [frame(9, 'p', false), text('y')]),
      ['noted control-fragmented', 'ping "p"', 'text "y"', LOST],
      ['pong "p"'],
    ],
    ['a stray continuation', wire('server', [more('x'), text('y')]), ['noted continuation-stray', 'text "y"', LOST]],
    [
      'a message inside a message',
      wire('server', [text('a', false), text('b', false), more('c')]),
      ['noted message-interleaved', 'text "bc"', LOST],
    ],
    [
      'text that is not UTF-8, noted once a message',
      wire('server', [text(hex('41ff'), false), more(hex('ff')), text('y')]),
      ['noted text-not-utf8', 'text 41ffff', 'text "y"', LOST],
    ],
    [
      'text that ends inside a character',
      wire('server', [text(hex('41e2')), text('y')]),
      ['noted text-not-utf8', 'text 41e2', 'text "y"', LOST],
    ],
    [
      'a Close of one byte',
      wire('server', [frame(8, hex('03'))]),
      ['noted close-one-byte', 'close 1002 ""', 'closed 1002 clean by peer'],
      ['close 1002'],
    ],
    [
      'a code that may not be sent is not sent back',
      wire('server', [close(1006, 'x')]),
      ['noted close-code-invalid', 'close 1006 "x"', 'closed 1006 clean by peer'],
      ['close 1002'],
    ],
    [
      'code 65535',
      wire('server', [close(65535)]),
      ['noted close-code-invalid', 'close 65535 ""', 'closed 65535 clean by peer'],
      ['close 1002'],
    ],
    [
      'a reason that is not UTF-8',
      wire('server', [close(1000, hex('ff'))]),
      ['noted close-reason-not-utf8', 'close 1000 efbfbd', 'closed 1000 clean by peer'],
      ['close 1000'],
    ],
    [
      'a length with its top bit set ends it',
      hex('827f8000000000000000'),
      ['fatal length-too-large', 'closed 1002 unclean by us'],
      ['close 1002'],
    ],
    [
      'limits are limits',
      wire('server', [frame(3, Buffer.alloc(2000))]),
      ['noted opcode-reserved', 'fatal frame-too-big', 'closed 1009 unclean by us'],
      ['close 1009'],
    ],
  ])('%s', (_, bytes, heard, said = []) => {
    for (const size of [Number.POSITIVE_INFINITY, 1]) {
      const one = new Talk('client', { ...lenient, limits: { maxFrame: 1000 } }).hear(bytes, size).end();
      expect([one.heard, one.said]).toEqual([heard, said]);
    }
  });

  test('a server bears unmasked frames', () => {
    expect(new Talk('server', lenient).hear(wire('server', [text('x')])).heard).toEqual(['noted mask-missing', 'text "x"']);
  });

  const packed = (content: string) => deflateRawSync(content, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  test.each<[string, Buffer, string[]]>([
    [
      'RSV1 on a continuation',
      wire('server', [frame(1, hex('f248cd'), false, 4), frame(0, hex('c9c90700'), true, 4)]),
      ['noted compressed-continuation', 'text "Hello"'],
    ],
    ['RSV1 on a ping', wire('server', [frame(9, 'p', true, 4)]), ['noted compressed-control', 'ping "p"']],
    [
      'no DEFLATE data, noted once a message',
      wire('server', [frame(1, hex('ffff'), false, 4), more(hex('ffff'), false), more(), frame(1, packed('next'), true, 4)]),
      ['noted inflate-failed', 'text ""', 'text "next"'],
    ],
    [
      'half a compressed message, dropped',
      wire('server', [frame(1, packed('first').subarray(0, 3), false, 4), frame(1, packed('next'), true, 4)]),
      ['noted message-interleaved', 'text "next"'],
    ],
    [
      'inflated text that is not UTF-8',
      wire('server', [frame(1, deflateRawSync(hex('41ff')), true, 4), text('y')]),
      ['noted text-not-utf8', 'text 41ff', 'text "y"'],
    ],
  ])('deflate: %s', (_, bytes, heard) => {
    for (const size of [Number.POSITIVE_INFINITY, 1])
      expect(new Talk('client', { ...lenient, deflate: {} }).hear(bytes, size).heard).toEqual(heard);
  });
});

/** Streams of which most are nearly legal. */
const nearlyLegal = (sender: Role) => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.string({ maxLength: 20 }).map((one) => Buffer.from(one)),
    fc.constantFrom(126, 300).map((n) => Buffer.alloc(n, 'x')),
  );
  const opcode = fc.constantFrom(0, 0, 1, 1, 2, 8, 9, 10, 3);
  const one = fc.record({ opcode, payload: content, fin: fc.boolean(), rsv: fc.constantFrom(0, 0, 0, 0, 4, 2) });
  const mutation = fc.tuple(fc.nat(2000), fc.nat(255));
  return fc.tuple(fc.array(one, { maxLength: 8 }), fc.array(mutation, { maxLength: 2 })).map(([frames, mutations]) => {
    const bytes = wire(sender, frames);
    for (const [place, value] of mutations) if (bytes.length > 0) bytes[place % bytes.length] = value;
    return bytes;
  });
};

/**
 * zlib does not tell what it made before it met bad data, so where one piece holds bad data and something else that is
 * wrong before it, the pieces decide which is reported. Until then everything is the same.
 */
function untilBadData(heard: readonly string[]): readonly string[] {
  const bad = heard.findIndex((line) => /inflate-failed|text-not-utf8|message-too-big/.test(line));
  return bad < 0 ? heard : heard.slice(0, bad);
}

describe.each(ROLES)('any stream to a %s', (role) => {
  const stream = nearlyLegal(otherRole(role));
  const options = fc.record({
    tolerance: fc.constantFrom<'strict' | 'lenient'>('strict', 'lenient'),
    deflate: fc.option(fc.constant({}), { nil: undefined }),
    watch: fc.boolean(),
  });

  test('says the same in any pieces, and never throws', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(2000), { maxLength: 6 }), options, (bytes, places, { tolerance, deflate, watch }) => {
        const settings: TalkOptions = {
          tolerance,
          watch,
          limits: { maxMessage: 400, maxFrame: 350, maxFragments: 5 },
          ...(deflate && { deflate }),
        };
        const whole = new Talk(role, settings).hear(bytes).end();
        const parts = new Talk(role, settings);
        for (const part of cut(bytes, places)) parts.hear(part);
        parts.end();
        const same = deflate ? untilBadData : (heard: readonly string[]) => heard;
        expect(same(parts.heard)).toEqual(same(whole.heard));
        if (same(whole.heard).length < whole.heard.length) return;
        expect(parts.said).toEqual(whole.said);
        expect(parts.messages).toEqual(whole.messages);
      }),
      { numRuns: 700 },
    );
  });

  test('watched or not, the same is told and sent', () => {
    fc.assert(
      fc.property(stream, options, (bytes, { tolerance, deflate }) => {
        const settings: TalkOptions = { tolerance, ...(deflate && { deflate }) };
        const [quiet, watched] = [new Talk(role, settings).hear(bytes), new Talk(role, { ...settings, watch: true }).hear(bytes)];
        expect([watched.heard, watched.sent.toString('hex')]).toEqual([quiet.heard, quiet.sent.toString('hex')]);
        expect(quiet.events.some(({ type }) => type === 'frame' || type === 'message')).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

describe('two connections understand each other, whatever was agreed', () => {
  test('windows of 8 to 15, both takeovers, any threshold and level, fragments and plain ones between', () => {
    const windowBits = fc.integer({ min: 8, max: 15 });
    const agreed = fc.record({
      serverNoContextTakeover: fc.boolean(),
      clientNoContextTakeover: fc.boolean(),
      serverMaxWindowBits: windowBits,
      clientMaxWindowBits: windowBits,
    });
    const content = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.tuple(fc.string({ maxLength: 12 }), fc.nat(2000)).map(([one, n]) => one.repeat(n)),
    );
    const step = fc.record({
      by: fc.constantFrom<Role>('client', 'server'),
      content,
      how: fc.constantFrom('text', 'binary', 'plain', 'fragment', 'ping'),
    });
    fc.assert(
      fc.property(
        agreed,
        fc.nat(9),
        fc.constantFrom(0, 20),
        fc.array(step, { maxLength: 10 }),
        fc.integer({ min: 1, max: 5000 }),
        (parameters, level, threshold, steps, size) => {
          const deflate = { ...parameters, level, threshold };
          const ends = { client: new Talk('client', { deflate }), server: new Talk('server', { deflate }) };
          const wanted: Record<Role, string[]> = { client: [], server: [] };
          for (const { by, content, how } of steps) {
            const from = ends[by];
            const data = Buffer.from(content);
            const before = from.sent.length;
            if (how === 'text') from.connection.sendText(content);
            else if (how === 'binary') from.connection.send('binary', data);
            else if (how === 'plain') from.connection.act({ type: 'send', opcode: 'text', data, compress: false });
            else if (how === 'fragment')
              from.connection.act({ type: 'fragment', opcode: 'binary', parts: [data.subarray(0, 3), data.subarray(3)] });
            else from.connection.ping(data.subarray(0, 100));
            from.take();
            if (how !== 'ping') wanted[otherRole(by)].push(data.toString('hex'));
            ends[otherRole(by)].hear(from.sent.subarray(before), size);
          }
          for (const role of ROLES) {
            expect(ends[role].messages.map(({ data }) => data.toString('hex'))).toEqual(wanted[role]);
            expect(ends[role].heard.filter((line) => line.startsWith('fatal'))).toEqual([]);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
