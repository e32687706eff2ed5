import { describe, expect, test } from 'vitest';
import { Inbound, type InboundOptions } from '../../../src/protocol/connection/inbound.ts';
import { CLIENT_LIMITS } from '../../../src/protocol/connection/limits.ts';
import type { MessageExtension } from '../../../src/protocol/extension/extension.ts';
import { checkHeader } from '../../../src/protocol/frame/check.ts';
import { FrameReader } from '../../../src/protocol/frame/decode.ts';
import type { FrameHeader } from '../../../src/protocol/frame/frame.ts';
import { PART, PinnedBudget } from '../../../src/protocol/message/pinned.ts';
import { cut, everySplit, hex, pieces } from '../bits.ts';
import { FRAMES } from '../vectors.ts';
import { close, frame, inShort, more, ping, text, wire } from './talk.ts';

/** A reader and what it tells, a line each. */
function listen(options: Partial<InboundOptions> = {}, watched = false) {
  const told: string[] = [];
  const inbound = new Inbound(
    { sender: 'server', limits: CLIENT_LIMITS, tolerance: 'strict', ...options },
    {
      message: (message) => told.push(`${message.opcode} ${inShort(message.view())}`),
      ping: (payload) => told.push(`ping ${inShort(payload)}`),
      pong: (payload) => told.push(`pong ${inShort(payload)}`),
      close: (code, reason) => told.push(`close ${code} ${reason}`.trim()),
      violation: ({ rule, detail }, fatal) => told.push(`${fatal ? 'fatal' : 'noted'} ${rule}: ${detail}`),
      frame: ({ opcode, offset, raw }, violations) =>
        told.push([`frame ${opcode} @${offset} ${raw.length} B`, ...violations.map(({ rule }) => rule)].join(' ')),
    },
  );
  inbound.watched = watched;
  return { inbound, told };
}

describe('one direction’s bytes say the same however they are cut', () => {
  const long = 'x'.repeat(40);
  test.each<[string, Buffer, string[]]>([
    ['messages', wire('server', [text('Hello'), frame(2, hex('00ff'))]), ['text "Hello"', 'binary 00ff']],
    [
      'fragments with control frames between',
      wire('server', [text('a', false), ping('p'), more('b')]),
      ['ping "p"', 'text "ab"'],
    ],
    ['Close ends it', wire('server', [close(1000, 'bye'), text('late')]), ['close 1000 bye']],
    [
      'a breach ends it',
      wire('server', [text('a'), frame(3, long), text('late')]),
      ['text "a"', 'fatal opcode-reserved: opcode 3 (0x3)'],
    ],
  ])('%s', (_, bytes, wanted) => {
    for (const parts of everySplit(bytes)) {
      const { inbound, told } = listen();
      for (const part of parts) inbound.read(part);
      expect(told).toEqual(wanted);
    }
  });

  test.each(FRAMES.filter(({ sha256 }) => sha256 === undefined))('vector $id from a $sender', ({ sender, bytes, frames }) => {
    for (const parts of everySplit(hex(bytes))) {
      const { inbound, told } = listen({ sender }, true);
      for (const part of parts) inbound.read(part);
      expect(told.filter((line) => /fatal|noted/.test(line))).toEqual([]);
      expect(told.filter((line) => line.startsWith('frame'))).toHaveLength(frames.length);
      if (!bytes.startsWith('88')) expect(inbound.atBoundary).toBe(true);
    }
  });
});

test('whether the stream may end here', () => {
  const { inbound } = listen();
  const bytes = wire('server', [text('Hi'), text('')]);
  expect(pieces(bytes, 1).map((piece) => inbound.read(piece) === 1 && inbound.atBoundary)).toEqual([
    false,
    false,
    false,
    true,
    false,
    true,
  ]);
});

test('a pause ends the read behind the frame at hand', () => {
  const { inbound, told } = listen();
  const bytes = wire('server', [text('a'), text('b')]);
  const one = new Inbound(
    { sender: 'server', limits: CLIENT_LIMITS, tolerance: 'strict' },
    { message: () => one.pause(), ping() {}, pong() {}, close() {}, violation() {}, frame() {} },
  );
  expect([one.read(Buffer.from(bytes)), one.read(Buffer.from(bytes), 3), inbound.read(bytes), told.length]).toEqual([3, 6, 6, 2]);
});

