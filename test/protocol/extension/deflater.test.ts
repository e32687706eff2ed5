import { constants, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createDeflater, type Deflater, OneShotDeflater } from '../../../src/protocol/extension/deflater.ts';
import { createInflater } from '../../../src/protocol/extension/inflater.ts';
import { hex, incompressible } from '../bits.ts';

const deflate = (deflater: Deflater, content: string | Uint8Array) => {
  const bytes = Buffer.from(content);
  return Buffer.from(deflater.deflate(bytes, 0, bytes.length));
};
const inflate = (payload: Uint8Array, windowBits = 15) =>
  inflateRawSync(Buffer.concat([payload, hex('0000ffff')]), { finishFlush: constants.Z_SYNC_FLUSH, windowBits });

describe.each<[string, (windowBits: number, level: number) => Deflater]>([
  ['a kept stream', createDeflater],
  [
    'one call a message',
    (windowBits, level) => new OneShotDeflater(Math.max(9, windowBits), level, constants.Z_DEFAULT_STRATEGY),
  ],
])('%s', (_, open) => {
  test('the example of RFC 7692 §7.2.3.1: the tail is removed', () => {
    expect(deflate(open(15, 6), 'Hello').toString('hex')).toBe('f248cdc9c90700');
  });

  test('an empty message is one octet 0 (§7.2.3.6), again and again', () => {
    const deflater = open(15, 6);
    expect([1, 2, 3].map(() => deflate(deflater, '').toString('hex'))).toEqual(['00', '00', '00']);
    expect(inflate(deflate(deflater, 'Hello')).toString()).toBe('Hello');
  });

  test('what comes out of a range stands alone after a reset', () => {
    const deflater = open(15, 6);
    for (let i = 0; i < 3; i++) {
      expect(inflate(deflater.deflate(Buffer.from('<Hello>'), 1, 6)).toString()).toBe('Hello');
      deflater.reset();
    }
    deflater.close();
  });

  test('output of about the step, of exactly it, and of many steps', () => {
    for (const length of [
      65_500, 65_510, 65_515, 65_520, 65_521, 65_522, 65_523, 65_524, 65_525, 65_526, 65_527, 65_531, 65_536, 300_000,
    ]) {
      const content = incompressible(length);
      expect(inflate(deflate(open(15, 6), content)).equals(content)).toBe(true);
      expect(inflate(deflate(open(15, 0), content)).equals(content)).toBe(true);
    }
  });
});

test('a kept stream remembers: the second Hello refers to the first (§7.2.3.2)', () => {
  const deflater = createDeflater(15, 6);
  deflate(deflater, 'Hello');
  expect(deflate(deflater, 'Hello').toString('hex')).toBe('f200110000');
  deflater.reset();
  expect(deflate(deflater, 'Hello').toString('hex')).toBe('f248cdc9c90700');
});

test('no distance is longer than the agreed window, 8 bits included', () => {
  // A window of 256 bytes is not a thing zlib can inflate with: what it may refer to is counted instead.
  const line = `${incompressible(100).toString('hex')}`;
  for (const [bits, repeats] of [
    [8, false],
    [9, true],
    [10, true],
  ] as const) {
    const deflater = createDeflater(bits, 9);
    const near = deflate(deflater, line + line).length;
    expect([bits, near < 180]).toEqual([bits, repeats]);
    expect(inflate(deflate(createDeflater(bits, 9), line.repeat(50)), Math.max(9, bits)).toString()).toBe(line.repeat(50));
  }
  const zeros = deflate(createDeflater(8, 9), Buffer.alloc(10_000));
  expect(zeros.length).toBeLessThan(100);
});

test('a deflater and an inflater of every window understand each other over many messages', () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    fc.string().map((text) => Buffer.from(text.repeat(80))),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 8, max: 15 }),
      fc.integer({ min: 0, max: 9 }),
      fc.array(content, { maxLength: 5 }),
      (bits, level, contents) => {
        const deflater = createDeflater(bits, level);
        const inflater = createInflater(bits, 1e9);
        for (const one of contents) {
          const out: Buffer[] = [];
          const sink = (buffer: Buffer, start: number, end: number) => out.push(Buffer.from(buffer.subarray(start, end))) > 0;
          const payload = deflate(deflater, one);
          expect([inflater.push(payload, 0, payload.length, sink), inflater.finish(sink)]).toEqual(['done', 'done']);
          expect(Buffer.concat(out).equals(one)).toBe(true);
        }
        deflater.close();
        inflater.close();
      },
    ),
    { numRuns: 150 },
  );
});

describe('where the kept stream does not behave', () => {
  const path = '../../../src/protocol/extension/zlib-handle.ts';
  afterEach(() => vi.doUnmock(path));

  test('the documented way serves', async () => {
    vi.resetModules();
    vi.doMock(path, () => ({ keptStreamsWork: () => false }));
    const fresh = await import('../../../src/protocol/extension/deflater.ts');
    expect(fresh.createDeflater(15, 6)).toBeInstanceOf(fresh.OneShotDeflater);
  });

  test('a stream that fails is our fault and says so', async () => {
    vi.resetModules();
    const failing = { write: () => ({ inputLeft: 0, outputLeft: 0, failed: true }) };
    vi.doMock(path, () => ({ keptStreamsWork: () => true, keptDeflate: () => failing }));
    const fresh = await import('../../../src/protocol/extension/deflater.ts');
    expect(() => fresh.createDeflater(15, 6).deflate(Buffer.from('x'), 0, 1)).toThrow('zlib failed to deflate');
  });
});
