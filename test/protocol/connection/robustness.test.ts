import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SERVER_LIMITS } from '../../../src/protocol/connection/limits.ts';
import { Outbox } from '../../../src/protocol/connection/outbox.ts';
import { createInflater, OneShotInflater } from '../../../src/protocol/extension/inflater.ts';
import { PART, PinnedBudget } from '../../../src/protocol/message/pinned.ts';
import { bits, hex, incompressible } from '../bits.ts';
import {
  close,
  frame,
  more,
  otherRole,
  type PeerFrame,
  ping,
  ROLES,
  Talk,
  type TalkOptions,
  text,
  wire,
  wireFrame,
} from './talk.ts';

/** What a hostile peer may do to an endpoint, and what it costs. */

const MIB = 1024 * 1024;
const failed = (code: number) => `closed ${code} unclean by us`;

/** Bytes of memory outside V8's heap, where payloads live. */
const outside = () => process.memoryUsage().external;

/** How far memory rises above its start while `work` runs; `look` is called from within. */
function peak(work: (look: () => void) => void): number {
  const before = outside();
  let most = before;
  work(() => {
    most = Math.max(most, outside());
  });
  return most - before;
}

/** 1 GiB of zeros in about 1 MiB: a fully flushed block of 1 MiB, 1024 times. */
function bomb(): Buffer {
  const unit = deflateRawSync(Buffer.alloc(MIB), { finishFlush: constants.Z_FULL_FLUSH, level: 9 });
  return Buffer.concat([...Array.from({ length: 1024 }, () => unit), hex('00')]);
}

describe('a frame’s limit is judged on its header alone', () => {
  const limits = { maxFrame: 1000, maxMessage: 1000 };

  test.each([
    ['1001', hex('827e03e9')],
    ['65536', hex('827f0000000000010000')],
    ['2^31', hex('827f0000000080000000')],
    ['2^32, whose low word is 0 (undici CVE-2026-1528: compare the high word first)', hex('827f0000000100000000')],
    ['2^32 + 5, whose low word is small', hex('827f0000000100000005')],
    ['2^53 - 1', hex('827f001fffffffffffff')],
    ['2^53', hex('827f0020000000000000')],
    ['2^53 + 1', hex('827f0020000000000001')],
    ['2^63 - 1', hex('827f7fffffffffffffff')],
  ])('%s bytes: 1009 before any payload', (_, header) => {
    for (const size of [Number.POSITIVE_INFINITY, 1]) {
      const talk = new Talk('client', { limits }).hear(header, size).end();
      expect([talk.heard, talk.said]).toEqual([['fatal frame-too-big', failed(1009)], ['close 1009']]);
    }
  });

  test.each(['8000000000000000', '8000000000000005', 'ffffffffffffffff'])(
    'gorilla CVE-2020-27813, Tomcat CVE-2020-13935: a length of 0x%s is no negative number: 1002',
    (length) => {
      const talk = new Talk('client').hear(bits('1 000 0010  0 1111111', hex(length))).end();
      expect([talk.heard, talk.said]).toEqual([['fatal length-too-large', failed(1002)], ['close 1002']]);
    },
  );

  test('sums do not wrap: a fragment of 2^53 bytes behind one of a byte, without a limit of frames', () => {
    const limits = { maxFrame: Number.POSITIVE_INFINITY, maxMessage: 1000 };
    const talk = new Talk('client', { limits })
      .hear(Buffer.concat([wire('server', [text('x', false)]), hex('807f001fffffffffffff')]))
      .end();
    expect(talk.heard).toEqual(['fatal message-too-big', failed(1009)]);
  });

  test('without any limit an announced 2^62 bytes take no memory but what came', () => {
    const unlimited = { maxFrame: Number.POSITIVE_INFINITY, maxMessage: Number.POSITIVE_INFINITY };
    const talk = new Talk('client', { limits: unlimited });
    const rise = peak((look) => {
      talk.hear(hex('827f4000000000000000'));
      for (let i = 0; i < 100; i++) talk.hear(Buffer.alloc(100));
      look();
    });
    expect(rise).toBeLessThan(4 * MIB);
    expect(talk.heard).toEqual([]);
  });
});

