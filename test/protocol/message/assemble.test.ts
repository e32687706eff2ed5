import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Assembler } from '../../../src/protocol/message/assemble.ts';
import { cut } from '../bits.ts';

const MIB = 1024 * 1024;

test('pieces become the whole, whatever the pieces and whatever was announced', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 3000 }),
      fc.array(fc.nat(3000)),
      fc.nat(5000),
      fc.boolean(),
      (bytes, places, expected, buffers) => {
        const assembler = new Assembler();
        for (const piece of cut(bytes, places)) assembler.add(buffers ? piece : new Uint8Array(piece), 0, piece.length, expected);
        expect(assembler.length).toBe(bytes.length);
        const { buffer, length } = assembler.take();
        expect(buffer.subarray(0, length).equals(bytes)).toBe(true);
        expect(assembler.length).toBe(0);
      },
    ),
  );
});

test('nothing is empty', () => {
  expect(new Assembler().take()).toEqual({ buffer: Buffer.alloc(0), length: 0 });
});

test('a range of a piece', () => {
  const assembler = new Assembler();
  assembler.add(Buffer.from('<Hel>'), 1, 4, 5);
  assembler.add(new Uint8Array(Buffer.from('<lo>')), 1, 3, 5);
  expect(assembler.buffer.toString('latin1', 0, assembler.length)).toBe('Hello');
});

test('what is given away is not written again', () => {
  const assembler = new Assembler();
  assembler.add(Buffer.from('one'), 0, 3, 100);
  const { buffer } = assembler.take();
  assembler.add(Buffer.from('two'), 0, 3, 100);
  expect(buffer.toString('latin1', 0, 3)).toBe('one');
});

test.each([
  ['an announced 2^53 bytes take no more than 1 MiB for the first', 1, 2 ** 53, MIB],
  ['and no more than four times what has come', MIB, 2 ** 53, 4 * MIB],
  ['what is announced is taken at its word up to 1 MiB', 10, 5000, 5000],
  ['nothing announced', 10, 0, 10],
])('%s', (_, arrived, expected, size) => {
  const assembler = new Assembler();
  assembler.add(Buffer.alloc(arrived), 0, arrived, expected);
  expect(assembler.buffer.length).toBe(size);
});

test('growing by small pieces copies each byte a few times only', () => {
  const assembler = new Assembler();
  const sizes = new Set<number>();
  for (let i = 0; i < 100_000; i++) {
    assembler.add(Buffer.from('x'), 0, 1, 0);
    sizes.add(assembler.buffer.length);
  }
  expect(sizes.size).toBeLessThan(20);
});
