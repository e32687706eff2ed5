import { describe, expect, test } from 'vitest';
import { RULES } from '../../../src/protocol/rule.ts';
import { hex } from '../bits.ts';
import { REJECT } from '../vectors.ts';
import { type Case, dialogues, failed, LOST, refuses } from './dialogues.ts';
import { binary, close, frame, inShort, more, otherRole, type PeerFrame, ping, pong, ROLES, Talk, text, wire } from './talk.ts';
import { INVALID_UTF8, VALID_UTF8 } from './utf8-sequences.ts';

/** The groups of the well-known protocol suite, told anew from RFC 6455 and RFC 7692, against both roles. */

const SIZES = [0, 125, 126, 127, 128, 65535, 65536];

dialogues('1 framing', [
  ...SIZES.map((size) => ({
    name: `text of ${size} bytes`,
    hear: [text('*'.repeat(size))],
    heard: [`text ${inShort(Buffer.alloc(size, '*'))}`, LOST],
  })),
  ...SIZES.map((size) => ({
    name: `binary of ${size} bytes`,
    hear: [binary(Buffer.alloc(size, 0xfe))],
    heard: [`binary ${size ? `(${size} bytes)` : '""'}`, LOST],
  })),
]);

describe.each(ROLES)('1 framing as %s', (role) => {
  test.each([1, 997, 1000])('65536 bytes of text chopped into pieces of %i', (size) => {
    const content = Buffer.alloc(65536, 'BAsd7&jh23');
    const talk = new Talk(role).hear([text(content), binary(content)], size);
    expect(talk.messages.map(({ opcode, data }) => [opcode, data.equals(content)])).toEqual([
      ['text', true],
      ['binary', true],
    ]);
  });

  test.each(SIZES)('we send %i bytes as text and binary', (size) => {
    const talk = new Talk(role);
    const content = 'é'.repeat(size >> 1) + '*'.repeat(size & 1);
    talk.connection.sendText(content);
    talk.connection.send('text', Buffer.from(content));
    talk.connection.send('binary', Buffer.from(`<${content}>`), 1, 1 + size);
    talk.take();
    const peer = new Talk(otherRole(role)).hear(talk.sent, 1);
    expect(peer.messages.map(({ opcode, data }) => [opcode, data.toString() === content])).toEqual([
      ['text', true],
      ['text', true],
      ['binary', true],
    ]);
  });
});

const nonUtf8 = hex('00fffefdfcfb00ff');

dialogues('2 pings and pongs', [
  { name: 'a ping without payload', hear: [ping()], heard: ['ping ""', LOST], said: ['pong ""'] },
  {
    name: 'a ping with text',
    hear: [ping('Hello, world!')],
    heard: ['ping "Hello, world!"', LOST],
    said: ['pong "Hello, world!"'],
  },
  {
    name: 'a ping with bytes that are no UTF-8',
    hear: [ping(nonUtf8)],
    heard: ['ping 00fffefdfcfb00ff', LOST],
    said: ['pong 00fffefdfcfb00ff'],
  },
  {
    name: 'a ping of 125 bytes',
    hear: [ping(Buffer.alloc(125, 0xfe))],
    heard: ['ping (125 bytes)', LOST],
    said: ['pong (125 bytes)'],
  },
  {
    name: 'a ping of 126 bytes',
    hear: [ping(Buffer.alloc(126, 0xfe))],
    heard: ['fatal control-too-long', failed(1002)],
    said: ['close 1002'],
  },
  { name: 'an unsolicited pong', hear: [pong()], heard: ['pong ""', LOST] },
  { name: 'an unsolicited pong with payload', hear: [pong('unasked')], heard: ['pong "unasked"', LOST] },
  {
    name: 'an unsolicited pong, then a ping',
    hear: [pong('unasked'), ping('asked')],
    heard: ['pong "unasked"', 'ping "asked"', LOST],
    said: ['pong "asked"'],
  },
  {
    name: 'ten pings are ten pongs in order',
    hear: [...'0123456789'].map((digit) => ping(digit)),
    heard: [...[...'0123456789'].map((digit) => `ping "${digit}"`), LOST],
    said: [...'0123456789'].map((digit) => `pong "${digit}"`),
  },
]);

const rsvCases = [1, 2, 3, 4, 5, 6, 7].flatMap((rsv) =>
  [1, 2, 9, 10].map((opcode) => ({
    name: `RSV ${rsv.toString(2).padStart(3, '0')} on opcode ${opcode}, a good message before it and one behind`,
    hear: [text('before'), frame(opcode, 'x', true, rsv), text('behind')],
    heard: ['text "before"', 'fatal rsv-set', failed(1002)],
    said: ['close 1002'],
  })),
);
dialogues('3 reserved bits', [
  ...rsvCases,
  { name: 'RSV on a Close', hear: [frame(8, '', true, 7)], heard: ['fatal rsv-set', failed(1002)], said: ['close 1002'] },
  {
    name: 'RSV on an empty text, a ping behind',
    hear: [frame(1, '', true, 1), ping()],
    heard: ['fatal rsv-set', failed(1002)],
    said: ['close 1002'],
  },
]);