describe('undici CVE-2026-1526: a limit while inflating, never after', () => {
  const big = bomb();

  test('the bomb is 1 GiB in 1 MiB', () => {
    expect(big.length).toBeLessThan(1.1 * MIB);
    let length = 0;
    let most = 0;
    const inflater = createInflater(15, Number.POSITIVE_INFINITY);
    const count = (_: Buffer, start: number, end: number) => {
      length += end - start;
      most = Math.max(most, end - start);
      return true;
    };
    inflater.push(big, 0, big.length, count);
    inflater.finish(count);
    inflater.close();
    // Inflated to its end in pieces of 64 KiB at most.
    expect([length, most]).toEqual([1024 * MIB, 65_536]);
  });

  test.each(ROLES)('as %s: 1009, memory flat', (role) => {
    const talk = new Talk(role, { limits: SERVER_LIMITS, deflate: {} });
    const bytes = wire(otherRole(role), [frame(2, big, true, 0b100)]);
    const rise = peak((look) => {
      talk.hear(bytes);
      look();
    });
    expect([talk.heard, talk.said]).toEqual([['fatal message-too-big'], ['close 1009']]);
    // The assembled 16 MiB twice while it grows, the chunk itself and what the test keeps.
    expect(rise).toBeLessThan(2 * SERVER_LIMITS.maxMessage + 8 * MIB);
  });

  test('in many small fragments', () => {
    const fragments = Array.from({ length: 1000 }, (_, i) => more(big.subarray(i * 1024, (i + 1) * 1024), false));
    const first: PeerFrame = { ...(fragments[0] as PeerFrame), opcode: 2, rsv: 4 };
    const talk = new Talk('client', { limits: SERVER_LIMITS, deflate: {} }).hear([first, ...fragments.slice(1)]);
    expect(talk.heard).toEqual(['fatal message-too-big']);
  });

  test('one call a message: stopped by zlib itself', () => {
    const inflater = new OneShotInflater(MIB);
    inflater.push(big, 0, big.length);
    const rise = peak((look) => {
      expect(inflater.finish(() => true)).toBe('stopped');
      look();
    });
    expect(rise).toBeLessThan(8 * MIB);
  });
});

describe('CVE-2026-48779: fragments are counted, empty ones too', () => {
  test.each(ROLES)('as %s: 16,384 are taken, one more is 1008', (role) => {
    const fragments = (count: number) => [text('', false), ...Array.from({ length: count - 2 }, () => more('', false)), more('')];
    expect(new Talk(role).hear(fragments(16_384)).heard).toEqual(['text ""']);
    const talk = new Talk(role).hear(fragments(16_385), 100_000).end();
    expect([talk.heard, talk.said]).toEqual([['fatal too-many-fragments', failed(1008)], ['close 1008']]);
  });

  test('deflated ones as well', () => {
    const talk = new Talk('client', { deflate: {} }).hear([
      frame(1, '', false, 4),
      ...Array.from({ length: 16_384 }, () => more('', false)),
    ]);
    expect(talk.heard).toEqual(['fatal too-many-fragments']);
  });
});

