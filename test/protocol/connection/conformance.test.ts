import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { RULES } from '../../../src/protocol/rule.ts';
import { hex } from '../bits.ts';
import { DEFLATE, REJECT } from '../vectors.ts';
import {
  binary,
  close,
  frame,
  inShort,
  more,
  otherRole,
  type PeerFrame,
  ping,
  pong,
  ROLES,
  Talk,
  type TalkOptions,
  text,
  wire,
} from './talk.ts';

/** The groups of the well-known protocol suite, told anew from RFC 6455 and RFC 7692, against both roles. */

/** A dialogue: the peer's frames; what is told, what is answered. `closed` in `heard` is the end of TCP behind it. */
interface Case {
  readonly name: string;
  readonly hear: readonly PeerFrame[];
  readonly heard: readonly string[];
  readonly said?: readonly string[];
  readonly options?: TalkOptions;
}

const LOST = 'closed 1006 unclean by network';
const failed = (code: number) => `closed ${code} unclean by us`;

/** Every case in both roles, read whole, byte by byte and in odd pieces; a message behind a fatal end is never told. */
function dialogues(group: string, cases: readonly Case[]): void {
  describe(group, () => {
    describe.each(ROLES)('as %s', (role) => {
      test.each(cases)('$name', ({ hear, heard, said = [], options }) => {
        const bytes = wire(otherRole(role), hear);
        for (const size of [Number.POSITIVE_INFINITY, 1, 7]) {
          const talk = new Talk(role, options).hear(bytes, size);
          talk.end();
          expect([talk.heard, talk.said]).toEqual([heard, said]);
        }
      });
    });
  });
}

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

const VALID_UTF8: [string, string][] = [
  ['Hello-µ@ßöäüàá-UTF-8!!', Buffer.from('Hello-µ@ßöäüàá-UTF-8!!').toString('hex')],
  ['κόσμε', 'cebae1bdb9cf83cebcceb5'],
  ['NUL', '00'],
  ['U+0080', 'c280'],
  ['U+0800', 'e0a080'],
  ['U+10000', 'f0908080'],
  ['U+007F', '7f'],
  ['U+07FF', 'dfbf'],
  ['U+FFFF', 'efbfbf'],
  ['U+10FFFF', 'f48fbfbf'],
  ['U+D7FF', 'ed9fbf'],
  ['U+E000', 'ee8080'],
  ['U+FFFD', 'efbfbd'],
  ['U+FFFE, a non-character', 'efbfbe'],
  ['U+FDD0 to U+FDEF, non-characters', 'efb790efb7af'],
  ...Array.from({ length: 17 }, (_, plane): [string, string] => {
    const points = String.fromCodePoint(plane * 0x10000 + 0xfffe, plane * 0x10000 + 0xffff);
    return [`the last two of plane ${plane}`, Buffer.from(points).toString('hex')];
  }),
];

/** [name, hex, index of the first impossible byte] */
const INVALID_UTF8: [string, string, number][] = [
  ['a first byte of U+80–BF', '80', 0],
  ['BF', 'bf', 0],
  ['two continuation bytes', '8081', 0],
  ['many continuation bytes', '80bf80bf80bf80', 0],
  ['all lone lead bytes of two', 'c020c120c220', 0],
  ['C2 and a space', 'c220', 1],
  ['E0 and a space', 'e020', 1],
  ['EF and a space', 'ef20', 1],
  ['F0 and a space', 'f020', 1],
  ['F8', 'f820', 0],
  ['FC', 'fc20', 0],
  ['FE', 'fe', 0],
  ['FF', 'ff', 0],
  ['FE FE FF FF', 'fefeffff', 0],
  ['κόσμε and a surrogate, edited', 'cebae1bdb9cf83cebcceb5eda080656469746564', 12],
  ['κόσμε and a code point too large', 'cebae1bdb9cf83cebcceb5f4908080656469746564', 12],
  ['overlong / in two', 'c0af', 0],
  ['overlong / in three', 'e080af', 1],
  ['overlong / in four', 'f08080af', 1],
  ['overlong / in five', 'f8808080af', 0],
  ['overlong / in six', 'fc80808080af', 0],
  ['the largest overlong in two', 'c1bf', 0],
  ['the largest overlong in three', 'e09fbf', 1],
  ['the largest overlong in four', 'f08fbfbf', 1],
  ['overlong NUL in two', 'c080', 0],
  ['overlong NUL in three', 'e08080', 1],
  ['overlong NUL in four', 'f0808080', 1],
  ...['a080', 'adbf', 'ae80', 'afbf', 'b080', 'be80', 'bfbf'].map((rest): [string, string, number] => [
    `surrogate ED ${rest}`,
    `ed${rest}`,
    1,
  ]),
  ['surrogate pair D800 DC00', 'eda080edb080', 1],
  ['surrogate pair DBFF DFFF', 'edafbfedbfbf', 1],
  ['U+110000', 'f4908080', 1],
  ['U+13FFFF', 'f4bfbfbf', 1],
  ['F5', 'f5808080', 0],
  ['U+1FFFFF', 'f7bfbfbf', 0],
  ['U+200000 in five', 'f888808080', 0],
  ['U+7FFFFFFF in six', 'fdbfbfbfbfbf', 0],
];

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
const refuses = (rule: string, code = 1002) => ({ heard: [`fatal ${rule}`, failed(code)], said: [`close ${code}`] });

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

