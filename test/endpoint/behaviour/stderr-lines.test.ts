import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { eachLine } from '../../../src/endpoint/behaviour/stderr-lines.ts';

test('lines, however they are cut, and what comes last without a line end', async () => {
  const stream = new PassThrough();
  const lines: string[] = [];
  eachLine(stream, (line) => {
    lines.push(line);
    return undefined;
  });
  for (const byte of Buffer.from('one\r\n\ntwö\nlast')) stream.write(Buffer.of(byte));
  stream.end();
  await new Promise((resolve) => stream.once('close', resolve));
  expect(lines).toEqual(['one', '', 'twö', 'last']);
});

test('a line without an end is shown in pieces, and holds no memory', async () => {
  const stream = new PassThrough();
  const lengths: number[] = [];
  eachLine(stream, (line) => {
    lengths.push(line.length);
    return undefined;
  });
  stream.end('x'.repeat(10_000));
  await new Promise((resolve) => stream.once('close', resolve));
  expect(lengths).toEqual([4096, 4096, 1808]);
});

test('no faster than it is shown', async () => {
  const stream = new PassThrough();
  const lines: string[] = [];
  let goOn: () => void = () => undefined;
  eachLine(stream, (line) => {
    lines.push(line);
    return new Promise<void>((resolve) => {
      goOn = resolve;
    });
  });
  stream.write('one\n');
  await new Promise(setImmediate);
  stream.write('two\n');
  await new Promise(setImmediate);
  expect(lines).toEqual(['one']);
  goOn();
  await new Promise(setImmediate);
  expect(lines).toEqual(['one', 'two']);
});
