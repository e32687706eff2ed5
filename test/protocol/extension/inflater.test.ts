import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createInflater, type Inflater, OneShotInflater, type Outcome } from '../../../src/protocol/extension/inflater.ts';
import { hex, incompressible, pieces } from '../bits.ts';
import { DEFLATE } from '../vectors.ts';

const MIB = 1024 * 1024;
const packed = (content: string | Uint8Array, options = {}) =>
  deflateRawSync(content, { finishFlush: constants.Z_SYNC_FLUSH, ...options }).subarray(0, -4);
const TAIL = hex('0000ffff');

/** A whole message through an inflater: how it ends and what came out. */
function inflate(inflater: Inflater, payload: Uint8Array, size = Number.POSITIVE_INFINITY): [Outcome, Buffer] {
  const out: Buffer[] = [];
  const sink = (buffer: Buffer, start: number, end: number) => out.push(Buffer.from(buffer.subarray(start, end))) > 0;
  for (const piece of size >= payload.length ? [payload] : pieces(payload, size)) {
    const outcome = inflater.push(piece, 0, piece.length, sink);
    if (outcome !== 'done') return [outcome, Buffer.concat(out)];
  }
  return [inflater.finish(sink), Buffer.concat(out)];
}

/** Both ways must keep the same promises. */
describe.each<[string, (windowBits: number, maxOutput: number) => Inflater]>([
  ['a kept stream', createInflater],
  ['one call a message', (_, maxOutput) => new OneShotInflater(maxOutput)],
])('%s', (_, open) => {
  test.each(DEFLATE.filter(({ id }) => id !== 'pmd-takeover'))('$note', ({ payload, message }) => {
    for (let size = 1; size < 14; size++) {
      const [outcome, out] = inflate(open(15, MIB), hex(payload), size);
      expect([outcome, out.toString()]).toEqual(['done', message]);
    }
  });

  test('the window is kept until it is reset', () => {
    const inflater = open(15, MIB);
    expect(inflate(inflater, hex('f248cdc9c90700'))).toEqual(['done', Buffer.from('Hello')]);
    expect(inflate(inflater, hex('f200110000'))).toEqual(['done', Buffer.from('Hello')]);
    inflater.reset();
    expect(inflate(inflater, hex('f200110000'))[0]).toBe('data');
    inflater.reset();
    expect(inflate(inflater, hex('f248cdc9c90700'))).toEqual(['done', Buffer.from('Hello')]);
    inflater.close();
  });

  test('the window outlives a final block, and a reset forgets that too', () => {
    const inflater = open(15, MIB);
    expect(inflate(inflater, deflateRawSync('Hello'))).toEqual(['done', Buffer.from('Hello')]);
    expect(inflate(inflater, hex('f200110000'))).toEqual(['done', Buffer.from('Hello')]);
    inflater.reset();
    expect(inflate(inflater, hex('f200110000'))[0]).toBe('data');
  });

  test('a window of 32 KiB is carried over final blocks and long messages', () => {
    const inflater = open(15, 4 * MIB);
    const lengths = [...Array(15).fill(6000), 20_000, 32_000, 100_000, ...Array(8).fill(6000)];
    const units = lengths.map((length: number, i) => incompressible(length, i + 1));
    let window: Buffer = Buffer.alloc(0);
    for (const [i, unit] of units.entries()) {
      // Each begins with the oldest of what may be referred to: it is short only by way of the whole window.
      const content = Buffer.concat([window.subarray(300, 6300), unit]);
      const payload = deflateRawSync(content, { ...(window.length > 0 && { dictionary: window }) });
      expect(payload.length).toBeLessThan(unit.length + 2000);
      const [outcome, out] = inflate(inflater, payload, i % 2 ? 10_000 : undefined);
      expect([i, outcome, out.equals(content)]).toEqual([i, 'done', true]);
      window = Buffer.concat([window, content]).subarray(-32_768);
    }
  });

  test('an empty payload is an empty message and leaves the context whole', () => {
    const inflater = open(15, MIB);
    for (const payload of ['', 'f248cdc9c90700', '', '00', 'f200110000']) expect(inflate(inflater, hex(payload))[0]).toBe('done');
    expect(inflate(inflater, hex('f200110000'))).toEqual(['done', Buffer.from('Hello')]);
  });

  test.each([
    ['a reserved block type', 'ffffffff'],
    ['a stored block whose complement is wrong', '000500000048656c6c6f00'],
    ['a distance beyond what there is', 'f200110000'],
    ['rubbish behind a final block', `${deflateRawSync('Hello').toString('hex')}ffffffff`],
  ])('%s is not DEFLATE data', (_name, payload) => {
    expect(inflate(open(15, MIB), hex(payload))[0]).toBe('data');
  });

  test('an end is put to what inflates too far', () => {
    const bomb = packed(Buffer.alloc(3 * MIB));
    const inflater = open(15, MIB);
    let length = 0;
    const sink = (_buffer: Buffer, start: number, end: number) => {
      length += end - start;
      return length <= MIB;
    };
    const pushed = inflater.push(bomb, 0, bomb.length, sink);
    expect(pushed === 'done' ? inflater.finish(sink) : pushed).toBe('stopped');
    expect(length).toBeLessThanOrEqual(MIB + 65_536);
  });

  test('a sink that has enough stops it', () => {
    const inflater = open(15, MIB);
    const stop = () => false;
    const payload = packed('Hello');
    expect([inflater.push(payload, 0, payload.length, stop), inflater.finish(stop)]).toContain('stopped');
  });

  test('a range within a buffer', () => {
    const inflater = open(15, MIB);
    const out: string[] = [];
    const sink = (buffer: Buffer, start: number, end: number) => out.push(buffer.toString('latin1', start, end)) > 0;
    const payload = Buffer.concat([hex('ffff'), packed('Hello'), hex('ffff')]);
    inflater.push(payload, 2, payload.length - 2, sink);
    expect([inflater.finish(sink), out.join('')]).toEqual(['done', 'Hello']);
  });

  test('any content, any level, final or flushed, any pieces', () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 2000 }),
      fc.string().map((text) => Buffer.from(text.repeat(50))),
    );
    fc.assert(
      fc.property(
        fc.array(content, { maxLength: 4 }),
        fc.integer({ min: 0, max: 9 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 500 }),
        (contents, level, final, size) => {
          const inflater = open(15, MIB);
          for (const content of contents) {
            const payload = final ? deflateRawSync(content, { level }) : packed(content, { level });
            const [outcome, out] = inflate(inflater, payload, size);
            expect(outcome).toBe('done');
            expect(out.equals(content)).toBe(true);
          }
          inflater.close();
        },
      ),
      { numRuns: 150 },
    );
  });

  test('any bytes end in done or data, never in an exception', () => {
    const nearly = fc.tuple(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 3 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.array(nearly, { maxLength: 3 }), (messages) => {
        const inflater = open(15, MIB);
        for (const [content, changes, raw] of messages) {
          const payload = raw ? Buffer.from(content) : Buffer.from(packed(content));
          for (const [place, value] of changes) if (payload.length > 0) payload[place % payload.length] = value;
          expect(['done', 'data', 'stopped']).toContain(inflate(inflater, payload, 50)[0]);
        }
        inflater.close();
      }),
      { numRuns: 200 },
    );
  });
});

