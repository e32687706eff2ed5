import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Outbox } from '../../../src/protocol/connection/outbox.ts';
import { bits, hex } from '../bits.ts';
import { frame, wireFrame } from './talk.ts';

const KEY = 0x37fa213d;
const all = (box: Outbox) => Buffer.concat(box.take());

test('frames leave together, in order, in one piece', () => {
  const box = new Outbox();
  box.frame(0x81, Buffer.from('<Hello>'), 1, 6, undefined);
  box.text(0x81, 'Hello', KEY);
  box.bytes(hex('8900'));
  expect(box.pending).toBe(7 + 11 + 2);
  const taken = box.take();
  expect(taken).toHaveLength(1);
  const wanted = [bits('1 000 0001  0 0000101', 'Hello'), bits('1 000 0001  1 0000101', hex('37fa213d 7f9f4d5158')), hex('8900')];
  expect(Buffer.concat(taken)).toEqual(Buffer.concat(wanted));
  expect([box.pending, box.take()]).toEqual([0, []]);
});

test.each([undefined, KEY, 0, 0xffffffff])(
  'short texts, of every length and with any character anywhere, under key %s',
  (key) => {
    const box = new Outbox();
    for (let length = 0; length <= 40; length++) {
      for (let place = 0; place <= length; place++) {
        for (const other of ['', '\x7f', '\x80', 'é', 'Ł', '€', '\ud800']) {
          const content = `${'abcdefghijklmnopqrstuvwxyz0123456789ABCD'.slice(0, length - place)}${other}${'z'.repeat(place)}`;
          expect(box.text(0x81, content, key)).toBe(Buffer.byteLength(content));
          const bytes = all(box);
          const payload = bytes
            .subarray(key === undefined ? 2 : 6)
            .map((byte, at) => byte ^ ((key ?? 0) >>> (24 - (at & 3) * 8)));
          if (Buffer.from(payload).toString() !== Buffer.from(content).toString()) expect(payload.toString()).toBe(content);
        }
      }
    }
  },
);

const LENGTHS = [0, 1, 7, 24, 25, 32, 33, 125, 126, 127, 5461, 5462, 16_384, 16_385, 65_535, 65_536, 70_000];
describe.each([undefined, KEY])('key %s', (key) => {
  const wanted = (content: Uint8Array) => wireFrame(frame(1, content), key !== undefined);

  test.each(LENGTHS)('a payload of %i bytes', (length) => {
    const payload = Buffer.alloc(length, 'wstap');
    for (const lasting of [false, true]) {
      const box = new Outbox();
      box.frame(0x81, payload, 0, length, key, lasting);
      expect(box.pending).toBe(wanted(payload).length);
      expect(all(box).equals(wanted(payload))).toBe(true);
      expect(payload.equals(Buffer.alloc(length, 'wstap'))).toBe(true);
    }
  });

  test.each(['a', 'é', '€', '😀', '\ud800'])('texts of "%s" around every change of form', (character) => {
    for (const count of [
      0, 1, 8, 12, 24, 25, 31, 32, 41, 42, 62, 63, 64, 125, 126, 127, 5461, 5462, 16_384, 21_845, 32_768, 65_536,
    ]) {
      const box = new Outbox();
      const text = character.repeat(count);
      box.text(0x81, text, key);
      expect(all(box).equals(wanted(Buffer.from(text)))).toBe(true);
    }
  });
});

test('a large unmasked payload that lasts goes by reference, any other as a copy', () => {
  const payload = Buffer.alloc(20_000, 1);
  const box = new Outbox();
  box.frame(0x82, payload, 0, payload.length, undefined, true);
  expect(box.take()[1]?.buffer).toBe(payload.buffer);
  box.frame(0x82, payload, 0, payload.length, undefined);
  const [, copy] = box.take();
  payload.fill(2);
  expect(copy?.every((byte) => byte === 1)).toBe(true);
});

test('what was taken may be kept: no byte of it is written again', () => {
  const box = new Outbox();
  const kept: { bytes: Uint8Array; before: string }[] = [];
  for (let i = 0; i < 500; i++) {
    box.text(0x81, `message ${i} `.repeat(20), i % 2 ? KEY : undefined);
    if (i % 3 === 0) for (const bytes of box.take()) kept.push({ bytes, before: Buffer.from(bytes).toString('hex') });
  }
  for (const { bytes, before } of kept) expect(Buffer.from(bytes).toString('hex')).toBe(before);
});

test('large bytes as they are, copied', () => {
  const bytes = Buffer.alloc(40_000, 7);
  const box = new Outbox();
  box.bytes(hex('01'));
  box.bytes(bytes);
  box.bytes(hex('02'));
  bytes.fill(0);
  expect(box.pending).toBe(40_002);
  const out = all(box);
  expect([out[0], out[1], out[40_000], out[40_001]]).toEqual([1, 7, 7, 2]);
});