test('stopped, it takes all and says nothing; nothing unfinished is held', () => {
  const { inbound, told } = listen({}, true);
  inbound.read(wire('server', [text('a', false)]));
  inbound.stop();
  expect([inbound.read(wire('server', [text('b')])), told, inbound.held]).toEqual([3, ['frame 1 @0 3 B'], 0]);
});

test('what only watches reads on behind a Close, from where it is told that it begins', () => {
  const { inbound, told } = listen({ readsOn: true, offset: 1000, tolerance: 'lenient' }, true);
  inbound.read(wire('server', [close(1000), text('late'), close(1001)]));
  expect(told).toEqual([
    'frame 8 @1000 4 B',
    'close 1000',
    'frame 1 @1004 6 B',
    'text "late"',
    'frame 8 @1010 4 B',
    'close 1001',
  ]);
});

test('an unfinished frame is shown once, a partial header not at all', () => {
  const { inbound, told } = listen({}, true);
  inbound.showUnfinished();
  inbound.read(hex('81'));
  inbound.showUnfinished();
  inbound.read(hex('0548'));
  inbound.showUnfinished();
  inbound.read(hex('65'));
  inbound.showUnfinished();
  inbound.read(hex('6c6c6f'));
  inbound.showUnfinished();
  expect(told).toEqual(['frame 1 @0 3 B', 'frame 1 @0 7 B', 'text "Hello"']);
});

const done = (): 'done' => 'done';
const EXTENSION: MessageExtension = {
  description: 'of no effect',
  decoder: () => ({ push: done, finish: done, reset() {}, close() {} }),
  endDecoded() {},
  encode: () => undefined,
  encodeForMany: () => undefined,
  forgetSent() {},
  close() {},
};

describe('the few comparisons of the common frame agree with the full judgement on every header', () => {
  const forms = ['00', '01', '7d', '7e0000', '7e007d', '7e007e', '7effff'];
  const long = [
    '0000000000000000',
    '000000000000ffff',
    '0000000000010000',
    '0000000100000000',
    '7fffffffffffffff',
    '8000000000000000',
  ];
  const unmasked = [...forms, ...long.map((length) => `7f${length}`)].map(hex);
  const masked = unmasked.map((form) =>
    Buffer.concat([Uint8Array.of((form[0] as number) | 0x80), form.subarray(1), hex('01020304')]),
  );
  const starts = Array.from({ length: 256 }, (_, first) => Uint8Array.of(first));
  const headers = starts.flatMap((first) => [...unmasked, ...masked].map((form) => Buffer.concat([first, form])));
  const limits = { maxFrame: Infinity, maxMessage: Infinity, maxFragments: Infinity, maxPongs: 0 };

  test.each([
    ['client', false, false],
    ['client', false, true],
    ['client', true, false],
    ['client', true, true],
    ['server', false, false],
    ['server', false, true],
    ['server', true, false],
    ['server', true, true],
  ] as const)('from a %s, RSV1 allowed: %s, in a message: %s', (sender, rsv1Allowed, inMessage) => {
    for (const header of headers) {
      const { inbound, told } = listen({ sender, limits, ...(rsv1Allowed && { extension: EXTENSION }) });
      if (inMessage) inbound.read(wire(sender, [text('', false)]));
      inbound.read(Buffer.from(header));
      const [wanted] = checkHeader(headerOf(header), { sender, rsv1Allowed, inMessage });
      const fatal = told.find((line) => line.startsWith('fatal'));
      if (fatal !== (wanted && `fatal ${wanted.rule}: ${wanted.detail}`))
        expect([header.toString('hex'), fatal]).toEqual([wanted]);
    }
  });
});