dialogues('4 reserved opcodes', [
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) =>
    ['', 'payload'].map((payload) => ({
      name: `opcode ${opcode}, payload "${payload}"`,
      hear: [text('before'), frame(opcode, payload), ping('behind')],
      heard: ['text "before"', 'fatal opcode-reserved', failed(1002)],
      said: ['close 1002'],
    })),
  ),
]);

dialogues('5 fragmentation', [
  {
    name: 'a ping in two fragments',
    hear: [frame(9, 'frag', false), more('ment')],
    heard: ['fatal control-fragmented', failed(1002)],
    said: ['close 1002'],
  },
  {
    name: 'a pong in two fragments',
    hear: [frame(10, 'frag', false), more('ment')],
    heard: ['fatal control-fragmented', failed(1002)],
    said: ['close 1002'],
  },
  { name: 'text in two fragments', hear: [text('frag', false), more('ment')], heard: ['text "fragment"', LOST] },
  {
    name: 'text in two fragments, a ping between',
    hear: [text('frag', false), ping('p'), more('ment')],
    heard: ['ping "p"', 'text "fragment"', LOST],
    said: ['pong "p"'],
  },
  {
    name: 'binary in three fragments, pings and pongs between',
    hear: [binary('a', false), ping('1'), more('b', false), pong('2'), ping('3'), more('c')],
    heard: ['ping "1"', 'pong "2"', 'ping "3"', 'binary "abc"', LOST],
    said: ['pong "1"', 'pong "3"'],
  },
  { name: 'empty fragments only', hear: [text('', false), more('', false), more('')], heard: ['text ""', LOST] },
  { name: 'empty but the middle one', hear: [text('', false), more('middle', false), more('')], heard: ['text "middle"', LOST] },
  {
    name: 'a continuation with nothing to continue',
    hear: [more('stray')],
    heard: ['fatal continuation-stray', failed(1002)],
    said: ['close 1002'],
  },
  {
    name: 'an unfinished continuation with nothing to continue',
    hear: [more('stray', false), text('x')],
    heard: ['fatal continuation-stray', failed(1002)],
    said: ['close 1002'],
  },
  {
    name: 'a continuation behind a finished message',
    hear: [text('one', false), more('two'), more('three')],
    heard: ['text "onetwo"', 'fatal continuation-stray', failed(1002)],
    said: ['close 1002'],
  },
  {
    name: 'a text inside a message',
    hear: [text('one', false), text('two'), more('three')],
    heard: ['fatal message-interleaved', failed(1002)],
    said: ['close 1002'],
  },
  {
    name: 'a binary inside a message',
    hear: [text('one', false), binary('two', false)],
    heard: ['fatal message-interleaved', failed(1002)],
    said: ['close 1002'],
  },
  {
    name: 'a Close inside a message',
    hear: [text('one', false), close(1000), more('two')],
    heard: ['close 1000 ""', 'closed 1000 clean by peer'],
    said: ['close 1000'],
  },
  {
    name: 'a message in 200 fragments of a byte',
    hear: [text('x', false), ...Array.from({ length: 198 }, () => more('x', false)), more('x')],
    heard: ['text (200 bytes)', LOST],
  },
]);

const bad = { heard: ['fatal text-not-utf8', failed(1007)], said: ['close 1007'] };

dialogues('6 UTF-8', [
  ...VALID_UTF8.map(([name, content]) => ({
    name: `valid: ${name}`,
    hear: [text(hex(content))],
    heard: [`text ${inShort(hex(content))}`, LOST],
  })),
  ...VALID_UTF8.map(([name, content]) => ({
    name: `valid, a fragment a byte: ${name}`,
    hear: [text('', false), ...Array.from(hex(content), (byte) => more(Uint8Array.of(byte), false)), more()],
    heard: [`text ${inShort(hex(content))}`, LOST],
  })),
  ...INVALID_UTF8.map(([name, content]) => ({ name: `invalid: ${name}`, hear: [text(hex(content))], ...bad })),
  ...INVALID_UTF8.map(([name, content]) => ({
    name: `invalid, a fragment a byte: ${name}`,
    hear: [text('', false), ...Array.from(hex(content), (byte) => more(Uint8Array.of(byte), false)), more()],
    ...bad,
  })),
  ...['c3', 'e282', 'f09f98', 'cebae1bdb9cf83cebcce'].map((content) => ({
    name: `ends inside a character: ${content}`,
    hear: [text(hex(content))],
    ...bad,
  })),
  { name: 'ends inside a character in the last, empty fragment', hear: [text(hex('e282'), false), more()], ...bad },
  { name: 'invalid as binary is nobody’s concern', hear: [binary(hex('eda080ff'))], heard: ['binary eda080ff', LOST] },
  { name: 'a character begun in one message is not finished by the next', hear: [text(hex('c3')), text(hex('a9'))], ...bad },
]);