describe('what unfinished messages pin, over all connections', () => {
  const open = (budget: PinnedBudget, role: 'client' | 'server' = 'server') => new Talk(role, { budget });

  test('the worst offender is failed with 1008, whoever was last', () => {
    const budget = new PinnedBudget(10_000);
    const [small, big, last] = [open(budget), open(budget), open(budget)];
    small.hear([text('x'.repeat(2000), false)]);
    big.hear([text('x'.repeat(6000), false)]);
    last.hear([text('x'.repeat(1900), false)]);
    expect([small.heard, big.heard, last.heard]).toEqual([[], [], []]);
    last.hear([more('x'.repeat(200), false)]);
    expect([small.heard, big.heard, last.heard]).toEqual([[], ['fatal too-much-pinned'], []]);
    expect(big.take().end().said).toEqual(['close 1008']);
    small.hear([more('!')]);
    last.hear([more('!')]);
    expect([small.messages.length, last.messages.length]).toEqual([1, 1]);
  });

  test('the one that is being read may be it: on a header, within a payload, watched or not', () => {
    for (const watch of [false, true]) {
      const talk = new Talk('server', { budget: new PinnedBudget(1000), watch });
      talk.hear([text('x'.repeat(1500), false), more('behind')], 100);
      expect([talk.heard, talk.said]).toEqual([['fatal too-much-pinned'], ['close 1008']]);
      const parts = new Talk('server', { budget: new PinnedBudget(3 * PART), watch });
      parts.hear([text('', false), more('', false), more('', false), more('', false), more('', false), more('')]);
      expect([parts.heard, parts.said]).toEqual([['fatal too-much-pinned'], ['close 1008']]);
    }
  });

  test('finished, failed and ended messages let go', () => {
    const budget = new PinnedBudget(1000);
    const begun = text('x'.repeat(700), false);
    const talks = Array.from({ length: 5 }, () => [
      open(budget).hear([begun, more()]),
      open(budget).hear([begun]).end(),
      open(budget).hear([begun, frame(3)]),
      open(budget).hear([begun, close()]),
      open(budget).hear([text('x'.repeat(2000))]),
    ]).flat();
    expect(talks.filter(({ heard }) => heard.includes('fatal too-much-pinned'))).toEqual([]);
    const lenient = new Talk('server', { budget, tolerance: 'lenient' });
    for (let i = 0; i < 5; i++) lenient.hear([text('x'.repeat(900), false), frame(3)]);
    expect(lenient.heard.filter((line) => line.startsWith('fatal'))).toEqual([]);
  });

  test('256 Ki empty parts weigh as much as 64 MiB', () => {
    const budget = new PinnedBudget(64 * MIB);
    const talks = Array.from({ length: 17 }, () => open(budget));
    for (const talk of talks) talk.hear([text('', false), ...Array.from({ length: 16_383 }, () => more('', false))]);
    const evicted = talks.filter(({ heard }) => heard.includes('fatal too-much-pinned'));
    expect(evicted).toHaveLength(1);
  });
});

describe('automatic pongs that nobody takes away', () => {
  const pings = Array.from({ length: 70 }, (_, i) => ping(String(i)));
  /** A ping a chunk: each answer is taken and, as nothing is flushed, may still wait in the socket. */
  const flood = (role: 'client' | 'server', options: TalkOptions = {}) => {
    const talk = new Talk(role, options);
    for (const one of pings) talk.hear([one]);
    return talk;
  };

  test('a client keeps 64, then only the newest', () => {
    const talk = flood('client');
    expect(talk.said).toEqual(pings.slice(0, 64).map((_, i) => `pong "${i}"`));
    talk.connection.flushed();
    expect(talk.take().said.slice(64)).toEqual(['pong "69"']);
    talk.connection.flushed();
    expect(talk.hear([ping('again')]).said.slice(65)).toEqual(['pong "again"']);
  });

  test('a client that closed meanwhile answers no more', () => {
    const talk = flood('client');
    talk.connection.close(1000);
    talk.connection.flushed();
    expect(talk.take().said.slice(64)).toEqual(['close 1000']);
  });

  test('a server closes with 1008', () => {
    const talk = flood('server').end();
    expect(talk.said.slice(63)).toEqual(['pong "63"', 'close 1008']);
    expect(talk.heard.slice(64)).toEqual(['ping "64"', 'fatal too-many-pongs', failed(1008)]);
  });

  test('flushed in time, any number is answered', () => {
    for (const role of ROLES) {
      const talk = new Talk(role);
      for (const one of [...pings, ...pings]) {
        talk.hear([one]);
        talk.connection.flushed();
      }
      expect(talk.said).toHaveLength(140);
    }
  });
});

