import { describe, expect, test } from 'vitest';
import { Connection } from '../../../src/protocol/connection/connection.ts';
import { CLIENT_LIMITS } from '../../../src/protocol/connection/limits.ts';
import { PreparedMessage } from '../../../src/protocol/message/prepared.ts';
import { LocalProtocolError } from '../../../src/protocol/rule.ts';
import { hex } from '../bits.ts';
import { close, frame, more, otherRole, ping, ROLES, Talk, type TalkOptions, text, wire } from './talk.ts';

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

test('automatic false: neither a ping nor a Close is answered', () => {
  const heard: string[] = [];
  const connection = new Connection(
    { role: 'server', limits: CLIENT_LIMITS, maskingKeys: () => 0, automatic: false },
    { message: () => undefined, event: ({ type }) => heard.push(type) },
  );
  connection.receive(wire('client', [ping('?'), close(4000)]));
  expect([heard, connection.pending, connection.state]).toEqual([['ping', 'close'], 0, 'open']);
  connection.end();
  expect(heard).toEqual(['ping', 'close', 'closed']);
});

test.each<[how: string, act: (connection: Connection) => void]>([
  ['close', (connection) => connection.close(1000, 'me')],
  ['a frame by hand', (connection) => connection.act({ type: 'frame', frame: { opcode: 8, payload: hex('03e8') } })],
])('a Close that was left to the user and is answered by %s ends cleanly, as the peer said', (_, answer) => {
  const ends: object[] = [];
  const connection = new Connection(
    { role: 'server', limits: CLIENT_LIMITS, maskingKeys: () => 0, automatic: false },
    { message: () => undefined, event: (event) => event.type === 'closed' && ends.push(event) },
  );
  connection.receive(wire('client', [close(4000, 'done')]));
  answer(connection);
  expect(connection.state).toBe('closed-cleanly');
  connection.end();
  expect(ends).toEqual([{ type: 'closed', code: 4000, reason: 'done', wasClean: true, by: 'peer' }]);
});

test('a message that was prepared for many goes out by reference, and from servers only', () => {
  const message = new PreparedMessage('text', Buffer.from('news'));
  const sink = { message: () => undefined, event: () => undefined };
  const [one, two] = [1, 2].map(() => new Connection({ role: 'server', limits: CLIENT_LIMITS, maskingKeys: () => 0 }, sink)) as [
    Connection,
    Connection,
  ];
  one.sendPrepared(message);
  two.sendPrepared(message);
  const [piece] = one.take();
  expect(piece).toBe(two.take()[0]);
  expect(piece).toEqual(wire('server', [text('news')]));
  const client = new Connection({ role: 'client', limits: CLIENT_LIMITS, maskingKeys: () => 0 }, sink);
  expect(() => client.sendPrepared(message)).toThrow(LocalProtocolError);
  one.close();
  expect(() => one.sendPrepared(message)).toThrow(LocalProtocolError);
});
