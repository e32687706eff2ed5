import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { arena } from '../../src/bytes/arena.ts';
import { PayloadWriter } from '../../src/endpoint/payload-writer.ts';
import type { OutputStream } from '../../src/env.ts';

/** A reader that looks at what it got only at the end: until then nobody may change it. */
function output() {
  const pieces: Buffer[] = [];
  const stream = Object.assign(new EventEmitter(), {
    accepts: true,
    writableLength: 0,
    write(piece: Buffer, taken?: () => void) {
      pieces.push(piece);
      taken?.();
      return this.accepts;
    },
  });
  const told: string[] = [];
  const handler = { full: () => told.push('full'), room: () => told.push('room'), fail: (code: string) => told.push(code) };
  const writer = new PayloadWriter(stream as unknown as OutputStream, handler);
  onTestFinished(() => writer.finish());
  return { writer, stream, told, pieces, text: () => Buffer.concat(pieces).toString('latin1') };
}

const reading = () => arena()?.reading ?? Buffer.alloc(256 * 1024);
const turn = () => new Promise(setImmediate);

test('what lies in the arena and what does not comes out alike, whatever is read there next', async () => {
  const step = fc.record({
    length: fc.oneof(fc.nat(80), fc.integer({ min: 30_000, max: 34_000 }), fc.nat(100_000)),
    inArena: fc.boolean(),
    ending: fc.constantFrom(undefined, 10, 0),
    pauses: fc.boolean(),
    who: fc.nat(1),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const outputs = [output(), output()] as const;
      const expected = ['', ''];
      for (const [number, { length, inArena, ending, pauses, who }] of steps.entries()) {
        const from = inArena ? reading() : Buffer.alloc(length + 3);
        const letter = 97 + (number % 26);
        from.fill(letter, 3, 3 + length);
        outputs[who as 0 | 1].writer.write(from, 3, 3 + length, ending);
        from.fill(0x2a, 0, 3 + length);
        expected[who] += String.fromCharCode(letter).repeat(length) + (ending === undefined ? '' : String.fromCharCode(ending));
        if (pauses) await turn();
      }
      for (const { writer } of outputs) await writer.finish();
      expect(outputs.map(({ text }) => text())).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test('all that comes in one go leaves in one write', async () => {
  const { writer, pieces } = output();
  for (let line = 0; line < 1000; line++) writer.write(Buffer.from('0123456789'), 2, 7, 10);
  expect(pieces).toEqual([]);
  await turn();
  expect(pieces.map(({ length }) => length)).toEqual([6000]);
});

test('a reader that takes no more is told of once, and so is the room that it makes', async () => {
  const { writer, stream, told } = output();
  Object.assign(stream, { accepts: false, writableLength: 1024 * 1024 });
  for (let line = 0; line < 3; line++) {
    writer.write(Buffer.from('line'), 0, 4, 10);
    await turn();
  }
  expect(told).toEqual(['full']);
  stream.emit('drain');
  stream.emit('drain');
  expect(told).toEqual(['full', 'room']);
});

test('a reader that is gone is told of once, and nothing is written any more', async () => {
  const { writer, stream, told, pieces } = output();
  stream.emit('error', Object.assign(new Error('broken pipe'), { code: 'EPIPE' }));
  stream.emit('error', Object.assign(new Error('broken pipe'), { code: 'EPIPE' }));
  writer.write(Buffer.from('line'), 0, 4, 10);
  await writer.finish();
  expect([told, pieces]).toEqual([['EPIPE'], []]);
});

/** Standard output, which takes what it is handed when it can, and looks at it only then. */
function descriptor() {
  const waiting: Buffer[] = [];
  const pieces = new Set<ArrayBufferLike>();
  const taken: string[] = [];
  class Output extends EventEmitter {
    readonly fd = 1;

    get writableLength() {
      return waiting.reduce((sum, { length }) => sum + length, 0);
    }

    write(piece: Buffer, done?: () => void) {
      if (piece.length > 0) pieces.add(piece.buffer);
      waiting.push(piece);
      if (done) this.take(waiting.length);
      done?.();
      return this.writableLength <= 16 * 1024;
    }

    take(count: number) {
      for (const piece of waiting.splice(0, count)) taken.push(piece.toString('latin1'));
    }
  }
  const stream = new Output();
  const told: string[] = [];
  const handler = { full: () => told.push('full'), room: () => told.push('room'), fail: (code: string) => told.push(code) };
  const writer = new PayloadWriter(stream as unknown as OutputStream, handler);
  onTestFinished(() => writer.finish());
  return { stream, told, pieces, writer, text: () => taken.join('') };
}

test('memory is written anew only once the descriptor has taken what was in it', async () => {
  const step = fc.record({ lines: fc.nat(3000), takes: fc.nat(4), length: fc.oneof(fc.constant(50), fc.nat(70_000)) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { stream, writer, text } = descriptor();
      const from = reading();
      let expected = '';
      for (const [number, { lines, takes, length }] of steps.entries()) {
        from.fill(97 + number, 0, length);
        const count = length > 1000 ? 1 : lines;
        for (let line = 0; line < count; line++) writer.write(from, 0, length, 10);
        expected += `${String.fromCharCode(97 + number).repeat(length)}\n`.repeat(count);
        await turn();
        stream.take(takes);
      }
      await writer.finish();
      expect(text() === expected).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test.runIf(arena())('a descriptor that takes all at once is written to from the same memory again and again', async () => {
  const { stream, writer, pieces } = descriptor();
  const from = reading().fill(97, 0, 1000);
  for (let turns = 0; turns < 20; turns++) {
    for (let line = 0; line < 100; line++) writer.write(from, 0, 500, 10);
    await turn();
    stream.take(1);
  }
  await writer.finish();
  expect(pieces.size).toBe(1);
});

test('half a MiB may wait for a reader; then it is full', async () => {
  const { stream, told, writer } = descriptor();
  const from = Buffer.alloc(30_000, 97);
  for (let line = 0; line < 17; line++) writer.write(from, 0, from.length, 10);
  await turn();
  expect(stream.writableLength).toBeGreaterThan(500_000);
  expect(told).toEqual([]);
  writer.write(from, 0, from.length, 10);
  await turn();
  expect(told).toEqual(['full']);
  stream.take(20);
  stream.emit('drain');
  expect(told).toEqual(['full', 'room']);
});