describe.each(ROLES)('6 UTF-8 as %s: fails at the first impossible byte', (role) => {
  test.each(INVALID_UTF8)('%s', (_, content, index) => {
    // In a frame that is not complete, of a message that is not complete.
    const bytes = wire(otherRole(role), [text(Buffer.concat([hex(content), Buffer.alloc(50)]), false)]);
    const header = role === 'server' ? 6 : 2;
    const talk = new Talk(role).hear(bytes.subarray(0, header + index), 1);
    expect(talk.heard).toEqual([]);
    talk.hear(bytes.subarray(header + index, header + index + 1));
    expect([talk.heard, talk.said]).toEqual([['fatal text-not-utf8'], ['close 1007']]);
  });
});

const closes = (code: number, reason = ''): Pick<Case, 'heard' | 'said'> => ({
  heard: [`close ${code} ${inShort(Buffer.from(reason))}`, `closed ${code} clean by peer`],
  said: [code === 1005 ? 'close' : `close ${code}`],
});
dialogues('7 closing handshake', [
  {
    name: 'a message, then Close',
    hear: [text('hi'), close(1000)],
    heard: ['text "hi"', 'close 1000 ""', 'closed 1000 clean by peer'],
    said: ['close 1000'],
  },
  { name: 'two Closes', hear: [close(1000), close(1000)], ...closes(1000) },
  { name: 'a ping behind Close is not answered', hear: [close(1000), ping()], ...closes(1000) },
  { name: 'text behind Close is not delivered', hear: [close(1000), text('late')], ...closes(1000) },
  { name: 'Close within a fragmented message', hear: [text('a', false), close(1000), more('b')], ...closes(1000) },
  {
    name: 'a long binary, Close, a ping',
    hear: [binary(Buffer.alloc(70_000)), close(1000), ping()],
    heard: ['binary (70000 bytes)', 'close 1000 ""', 'closed 1000 clean by peer'],
    said: ['close 1000'],
  },
  { name: 'rubbish behind Close is not judged', hear: [close(1000), frame(3, 'x', true, 7)], ...closes(1000) },
  { name: 'no payload', hear: [close()], ...closes(1005) },
  { name: 'a payload of one byte', hear: [frame(8, hex('03'))], ...refuses('close-one-byte') },
  { name: 'a code', hear: [close(1000)], ...closes(1000) },
  { name: 'a reason', hear: [close(1000, 'Hello World!')], ...closes(1000, 'Hello World!') },
  {
    name: 'a reason of 123 bytes',
    hear: [close(1000, '*'.repeat(123))],
    heard: ['close 1000 (123 bytes)', 'closed 1000 clean by peer'],
    said: ['close 1000'],
  },
  { name: 'a reason of 124 bytes', hear: [close(1000, '*'.repeat(124))], ...refuses('control-too-long') },
  { name: 'a reason that is not UTF-8', hear: [close(1000, hex('cebaeda080'))], ...refuses('close-reason-not-utf8', 1007) },
  { name: 'a reason that ends inside a character', hear: [close(1000, hex('e282'))], ...refuses('close-reason-not-utf8', 1007) },
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map((code) => ({
    name: `code ${code}`,
    hear: [close(code, 'why')],
    ...closes(code, 'why'),
  })),
  ...[0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535].map((code) => ({
    name: `code ${code} may not be sent`,
    hear: [close(code, 'why')],
    ...refuses('close-code-invalid'),
  })),
]);

describe.each(ROLES)('7 closing handshake, begun by us as %s', (role) => {
  const begun = (code?: number) => new Talk(role).act({ type: 'close', ...(code !== undefined && { code }) });

  test('the peer answers: clean, by us, with its code', () => {
    const talk = begun(1000)
      .hear([close(1000, 'bye')])
      .end();
    expect([talk.heard, talk.said]).toEqual([['close 1000 "bye"', 'closed 1000 clean by us'], ['close 1000']]);
  });

  test('without a code', () => {
    const talk = begun().hear([close()]).end();
    expect([talk.heard, talk.said]).toEqual([['close 1005 ""', 'closed 1005 clean by us'], ['close']]);
  });

  test('what was under way still arrives; a ping is told and not answered', () => {
    const talk = begun(1000)
      .hear([text('late'), ping('p'), close(1000)])
      .end();
    expect(talk.heard).toEqual(['text "late"', 'ping "p"', 'close 1000 ""', 'closed 1000 clean by us']);
    expect(talk.said).toEqual(['close 1000']);
  });

  test('TCP ends without an answer: 1006', () => {
    expect(begun(1000).end().heard).toEqual(['closed 1006 unclean by us']);
  });

  test('a breach behind our Close: no second Close', () => {
    const talk = begun(1000)
      .hear([frame(3)])
      .end();
    expect([talk.heard, talk.said]).toEqual([['fatal opcode-reserved', failed(1002)], ['close 1000']]);
  });
});