const deflate = {};
const packed = (content: string | Uint8Array, options = {}) =>
  deflateRawSync(content, { finishFlush: constants.Z_SYNC_FLUSH, ...options }).subarray(0, -4);
const compressed = (payload: Uint8Array, fin = true) => frame(1, payload, fin, 0b100);

dialogues('12/13 permessage-deflate: what a receiver must take and refuse', [
  ...DEFLATE.filter(({ id }) => id !== 'pmd-takeover').map(({ note, payload }) => ({
    name: note,
    hear: [compressed(hex(payload))],
    heard: ['text "Hello"', LOST],
    options: { deflate },
  })),
  {
    name: 'the window is kept across messages',
    hear: [compressed(hex('f248cdc9c90700')), compressed(hex('f200110000'))],
    heard: ['text "Hello"', 'text "Hello"', LOST],
    options: { deflate },
  },
  {
    name: 'a message that needs a window which was agreed away',
    hear: [compressed(hex('f248cdc9c90700')), compressed(hex('f200110000'))],
    heard: ['text "Hello"', 'fatal inflate-failed', failed(1007)],
    said: ['close 1007'],
    options: { deflate: { serverNoContextTakeover: true, clientNoContextTakeover: true } },
  },
  {
    name: 'a compressed and a plain message in turn',
    hear: [compressed(hex('f248cdc9c90700')), text('plain'), compressed(hex('f200110000'))],
    heard: ['text "Hello"', 'text "plain"', 'text "Hello"', LOST],
    options: { deflate },
  },
  {
    name: 'RSV1 on the first fragment only, a ping between',
    hear: [compressed(hex('f248cd'), false), ping('p'), more(hex('c9c90700'))],
    heard: ['ping "p"', 'text "Hello"', LOST],
    said: ['pong "p"'],
    options: { deflate },
  },
  {
    name: 'empty fragments around it',
    hear: [compressed(hex(''), false), more(hex('f248cdc9c9'), false), more('', false), more(hex('0700'), false), more()],
    heard: ['text "Hello"', LOST],
    options: { deflate },
  },
  {
    name: 'an empty message is one octet 0',
    hear: [compressed(hex('00')), compressed(hex('f248cdc9c90700'))],
    heard: ['text ""', 'text "Hello"', LOST],
    options: { deflate },
  },
  {
    name: 'an empty message of no octet harms nothing',
    hear: [compressed(hex('')), compressed(hex('f248cdc9c90700')), compressed(hex('')), compressed(hex('f200110000'))],
    heard: ['text ""', 'text "Hello"', 'text ""', 'text "Hello"', LOST],
    options: { deflate },
  },
  {
    name: 'RSV1 on a continuation',
    hear: [compressed(hex('f248cd'), false), frame(0, hex('c9c90700'), true, 0b100)],
    ...refuses('compressed-continuation'),
    options: { deflate },
  },
  { name: 'RSV1 on a ping', hear: [frame(9, 'p', true, 0b100)], ...refuses('compressed-control'), options: { deflate } },
  { name: 'RSV1 on a Close', hear: [frame(8, '', true, 0b100)], ...refuses('compressed-control'), options: { deflate } },
  { name: 'RSV2 is still reserved', hear: [frame(1, 'x', true, 0b010)], ...refuses('rsv-set'), options: { deflate } },
  { name: 'RSV1 and RSV3', hear: [frame(1, 'x', true, 0b101)], ...refuses('rsv-set'), options: { deflate } },
  { name: 'no DEFLATE data', hear: [compressed(hex('ffffffff'))], ...refuses('inflate-failed', 1007), options: { deflate } },
  {
    name: 'a distance beyond what there is',
    hear: [compressed(hex('f200110000'))],
    ...refuses('inflate-failed', 1007),
    options: { deflate },
  },
  {
    name: 'a stored block whose length and its complement differ',
    hear: [compressed(hex('000500000048656c6c6f00'))],
    ...refuses('inflate-failed', 1007),
    options: { deflate },
  },
  {
    name: 'inflated text that is not UTF-8',
    hear: [compressed(packed(hex('41eda080')))],
    ...refuses('text-not-utf8', 1007),
    options: { deflate },
  },
  {
    name: 'inflated text that ends inside a character',
    hear: [compressed(packed(hex('41e282')))],
    ...refuses('text-not-utf8', 1007),
    options: { deflate },
  },
  {
    name: 'a block with BFINAL set and a message behind it',
    hear: [compressed(hex('f348cdc9c9070000')), compressed(hex('f200110000'))],
    heard: ['text "Hello"', 'text "Hello"', LOST],
    options: { deflate },
  },
  {
    name: 'a message that ends with the final block itself',
    hear: [compressed(deflateRawSync('Hello')), compressed(hex('f200110000'))],
    heard: ['text "Hello"', 'text "Hello"', LOST],
    options: { deflate },
  },
  {
    name: 'final blocks within a message',
    hear: [compressed(Buffer.concat([deflateRawSync('Hel'), deflateRawSync('lo'), deflateRawSync('!')]))],
    heard: ['text "Hello!"', LOST],
    options: { deflate },
  },
  {
    name: 'blocks of every kind',
    hear: [
      compressed(
        Buffer.concat([
          packed('stored ', { level: 0 }),
          hex('0000ffff'),
          packed('fixed ', { strategy: constants.Z_FIXED }),
          hex('0000ffff'),
          packed('abc'.repeat(100)),
          hex('0000ffff'),
          deflateRawSync('final'),
          hex('00'),
        ]),
      ),
    ],
    heard: ['text (318 bytes)', LOST],
    options: { deflate },
  },
]);

