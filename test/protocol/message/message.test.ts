import { describe, expect, test } from 'vitest';
import { MessageView } from '../../../src/protocol/message/message.ts';

function view(content: string): MessageView {
  const message = new MessageView();
  message.buffer = Buffer.from(`<${content}>`);
  message.start = 1;
  message.end = message.buffer.length - 1;
  return message;
}

test('a new view is an empty text', () => {
  const message = new MessageView();
  expect([message.text(), message.length, message.copy().length]).toEqual(['', 0, 0]);
});

describe('the text, short and long, ASCII and not', () => {
  test.each([0, 1, 31, 32, 33, 511, 512, 513, 2000])('of about %i bytes', (length) => {
    for (const content of ['a'.repeat(length), `${'a'.repeat(length)}é`, `😀${'a'.repeat(length)}`, '\u0000'.repeat(length)]) {
      const message = view(content);
      expect(message.text()).toBe(content);
      expect(message.view().toString()).toBe(content);
      expect(message.length).toBe(Buffer.byteLength(content));
    }
  });
});

test('a copy is to keep, a view is not', () => {
  const message = view('Hello');
  const copy = message.copy();
  const shared = message.view();
  message.buffer.fill(0);
  expect([copy.toString(), shared.toString()]).toEqual(['Hello', '\0\0\0\0\0']);
});

test('every byte of a copy is written (CVE-2016-10518: no memory of others)', () => {
  for (let i = 0; i < 50; i++)
    expect(
      view('x'.repeat(1000))
        .copy()
        .every((byte) => byte === 0x78),
    ).toBe(true);
});

describe('bytes to keep', () => {
  test('are those that were received, where nobody writes there again', () => {
    const message = view('Hello');
    expect(message.kept().buffer).toBe(message.buffer.buffer);
  });

  test.each([0, 1, 32, 33, 8192, 8193, 100_000])('borrowed ones are copied: %i of them', (length) => {
    const copies: Buffer[] = [];
    // More than a block of them.
    for (let i = 0; i < 20; i++) {
      const message = view(String.fromCharCode(97 + i).repeat(length));
      message.borrowed = true;
      copies.push(message.kept());
      message.buffer.fill(0);
    }
    expect(copies.map((copy) => copy.toString())).toEqual(copies.map((_, i) => String.fromCharCode(97 + i).repeat(length)));
    expect(copies.every((copy) => Buffer.isBuffer(copy))).toBe(true);
  });

  test('no two of them overlap', () => {
    const taken = [5, 0, 33, 8192, 60_000, 8192, 8192].map((length) => {
      const message = view('x'.repeat(length));
      message.borrowed = true;
      return message.kept();
    });
    for (const [index, copy] of taken.entries()) copy.fill(index);
    for (const [index, copy] of taken.entries()) expect(copy.every((byte) => byte === index)).toBe(true);
  });
});