test('a frame that is passed over holds nothing and does not count', () => {
  const budget = new PinnedBudget(1000);
  const { inbound, told } = listen({ tolerance: 'lenient', budget, limits: { ...CLIENT_LIMITS, maxMessage: 100 } });
  inbound.read(wire('server', [frame(3, 'x'.repeat(80))]));
  expect(inbound.held).toBe(0);
  inbound.read(wire('server', [text('x'.repeat(50), false), frame(3, 'x'.repeat(80)), more('x'.repeat(20), false)]));
  expect([inbound.held, told.filter((line) => line.startsWith('fatal'))]).toEqual([70 + PART, []]);
});

function headerOf(bytes: Buffer): FrameHeader {
  const reader = new FrameReader({ header: () => false, payload: () => false, end: () => false });
  reader.read(bytes);
  return reader.snapshot;
}

const nothing = () => undefined;
const SILENT = { ping: nothing, pong: nothing, close: nothing, violation: nothing, frame: nothing };

describe('many short texts that came together', () => {
  const words = Array.from({ length: 200 }, (_, index) =>
    index % 13 === 5 ? `grüße ${index}` : `${String.fromCharCode(32 + (index % 90)).repeat(index % 40)}${index}`,
  );
  const heard = (bytes: Buffer, options: Partial<InboundOptions>, places: readonly number[] = []) => {
    const texts: string[] = [];
    const inbound = new Inbound(
      { sender: 'server', limits: CLIENT_LIMITS, tolerance: 'strict', ...options },
      { ...SILENT, message: (message) => texts.push(message.text()) },
    );
    for (const piece of cut(bytes, places)) inbound.read(piece);
    return texts;
  };

  test('each has its own characters, wherever the bytes are cut', () => {
    const bytes = wire(
      'server',
      words.flatMap((word, index) => (index % 17 === 3 ? [ping('x'), text(word)] : [text(word)])),
    );
    for (const places of [[], [1], [700, 701, 1500], Array.from({ length: 90 }, (_, index) => index * 37)])
      expect(heard(bytes, {}, places)).toEqual(words);
  });

  test('also where the same memory is read into again', () => {
    const memory = Buffer.alloc(4000);
    const texts: string[] = [];
    const inbound = new Inbound(
      { sender: 'server', limits: CLIENT_LIMITS, tolerance: 'strict' },
      { ...SILENT, message: (message) => texts.push(message.text()) },
    );
    // Each read in a buffer object of its own, as sockets do, and in one and the same.
    const same = memory.subarray(0, 450);
    const letters = [...'abcdef'];
    for (const letter of letters) {
      wire('server', Array(25).fill(text(letter.repeat(16)))).copy(memory);
      expect(inbound.read(letter < 'd' ? same : memory.subarray(0, 450))).toBe(450);
    }
    expect(texts).toEqual(letters.flatMap((letter) => Array(25).fill(letter.repeat(16))));
  });

  test('and where a message in fragments came last', () => {
    const bytesOf = (letter: string) =>
      wire('server', [...Array(10).fill(text(letter.repeat(16))), text(letter, false), more(letter)]);
    // One and the same buffer object, in which a text of the last time would be found again.
    const memory = bytesOf('a');
    const texts: string[] = [];
    const inbound = new Inbound(
      { sender: 'server', limits: CLIENT_LIMITS, tolerance: 'strict' },
      { ...SILENT, message: (message) => texts.push(message.text()) },
    );
    for (const letter of 'ab') {
      bytesOf(letter).copy(memory);
      inbound.read(memory);
    }
    expect(texts).toEqual([...'ab'].flatMap((letter) => [...Array(10).fill(letter.repeat(16)), letter + letter]));
  });

  test('also where a lenient reader bears that some of them are masked', () => {
    const frames = words.map((word, index) => wire(index % 3 === 0 ? 'client' : 'server', [text(word)]));
    expect(heard(Buffer.concat(frames), { tolerance: 'lenient' })).toEqual(words);
  });

  test('and at a server, whose clients mask each with a key of their own, one of them with none to speak of', () => {
    const frames = words.map((word, index) => {
      const bytes = wire('client', [text(word)]);
      if (index % 5 > 0) return bytes;
      const payload = Buffer.from(word);
      return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
    });
    expect(heard(Buffer.concat(frames), { sender: 'client' })).toEqual(words);
  });
});