const PARAMETERS = [
  {},
  { serverNoContextTakeover: true },
  { clientNoContextTakeover: true },
  { serverMaxWindowBits: 8, clientMaxWindowBits: 8 },
  { serverMaxWindowBits: 9, clientMaxWindowBits: 9 },
  { serverMaxWindowBits: 9, clientMaxWindowBits: 15, serverNoContextTakeover: true },
  { serverMaxWindowBits: 15, clientMaxWindowBits: 9, serverNoContextTakeover: true, clientNoContextTakeover: true },
];

describe.each(ROLES)('12/13 permessage-deflate: we as %s to ourselves as the peer', (role) => {
  describe.each(PARAMETERS)('%j', (parameters) => {
    test.each([0, 1, 16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072])('messages of %i bytes, ten in turn', (size) => {
      const sender = new Talk(role, { deflate: parameters });
      const receiver = new Talk(otherRole(role), { deflate: parameters });
      const contents = Array.from({ length: 10 }, (_, i) =>
        Buffer.alloc(size, `{"n":${i},"id":"${(i * 7919).toString(36)}","on":true},`),
      );
      for (const [i, content] of contents.entries()) {
        if (i % 2) sender.connection.sendText(content.toString());
        else sender.connection.send('binary', content);
        sender.take();
      }
      receiver.hear(sender.sent, 1000);
      expect(receiver.heard.filter((line) => line.startsWith('fatal'))).toEqual([]);
      expect(receiver.messages.map(({ data, compressed }, i) => [compressed, contents[i]?.equals(data)])).toEqual(
        contents.map(() => [true, true]),
      );
      if (size >= 1024) expect(sender.sent.length).toBeLessThan(5 * size);
    });
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