describe('advisories that could have hit the engine', () => {
  test('undici CVE-2026-2229: a window outside 8–15 never reaches zlib, and rubbish in a small window is a violation', () => {
    for (const windowBits of [8, 9, 15]) {
      const talk = new Talk('client', { deflate: { serverMaxWindowBits: windowBits } }).hear([
        frame(1, hex('ffffffff'), true, 4),
      ]);
      expect(talk.heard).toEqual(['fatal inflate-failed']);
    }
  });

  test('CVE-2016-10518, CVE-2026-45736: no byte of fresh memory leaves that was not written', () => {
    // Fill the pool with a tell-tale, let go of it, and look for it in what is sent.
    for (let i = 0; i < 50; i++) Buffer.allocUnsafeSlow(65_536).fill(0xa5);
    const box = new Outbox();
    for (const length of [0, 1, 125, 126, 5000, 65_535, 65_536]) {
      box.frame(0x82, Buffer.alloc(length), 0, length, undefined);
      box.text(0x81, '\u0000'.repeat(length), undefined);
    }
    const wanted = [0, 1, 125, 126, 5000, 65_535, 65_536].flatMap((length) =>
      [2, 1].map((opcode) => wireFrame(frame(opcode, Buffer.alloc(length)), false)),
    );
    expect(Buffer.concat(box.take()).equals(Buffer.concat(wanted))).toBe(true);
  });

  test('curl CVE-2025-10148: every frame of a client has a key of its own', () => {
    const talk = new Talk('client');
    for (let i = 0; i < 100; i++) talk.connection.ping(Buffer.alloc(4));
    talk.take();
    const keys = Array.from({ length: 100 }, (_, i) => talk.sent.toString('hex', i * 10 + 2, i * 10 + 6));
    expect(new Set(keys).size).toBe(100);
  });

  test('Wireshark CVE-2026-0960: every loop makes progress, 2,000 final blocks in a message included', () => {
    const blocks = Buffer.concat(Array.from({ length: 2000 }, () => deflateRawSync('x')));
    const talk = new Talk('client', { deflate: {} }).hear([frame(1, blocks, true, 4)]);
    expect(talk.messages[0]?.data.length).toBe(2000);
    const empty = Buffer.concat(Array.from({ length: 20_000 }, () => hex('000000ffff')));
    expect(new Talk('client', { deflate: {} }).hear([frame(1, empty, true, 4)]).heard).toEqual(['text ""']);
  });

  test('a close reason in the peer’s favourite bytes is repeated to nobody', () => {
    expect(new Talk('server').hear([close(1000, '\u001b[2J')]).sent).toEqual(hex('880203e8'));
  });
});

test('random mutations never throw, hang or take more than 4 × input + 1 MiB', () => {
  const content = [
    wire('client', [
      text('Hello'),
      ping('p'),
      frame(1, deflateRawSync('Hello '.repeat(500)), true, 4),
      frame(2, incompressible(3000)),
      close(1000, 'bye'),
    ]),
    wire('client', [
      text('a'.repeat(300), false),
      ping(),
      more('é'.repeat(200), false),
      more('', true),
      frame(1, hex('f248cd'), false, 4),
      more(hex('c9c90700')),
    ]),
  ];
  const mutation = fc.record({ at: fc.nat(10_000), value: fc.nat(255), kind: fc.constantFrom('set', 'set', 'drop', 'insert') });
  const deflate = fc.option(fc.constant({}), { nil: undefined });
  let slowest = 0;
  let largest = 0;
  fc.assert(
    fc.property(
      fc.nat(1),
      fc.array(mutation, { minLength: 1, maxLength: 6 }),
      deflate,
      fc.boolean(),
      fc.integer({ min: 1, max: 5000 }),
      (which, list, extension, lenient, size) => {
        let bytes = content[which] ?? Buffer.alloc(0);
        for (const { at, value, kind } of list) {
          const place = at % bytes.length;
          const middle = kind === 'drop' ? [] : [value];
          bytes = Buffer.concat([
            bytes.subarray(0, place),
            Uint8Array.from(middle),
            bytes.subarray(kind === 'insert' ? place : place + 1),
          ]);
        }
        const talk = new Talk('server', {
          limits: SERVER_LIMITS,
          tolerance: lenient ? 'lenient' : 'strict',
          ...(extension && { deflate: extension }),
        });
        const start = process.cpuUsage();
        const before = process.memoryUsage().arrayBuffers;
        for (let at = 0; at < bytes.length; at += size) talk.connection.receive(Buffer.from(bytes.subarray(at, at + size)));
        largest = Math.max(largest, process.memoryUsage().arrayBuffers - before - 4 * bytes.length);
        const { user, system } = process.cpuUsage(start);
        slowest = Math.max(slowest, (user + system) / 1000 / (bytes.length / 1024));
        talk.end();
        expect(talk.connection.state).toBe('ended');
      },
    ),
    { numRuns: 1000 },
  );
  expect(slowest).toBeLessThan(50);
  expect(largest).toBeLessThan(MIB);
});
