import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskInPlace } from '../../../src/bytes/mask.ts';
import { FrameReader } from '../../../src/protocol/frame/decode.ts';
import { encodeFrame, minimalForm } from '../../../src/protocol/frame/encode.ts';
import type { FrameHeader } from '../../../src/protocol/frame/frame.ts';
import { opcodeName } from '../../../src/protocol/frame/opcode.ts';
import { bits, cut, everySplit, hex } from '../bits.ts';
import { FRAMES } from '../vectors.ts';

interface Read {
  header: FrameHeader;
  payload: string;
  offset: number;
  headerLength: number;
  whole: boolean;
}

/** What a reader makes of the parts: a row a frame, cut ones too. */
function read(parts: readonly Uint8Array[]): { frames: Read[]; atBoundary: boolean } {
  const frames: Read[] = [];
  const reader = new FrameReader({
    header() {
      frames.push({
        header: reader.snapshot,
        payload: '',
        offset: reader.offset,
        headerLength: reader.headerLength,
        whole: false,
      });
      return true;
    },
    payload(chunk, start, end) {
      const frame = frames.at(-1);
      if (frame) frame.payload += chunk.toString('hex', start, end);
      return true;
    },
    end() {
      const frame = frames.at(-1);
      if (frame) frame.whole = true;
      return true;
    },
  });
  for (const part of parts) expect(reader.read(Buffer.from(part))).toBe(part.length);
  return { frames, atBoundary: reader.atBoundary };
}

const HEADER: FrameHeader = {
  fin: true,
  rsv1: false,
  rsv2: false,
  rsv3: false,
  opcode: 1,
  maskingKey: undefined,
  lengthForm: 7,
  length: 0n,
};
const KEY = hex('37fa213d');

describe('every header form comes out with each of its bits', () => {
  const long = 'a'.repeat(126);
  const cases: [string, Buffer, Partial<FrameHeader>, string][] = [
    ['empty text', bits('1 000 0001  0 0000000'), {}, ''],
    ['Hello', bits('1 000 0001  0 0000101', 'Hello'), { length: 5n }, 'Hello'],
    ['masked Hello', bits('1 000 0001  1 0000101', KEY, hex('7f9f4d5158')), { maskingKey: KEY, length: 5n }, 'Hello'],
    ['masked with key 0', bits('1 000 0010  1 0000001', hex('00000000'), 'x'), masked('00000000', 1n), 'x'],
    ['a first fragment', bits('0 000 0001  0 0000011', 'Hel'), { fin: false, length: 3n }, 'Hel'],
    ['a last fragment', bits('1 000 0000  0 0000010', 'lo'), { opcode: 0, length: 2n }, 'lo'],
    ['RSV1', bits('1 100 0001  0 0000001', 'x'), { rsv1: true, length: 1n }, 'x'],
    ['RSV2', bits('1 010 0001  0 0000001', 'x'), { rsv2: true, length: 1n }, 'x'],
    ['RSV3', bits('1 001 0001  0 0000001', 'x'), { rsv3: true, length: 1n }, 'x'],
    ['all bits set', bits('1 111 1111  0 1111111', hex('0000000000000001'), 'x'), allSet(), 'x'],
    ['16-bit length', bits('1 000 0010  0 1111110  00000000 01111110', long), { opcode: 2, lengthForm: 16, length: 126n }, long],
    ['16-bit, not minimal', bits('1 000 0001  0 1111110  00000000 00000010', 'xy'), { lengthForm: 16, length: 2n }, 'xy'],
    ['64-bit, not minimal', bits('1 000 0001  0 1111111', hex('0000000000000002'), 'xy'), { lengthForm: 64, length: 2n }, 'xy'],
    ['64-bit, empty', bits('1 000 1001  0 1111111', hex('0000000000000000')), { opcode: 9, lengthForm: 64 }, ''],
  ];
  test.each(cases)('%s', (_, bytes, header, text) => {
    const wanted = {
      header: { ...HEADER, ...header },
      payload: Buffer.from(text).toString('hex'),
      offset: 0,
      headerLength: bytes.length - text.length,
      whole: true,
    };
    const key = header.maskingKey && new Uint8Array(header.maskingKey);
    if (key) wanted.header = { ...wanted.header, maskingKey: key };
    for (const parts of everySplit(bytes)) expect(read(parts)).toEqual({ frames: [wanted], atBoundary: true });
    const trailing = bits('1 000 1010  0 0000001', '!');
    for (const parts of everySplit(Buffer.concat([bytes, trailing]))) {
      const { frames } = read(parts);
      expect(frames[0]).toEqual(wanted);
      expect(frames[1]).toMatchObject({ payload: '21', offset: bytes.length, whole: true });
    }
    for (let end = 0; end < bytes.length; end++) {
      const { frames, atBoundary } = read([bytes.subarray(0, end)]);
      expect([frames[0]?.whole ?? false, atBoundary]).toEqual([false, end === 0]);
    }
  });

  function masked(key: string, length: bigint): Partial<FrameHeader> {
    return { opcode: 2, maskingKey: hex(key), length };
  }
  function allSet(): Partial<FrameHeader> {
    return { rsv1: true, rsv2: true, rsv3: true, opcode: 15, lengthForm: 64, length: 1n };
  }
});