const limits = { maxMessage: 1000, maxFrame: 600, maxFragments: 4 };
dialogues('9 limits', [
  { name: 'a frame at its limit', hear: [binary(Buffer.alloc(600))], heard: ['binary (600 bytes)', LOST], options: { limits } },
  { name: 'a frame above it', hear: [binary(Buffer.alloc(601))], ...refuses('frame-too-big', 1009), options: { limits } },
  {
    name: 'a message at its limit',
    hear: [binary(Buffer.alloc(600), false), more(Buffer.alloc(400))],
    heard: ['binary (1000 bytes)', LOST],
    options: { limits },
  },
  {
    name: 'a message above it',
    hear: [binary(Buffer.alloc(600), false), more(Buffer.alloc(401))],
    ...refuses('message-too-big', 1009),
    options: { limits },
  },
  {
    name: 'fragments at their limit',
    hear: [text('a', false), more('b', false), ping(), more('c', false), more('d')],
    heard: ['ping ""', 'text "abcd"', LOST],
    said: ['pong ""'],
    options: { limits },
  },
  {
    name: 'fragments above it, empty ones',
    hear: [text('', false), more('', false), more('', false), more('', false), more('')],
    ...refuses('too-many-fragments', 1008),
    options: { limits },
  },
  {
    name: 'each message is counted anew',
    hear: [1, 2, 3].flatMap(() => [text('a', false), more('b', false), more('c', false), more('d')]),
    heard: ['text "abcd"', 'text "abcd"', 'text "abcd"', LOST],
    options: { limits },
  },
  {
    name: 'control frames have no part in them',
    hear: [ping(Buffer.alloc(125))],
    heard: ['ping (125 bytes)', LOST],
    said: ['pong (125 bytes)'],
    options: { limits: { maxFrame: 10, maxMessage: 10 } },
  },
]);

describe.each(ROLES)('9 limits as %s', (role) => {
  test.each([
    ['64 KiB', 2 ** 16],
    ['1 MiB', 2 ** 20],
    ['16 MiB', 2 ** 24],
  ])('a message of %s, in one frame and in fragments of 64 KiB', (_, size) => {
    const content = Buffer.alloc(size, 'wstap!');
    const fragments = Array.from({ length: size / 65536 }, (_, i) =>
      more(content.subarray(i * 65536, (i + 1) * 65536), i === size / 65536 - 1),
    );
    const first = { ...(fragments[0] as PeerFrame), opcode: 2 };
    const talk = new Talk(role).hear([text(content), first, ...fragments.slice(1)], 100_000);
    expect(talk.messages.map(({ opcode, data }) => [opcode, data.equals(content)])).toEqual([
      ['text', true],
      ['binary', true],
    ]);
  });
});

describe.each(ROLES)('10 many small writes as %s', (role) => {
  test('10,000 messages in one chunk come out as 10,000 messages in order', () => {
    const frames = Array.from({ length: 10_000 }, (_, i) => text(String(i)));
    const { messages } = new Talk(role).hear(frames, 65_536);
    expect(messages.map(({ data }) => Number(data))).toEqual([...frames.keys()]);
  });

  test('10,000 echoes leave in few pieces', () => {
    const talk = new Talk(role, {
      onMessage: ({ connection, messages }) => connection.send('text', messages.at(-1)?.data ?? Buffer.alloc(0)),
    });
    talk.connection.receive(
      wire(
        otherRole(role),
        Array.from({ length: 10_000 }, (_, i) => text(String(i))),
      ),
    );
    const taken = talk.connection.take();
    expect(taken.length).toBeLessThan(5);
    expect(new Talk(otherRole(role)).hear(Buffer.concat(taken)).messages.map(({ data }) => Number(data))).toEqual([
      ...Array(10_000).keys(),
    ]);
  });
});

describe('the vectors of version 13 that must be refused', () => {
  test.each(REJECT)('$id: $why', ({ sender, bytes, rule }) => {
    for (const size of [Number.POSITIVE_INFINITY, 1]) {
      const talk = new Talk(otherRole(sender)).hear(hex(bytes), size).end();
      expect([talk.heard, talk.said]).toEqual([
        [`fatal ${rule}`, failed(RULES[rule].closeCode)],
        [`close ${RULES[rule].closeCode}`],
      ]);
    }
  });
});
