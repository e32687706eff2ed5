import { describe, expect, it } from 'vitest';
import { MessageView } from '../../src/protocol/message/message.ts';
import { messageText } from '../../src/view/message.ts';
import { type PayloadOptions, writePayload } from '../../src/view/payload.ts';
import { plainStyle } from '../../src/view/style.ts';

function message(opcode: 'text' | 'binary', text: string): MessageView {
  const view = new MessageView();
  view.opcode = opcode;
  view.buffer = Buffer.from(`..${text}..`, 'latin1');
  view.start = 2;
  view.end = view.buffer.length - 2;
  return view;
}

function written(opcode: 'text' | 'binary', text: string, options: Partial<PayloadOptions>): string {
  let shown = '';
  writePayload(
    message(opcode, text),
    { format: 'text', separator: 10, terminal: false, ...options },
    {
      write: (bytes, start, end, ending) => {
        shown += bytes.toString('latin1', start, end) + (ending === undefined ? '' : String.fromCharCode(ending));
      },
    },
  );
  return shown;
}

describe('payload on standard output', () => {
  it.each([
    ['text', 'text', 'a\x1b[31m', false, 'a\x1b[31m\n'],
    ['text', 'hex', 'hi', false, '6869\n'],
    ['text', 'raw', 'hi', false, 'hi'],
    ['binary', 'text', '\xde\xad', false, 'dead\n'],
    ['binary', 'raw', '\xde\xad', false, '\xde\xad'],
    ['binary', 'hex', '', false, '\n'],
    // In front of a terminal nothing that a peer sent may drive it, and binary never reaches it raw.
    ['text', 'text', 'a\x1b[31m', true, 'a\\x1b[31m\n'],
    ['text', 'raw', 'a\x07', true, 'a\\x07\n'],
    ['binary', 'raw', '\xde\xad', true, 'dead\n'],
  ] as const)('%s as %s: %j (terminal: %s)', (opcode, format, text, terminal, expected) => {
    expect(written(opcode, text, { format, terminal })).toBe(expected);
  });

  it('ends with a NUL where that is the separator', () => {
    expect(written('text', 'a', { separator: 0 })).toBe('a\0');
  });
});

describe('--raw', () => {
  it('lets a text message through as it is, and nothing else', () => {
    const view = { style: plainStyle, width: 80, indent: 2 };
    const data = Buffer.from('a\x1b[31mb');
    expect(messageText({ opcode: 'text', data }, view)).toBe('a\\x1b[31mb');
    expect(messageText({ opcode: 'text', data }, { ...view, raw: true })).toBe('a\x1b[31mb');
    expect(messageText({ opcode: 'binary', data }, { ...view, raw: true })).not.toContain('\x1b');
  });
});
