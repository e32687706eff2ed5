import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arena } from '../../src/bytes/arena.ts';
import { PayloadWriter } from '../../src/endpoint/payload-writer.ts';
import type { OutputStream } from '../../src/env.ts';

/** A reader that looks at what it got only at the end: until then nobody may change it. */
function output() {
  const pieces: Buffer[] = [];
  const stream = Object.assign(new EventEmitter(), {
    accepts: true,
    write(piece: Buffer, taken?: () => void) {
      pieces.push(piece);
      taken?.();
      return this.accepts;
    },
  });
  const told: string[] = [];
  const handler = { full: () => told.push('full'), room: () => told.push('room'), fail: (code: string) => told.push(code) };
  const writer = new PayloadWriter(stream as unknown as OutputStream, handler);
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
  stream.accepts = false;
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
