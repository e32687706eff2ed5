import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { arena } from '../../src/bytes/arena.ts';
import { copyInto, keyBytes, maskInPlace, maskInto, readKey, rotateKey } from '../../src/bytes/mask.ts';

/** RFC 6455 §5.3 word for word: octet i XOR key octet (i MOD 4). */
function maskedBySpecification(bytes: Uint8Array, start: number, end: number, key: Uint8Array, phase: number): Uint8Array {
  return bytes.map((byte, i) => (i < start || i >= end ? byte : byte ^ (key[(i - start + phase) % 4] as number)));
}

test('the example of RFC 6455 §5.7: "Hello" under 37 fa 21 3d', () => {
  const bytes = Buffer.from('Hello');
  maskInPlace(bytes, 0, 5, 0x37fa213d);
  expect(bytes.toString('hex')).toBe('7f9f4d5158');
  maskInPlace(bytes, 0, 5, 0x37fa213d);
  expect(bytes.toString()).toBe('Hello');
});

test.each([
  [0, 0x37fa213d],
  [1, 0xfa213d37],
  [2, 0x213d37fa],
  [3, 0x3d37fa21],
  [4, 0x37fa213d],
  [2 ** 31 + 3, 0x3d37fa21],
])('the key from octet %i of the payload on', (phase, key) => {
  expect(rotateKey(0x37fa213d, phase)).toBe(key);
});

test('a key and its four octets in wire order', () => {
  expect([...keyBytes(0x80fa21ff)]).toEqual([0x80, 0xfa, 0x21, 0xff]);
  expect(readKey(Uint8Array.of(9, 0x80, 0xfa, 0x21, 0xff), 1)).toBe(0x80fa21ff);
});

describe('every length, place in memory and phase as the specification says', () => {
  const lengths = [
    ...Array(20).keys(),
    31,
    32,
    33,
    125,
    126,
    127,
    188,
    191,
    192,
    193,
    195,
    197,
    2040,
    2047,
    2048,
    2049,
    2050,
    2051,
    2052,
    2063,
    4096,
    4099,
  ];
  test.each(lengths)('length %i', (length) => {
    const key = 0x81c3a5f7;
    const buffer = new ArrayBuffer(length + 32);
    for (let offset = 0; offset < 5; offset++) {
      for (let start = 0; start < 5; start++) {
        for (let phase = 0; phase < 4; phase++) {
          const bytes = new Uint8Array(buffer, offset, length + 9);
          bytes.forEach((_, i) => {
            bytes[i] = i * 31;
          });
          const wanted = maskedBySpecification(bytes, start, start + length, keyBytes(key), phase);
          maskInPlace(bytes, start, start + length, key, phase);
          expect(Buffer.compare(bytes, wanted)).toBe(0);
        }
      }
    }
  });
});

test('in pieces as in one, for any key and any cut', () => {
  const payload = fc.uint8Array({ maxLength: 5000 });
  fc.assert(
    fc.property(payload, fc.integer({ min: 0, max: 0xffff_ffff }), fc.nat(5000), (bytes, key, place) => {
      const at = Math.min(place, bytes.length);
      const whole = new Uint8Array(bytes);
      const parts = new Uint8Array(bytes);
      maskInPlace(whole, 0, whole.length, key);
      maskInPlace(parts, 0, at, key, 0);
      maskInPlace(parts, at, parts.length, key, at);
      expect(Buffer.compare(whole, parts)).toBe(0);
      expect(Buffer.compare(whole, maskedBySpecification(bytes, 0, bytes.length, keyBytes(key), 0))).toBe(0);
    }),
  );
});

describe('a masked copy', () => {
  const lengths = [0, 1, 3, 8, 31, 32, 33, 191, 192, 511, 512, 513, 1000, 1003, 16_385, 65_535, 65_536, 65_537, 200_001];
  test.each(lengths)('of %i bytes, from any place in memory to any other, from any octet of the payload on', (length) => {
    for (const [offset, at, phase] of [
      [0, 0, 0],
      [1, 0, 1],
      [2, 3, 2],
      [3, 7, 3],
      [0, 5, 1_000_001],
    ] as const) {
      const source = Uint8Array.from({ length: offset + length + 3 }, (_, i) => (i * 7 + 3) & 0xff);
      const before = Buffer.from(source);
      const target = Buffer.alloc(at + length + 9, 0xee);
      maskInto(source, offset, offset + length, target, at, 0x37fa213d, phase);
      const wanted = maskedBySpecification(before.subarray(offset, offset + length), 0, length, keyBytes(0x37fa213d), phase);
      expect(target.equals(Buffer.concat([Buffer.alloc(at, 0xee), wanted, Buffer.alloc(9, 0xee)]))).toBe(true);
      expect(before.equals(source)).toBe(true);
    }
  });
});

test('a copy within the arena, into it, out of it and beside it', () => {
  const arenas = [arena()?.reading, arena()?.sending[3]] as const;
  expect(arenas.every((each) => each !== undefined)).toBe(true);
  const [reading, sending] = arenas as [Buffer, Buffer];
  for (const length of [0, 1, 32, 33, 511, 512, 5000]) {
    for (const source of [reading, Buffer.alloc(6000)]) {
      for (const target of [sending, Buffer.alloc(6000)]) {
        const place = target === sending ? sending.byteOffset : -1;
        for (let i = 0; i < length; i++) source[i + 3] = (i * 11 + length) & 0xff;
        const content = Buffer.from(source.subarray(3, 3 + length));
        target.fill(0xee, 0, length + 20);
        copyInto(source, 3, 3 + length, target, 7, place);
        const around = (middle: Uint8Array) => Buffer.concat([Buffer.alloc(7, 0xee), middle, Buffer.alloc(13, 0xee)]);
        expect(target.subarray(0, length + 20).equals(around(content))).toBe(true);
        maskInto(source, 3, 3 + length, target, 7, 0x37fa213d, 2, place);
        const masked = maskedBySpecification(content, 0, length, keyBytes(0x37fa213d), 2);
        expect(target.subarray(0, length + 20).equals(around(masked))).toBe(true);
      }
    }
  }
});

test('where the platform has no 128-bit registers the loops do it all', async () => {
  vi.stubGlobal('WebAssembly', undefined);
  vi.resetModules();
  const loops = await import('../../src/bytes/mask.ts');
  vi.unstubAllGlobals();
  const source = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i * 13));
  const wanted = Buffer.from(maskedBySpecification(source, 0, source.length, keyBytes(0x37fa213d), 3));
  const target = Buffer.alloc(source.length);
  loops.maskInto(source, 0, source.length, target, 0, 0x37fa213d, 3);
  expect(target.equals(wanted)).toBe(true);
  loops.maskInPlace(source, 0, source.length, 0x37fa213d, 3);
  expect(source.equals(wanted)).toBe(true);
});
