import { expect, test } from 'vitest';
import { LocalProtocolError, RULES } from '../../src/protocol/rule.ts';

test('every rule cites where it is written, has a close code and one plain sentence', () => {
  for (const [id, { section, closeCode, text }] of Object.entries(RULES)) {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(section).toMatch(
      /^(RFC (6455|7692) §\d+(\.\d+)*|draft-tyoshino, deflate-frame|limit( --[a-z-]+)?|(hixie|hybi)-\S+( to hybi-\d+)?(, [a-z-]+)?)$/,
    );
    expect([1002, 1007, 1008, 1009]).toContain(closeCode);
    expect(text).toMatch(/[^.]$/);
  }
});

test('our own misuse is an error with a name', () => {
  expect(String(new LocalProtocolError('not open'))).toBe('LocalProtocolError: not open');
});
