import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BodyReader } from '../../../src/protocol/http/body.ts';
import type { Field, ResponseHead } from '../../../src/protocol/http/head.ts';

const LIMIT = 4096;

function answer(status: number, ...fields: (readonly [name: string, value: string])[]): ResponseHead {
  const list: Field[] = fields.map(([name, value]) => ({ name, value }));
  return { kind: 'response', version: 'HTTP/1.1', status, reason: '', fields: list };
}

const CHUNKED = answer(403, ['Transfer-Encoding', 'chunked']);

function read(head: ResponseHead, ...pieces: readonly string[]) {
  const reader = new BodyReader(head, LIMIT);
  const done = pieces.map((piece) => reader.push(Buffer.from(piece, 'latin1')));
  return { text: Buffer.from(reader.bytes).toString('latin1'), done: done.at(-1) ?? reader.done, cut: reader.cut };
}

describe('a body by its length', () => {
  test('ends where the head says', () => {
    const head = answer(404, ['Content-Length', '5']);
    expect(read(head, 'Hel')).toEqual({ text: 'Hel', done: false, cut: false });
    expect(read(head, 'Hel', 'lo and more')).toEqual({ text: 'Hello', done: true, cut: false });
  });

  test.each([204, 304, 101])('%d has none, whatever the head says', (status) => {
    expect(read(answer(status, ['Content-Length', '5']), 'Hello')).toEqual({ text: '', done: true, cut: false });
  });

  test('without a length it ends with the connection', () => {
    expect(read(answer(403), 'Hello', ' you')).toEqual({ text: 'Hello you', done: false, cut: false });
  });

  test('the limit cuts it', () => {
    const head = answer(403, ['Content-Length', '5000']);
    expect(read(head, 'x'.repeat(5000))).toEqual({ text: 'x'.repeat(LIMIT), done: true, cut: true });
  });
});

describe('chunks', () => {
  test.each([
    ['one', '5\r\nHello\r\n0\r\n\r\n', 'Hello'],
    [
      'several, with extensions and either case',
      'a;x=1\r\n0123456789\r\nB ; y\r\nabcdefghijk\r\n0\r\n\r\n',
      '0123456789abcdefghijk',
    ],
    ['none', '0\r\n\r\n', ''],
    ['a trailer', '2\r\nhi\r\n0\r\nDigest: x\r\n\r\n', 'hi'],
    ['a chunk that holds what ends the last one', '7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n', '\r\n0\r\n\r\n'],
  ])('%s', (_, raw, text) => {
    expect(read(CHUNKED, raw)).toEqual({ text, done: true, cut: false });
    expect(read(CHUNKED, ...raw)).toEqual({ text, done: true, cut: false });
    expect(read(CHUNKED, raw.slice(0, -1)).done).toBe(false);
  });

  test('what has come of a chunk is shown', () => {
    expect(read(CHUNKED, '5\r\nHello\r\n64\r\nand the st')).toEqual({ text: 'Helloand the st', done: false, cut: false });
  });

  test.each([
    '-6\r\n',
    '-6\r\nabcdef\r\n',
    'x\r\n',
    '0x5\r\nHello\r\n',
    '123456789\r\n',
    '<html>no chunk at all</html>',
    '\r\n\r\n',
  ])('what is not chunked after all is shown as it came: %j', (raw) => {
    expect(read(CHUNKED, raw)).toEqual({ text: raw, done: false, cut: false });
  });

  test('a first line that never ends is none', () => {
    const raw = '1'.repeat(2000);
    expect(read(CHUNKED, raw).text).toBe(raw);
  });

  test('whatever comes, it is read, and no longer than it came', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom('\r\n', '0', '-', ';', '5\r\nHello\r\n', 'ffffffff\r\n', '0\r\n\r\n'));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const { text } = read(CHUNKED, ...pieces);
        expect(text.length).toBeLessThanOrEqual(pieces.join('').length);
        expect(read(CHUNKED, pieces.join('')).text).toBe(text);
      }),
    );
  });
});