test.each([
  ['001fffffffffffff', 2n ** 53n - 1n],
  ['0020000000000000', 2n ** 53n],
  ['0020000000000001', 2n ** 53n + 1n],
  ['7fffffffffffffff', 2n ** 63n - 1n],
  ['8000000000000000', 2n ** 63n],
  ['ffffffffffffffff', 2n ** 64n - 1n],
])('a 64-bit length of 0x%s is kept exact', (length, wanted) => {
  for (const parts of everySplit(bits('1 000 0010  0 1111111', hex(length), 'x'))) {
    const { frames, atBoundary } = read(parts);
    expect(frames).toMatchObject([{ header: { length: wanted, lengthForm: 64 }, payload: '78', whole: false }]);
    expect(atBoundary).toBe(false);
  }
});

describe('the vectors of version 13', () => {
  test.each(FRAMES)('$id from a $sender', ({ bytes, totalLength = bytes.length / 2, frames }) => {
    const wire = Buffer.concat([hex(bytes), Buffer.alloc(totalLength - bytes.length / 2)]);
    if (totalLength > wire.length || totalLength > 1000) {
      // Only the beginning is kept: the rest repeats, 0x61 under the key where there is one.
      const header = (wire[1] as number) & 0x80 ? 14 : 10;
      wire.fill(0x61, header);
      if (header === 14) maskInPlace(wire, 14, wire.length, 0x37fa213d);
    }
    const wanted = frames.map(([opcode, fin, payload]) => ({
      opcode,
      fin,
      payload: typeof payload === 'number' ? '61'.repeat(payload) : payload,
    }));
    const ways = wire.length > 1000 ? [[wire], cut(wire, [1, 5, 13, 14, 40_000])] : everySplit(wire);
    for (const parts of ways) {
      const seen = read(parts).frames.map(({ header, payload }) => ({
        opcode: opcodeName(header.opcode),
        fin: header.fin,
        payload,
      }));
      expect(seen).toEqual(wanted);
    }
  });
});

describe('a sink may stop or pause the reader', () => {
  const two = Buffer.concat([
    bits('1 000 0001  0 0000001', 'a'),
    bits('1 000 0001  0 0000000'),
    bits('1 000 0001  0 0000001', 'b'),
  ]);
  const go = { header: () => true, payload: () => true, end: () => true };

  test.each([
    ['header', 2],
    ['payload', 3],
    ['end', 3],
  ] as const)('for good in %s: nothing is read any more', (callback, index) => {
    let calls = 0;
    const reader = new FrameReader({ ...go, [callback]: () => ++calls < 1 });
    expect(reader.read(Buffer.from(two))).toBe(index);
    expect(reader.read(Buffer.from(two))).toBe(0);
    expect(calls).toBe(1);
  });

  test('for good at the end of an empty frame', () => {
    let ends = 0;
    const reader = new FrameReader({ ...go, end: () => ++ends < 2 });
    expect(reader.read(Buffer.from(two))).toBe(5);
  });

  test('until the next read, at the end of a frame', () => {
    const seen: string[] = [];
    const reader: FrameReader = new FrameReader({
      header: () => true,
      payload: (chunk, start, end) => seen.push(chunk.toString('latin1', start, end)) > 0,
      end() {
        reader.pause();
        return true;
      },
    });
    const chunk = Buffer.from(two);
    expect([reader.read(chunk), reader.read(chunk, 3), reader.read(chunk, 5)]).toEqual([3, 5, 8]);
    expect(seen).toEqual(['a', 'b']);
  });

  test('offsets count from where reading begins in the stream', () => {
    const offsets: number[] = [];
    const reader: FrameReader = new FrameReader({ ...go, header: () => offsets.push(reader.offset) > 0 }, 100);
    reader.read(Buffer.from(two));
    expect(offsets).toEqual([100, 103, 105]);
  });
});

const anyHeader = fc
  .record({
    fin: fc.boolean(),
    rsv1: fc.boolean(),
    rsv2: fc.boolean(),
    rsv3: fc.boolean(),
    opcode: fc.nat(15),
    maskingKey: fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }), { nil: undefined }),
    wider: fc.nat(2),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 130 }),
      fc.constantFrom(125, 126, 65535, 65536).map((n) => new Uint8Array(n).fill(7)),
    ),
  })
  .map(({ wider, payload, ...rest }) => {
    const minimal = minimalForm(payload.length);
    const forms = ([7, 16, 64] as const).filter((form) => form >= minimal);
    const lengthForm = forms[Math.min(wider, forms.length - 1)] ?? minimal;
    return { header: { ...rest, lengthForm, length: BigInt(payload.length) }, payload };
  });

test('what was encoded is read back, every form, legal or not, any cut', () => {
  fc.assert(
    fc.property(fc.array(anyHeader, { maxLength: 4 }), fc.array(fc.nat(70_000), { maxLength: 8 }), (list, places) => {
      const wire = Buffer.concat(list.map(({ header, payload }) => encodeFrame(header, payload)));
      const { frames, atBoundary } = read(cut(wire, places));
      expect(atBoundary).toBe(true);
      expect(frames.map(({ header }) => header)).toEqual(list.map(({ header }) => header));
      expect(frames.map(({ payload }) => payload)).toEqual(list.map(({ payload }) => Buffer.from(payload).toString('hex')));
    }),
  );
});

test('any bytes read in any pieces give the same frames', () => {
  const places = fc.array(fc.nat(300), { maxLength: 8 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), places, (bytes, at) => {
      expect(read(cut(bytes, at))).toEqual(read([bytes]));
    }),
    { numRuns: 500 },
  );
});
