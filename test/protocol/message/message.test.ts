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