test('a peer that reaches beyond its agreed window, into an earlier message, is refused', () => {
  const said = Buffer.from('wstap wstap wstap wstap');
  const first = Buffer.concat([said, incompressible(1000)]);
  const far = packed(said, { dictionary: first });
  for (const [windowBits, outcome] of [
    [15, 'done'],
    [9, 'data'],
  ] as const) {
    const inflater = createInflater(windowBits, MIB);
    expect([inflate(inflater, packed(first))[0], inflate(inflater, far)[0]]).toEqual(['done', outcome]);
  }
});

test('one call a message: deflated bytes that outgrow what they may inflate to are not kept', () => {
  const inflater = new OneShotInflater(1000);
  const empty = Buffer.concat([hex('00'), TAIL]);
  const many = Buffer.concat(Array.from({ length: 10_000 }, () => empty));
  const outcomes = [1, 2, 3].map(() => inflater.push(many, 0, many.length));
  expect(outcomes).toEqual(['done', 'stopped', 'stopped']);
});

test('a limit beyond what zlib takes is no limit', () => {
  expect(inflate(new OneShotInflater(Number.POSITIVE_INFINITY), packed('Hello'))).toEqual(['done', Buffer.from('Hello')]);
  expect(inflate(new OneShotInflater(0), packed('Hello'))[0]).toBe('stopped');
});

describe('where the kept stream does not behave', () => {
  afterEach(() => vi.doUnmock('../../../src/protocol/extension/zlib-handle.ts'));

  test('the documented way serves', async () => {
    vi.resetModules();
    vi.doMock('../../../src/protocol/extension/zlib-handle.ts', () => ({ keptStreamsWork: () => false }));
    const fresh = await import('../../../src/protocol/extension/inflater.ts');
    const inflater = fresh.createInflater(15, MIB);
    expect(inflater).toBeInstanceOf(fresh.OneShotInflater);
    expect(inflate(inflater, packed('Hello'))).toEqual(['done', Buffer.from('Hello')]);
  });

  test('a stream that takes no byte ends the message: every loop makes progress (Wireshark CVE-2026-0960)', async () => {
    vi.resetModules();
    const idle = {
      write: (input: Uint8Array, start: number, end: number, output: Uint8Array) => ({
        inputLeft: end - start + 0 * input.length,
        outputLeft: output.length,
        failed: false,
      }),
      close() {},
    };
    let opened = 0;
    const keptInflate = () => (opened++ === 0 ? idle : undefined);
    vi.doMock('../../../src/protocol/extension/zlib-handle.ts', () => ({ keptStreamsWork: () => true, keptInflate }));
    const fresh = await import('../../../src/protocol/extension/inflater.ts');
    expect(inflate(fresh.createInflater(15, MIB), packed('Hello'))[0]).toBe('data');
  });
});