test('any sequence of frames, texts and bytes over several boxes comes out as written', () => {
  const step = fc.record({
    box: fc.nat(2),
    kind: fc.constantFrom('frame', 'text', 'bytes', 'take'),
    content: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom(100, 6000, 17_000, 66_000).map((n) => 'é'.repeat(n)),
    ),
    masked: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const boxes = [0, 1, 2].map(() => ({ box: new Outbox(), out: [] as Uint8Array[], wanted: [] as Uint8Array[] }));
      for (const { box: index, kind, content, masked } of steps) {
        const at = boxes[index];
        if (!at) continue;
        const key = masked ? KEY : undefined;
        const payload = Buffer.from(content);
        if (kind === 'frame') at.box.frame(0x81, payload, 0, payload.length, key, true);
        else if (kind === 'text') at.box.text(0x81, content, key);
        else if (kind === 'bytes') at.box.bytes(payload);
        else at.out.push(...at.box.take());
        if (kind === 'bytes') at.wanted.push(payload);
        else if (kind !== 'take') at.wanted.push(wireFrame(frame(1, payload), masked));
      }
      for (const { box, out, wanted } of boxes)
        expect(Buffer.concat([...out, ...box.take()]).equals(Buffer.concat(wanted))).toBe(true);
    }),
  );
});

test('many boxes that are filled in one turn take no slab each; one that is filled gets whole ones', () => {
  const boxes = Array.from({ length: 200 }, () => new Outbox());
  const payload = Buffer.from('news');
  for (const box of boxes) box.frame(0x81, payload, 0, 4, undefined);
  const memory = boxes.map((box) => box.take()[0]?.buffer.byteLength ?? 0);
  expect(memory.slice(1).every((bytes) => bytes <= 8192)).toBe(true);
  const [box] = boxes as [Outbox];
  for (let i = 0; i < 20_000; i++) box.frame(0x81, payload, 0, 4, undefined);
  expect(box.take().length).toBeLessThan(8);
});

test('bytes that last and find no room go by reference, beside what is there', () => {
  const [one, two] = [new Outbox(), new Outbox()];
  const shared = Buffer.alloc(2000, 7);
  one.bytes(shared, true);
  expect(one.take()).toEqual([shared]);
  one.bytes(shared, true);
  two.bytes(shared, true);
  expect(one.take()[0]).toBe(two.take()[0]);
  one.frame(0x81, Buffer.from('a'), 0, 1, undefined);
  one.bytes(shared, true);
  one.frame(0x81, Buffer.from('b'), 0, 1, undefined);
  expect(all(one)).toEqual(Buffer.concat([hex('810161'), shared, hex('810162')]));
});

describe('memory of what has left is written anew', () => {
  /** Frames of `size` bytes that leave one by one; the last `held` bytes of all are still wanted. */
  function turns(count: number, size: number, held: number) {
    const box = new Outbox();
    const payload = Buffer.alloc(size - 4, 'a');
    const memories = new Set<ArrayBufferLike>();
    const out: { piece: Uint8Array; wanted: Buffer }[] = [];
    for (let i = 0; i < count; i++) {
      payload.writeUInt32BE(i);
      box.frame(0x82, payload, 0, payload.length, undefined);
      for (const piece of box.take()) {
        memories.add(piece.buffer);
        out.push({ piece, wanted: Buffer.from(piece) });
      }
      box.recycle(Math.min(held, (i + 1) * size));
    }
    return { box, memories, out };
  }

  test('all of it: everything leaves from the same memory', () => {
    // What a slab has left at its end is too little for a frame: the next one takes turns with it.
    expect(turns(1000, 8004, 0).memories.size).toBeLessThan(3);
  });

  test('what is held is never written to, however much follows', () => {
    const size = 8004;
    const { memories, out } = turns(400, size, 50 * size);
    for (const { piece, wanted } of out.slice(-50)) expect(wanted.equals(piece)).toBe(true);
    // Some of the older ones were.
    expect(out.slice(0, -60).some(({ piece, wanted }) => !wanted.equals(piece))).toBe(true);
    expect(memories.size).toBeLessThan(16);
  });

  test('also where several boxes share a slab: it waits for the slowest', () => {
    const [fast, slow] = [new Outbox(), new Outbox()];
    const payload = Buffer.alloc(4000, 'a');
    slow.frame(0x82, payload, 0, 4000, undefined);
    const [kept] = slow.take();
    const before = Buffer.from(kept as Uint8Array);
    for (let i = 0; i < 100; i++) {
      fast.frame(0x82, payload.fill(i), 0, 4000, undefined);
      fast.take();
      fast.recycle(0);
    }
    expect(before.equals(kept as Uint8Array)).toBe(true);
    slow.recycle(0);
    const reused = new Set<ArrayBufferLike>();
    for (let i = 0; i < 100; i++) {
      fast.frame(0x82, payload, 0, 4000, undefined);
      for (const piece of fast.take()) reused.add(piece.buffer);
      fast.recycle(0);
    }
    expect(reused.size).toBeLessThan(3);
  });

  test('twice for the same bytes frees nothing twice', () => {
    const box = new Outbox();
    const payload = Buffer.alloc(100, 'a');
    box.frame(0x82, payload, 0, 100, undefined);
    box.take();
    for (let i = 0; i < 3; i++) box.recycle(0);
    const [one, two] = [new Outbox(), new Outbox()];
    one.frame(0x82, payload.fill(1), 0, 100, undefined);
    const [first] = one.take();
    two.frame(0x82, payload.fill(2), 0, 100, undefined);
    const [second] = two.take();
    expect([first?.[50], second?.[50]]).toEqual([1, 2]);
  });
});
