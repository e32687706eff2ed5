import { describe, expect, test } from 'vitest';
import { checkedClosePayload, clippedClosePayload } from '../../../src/protocol/connection/close-payload.ts';
import { LocalProtocolError } from '../../../src/protocol/rule.ts';

const told = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('what a caller asks for is checked', () => {
  test.each<[number | undefined, string, string]>([
    [undefined, '', ''],
    [1000, '', '03e8'],
    [1000, 'bye', '03e8627965'],
    [4999, 'é', '1387c3a9'],
    [1010, '', '03f2'],
    [3000, 'x'.repeat(123), `0bb8${'78'.repeat(123)}`],
  ])('%s "%s"', (code, reason, wanted) => {
    expect(told(checkedClosePayload(code, reason, 'client'))).toBe(wanted);
  });

  test.each<[number | undefined, string, string]>([
    [undefined, 'bye', 'a close reason needs a close code before it'],
    ...[0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5, -1, Number.NaN].map((code): [number, string, string] => [
      code,
      '',
      `close code ${code} must not be sent by a server; take 1000, or 3000 to 4999 (RFC 6455 §7.4)`,
    ]),
    [1010, '', 'close code 1010 must not be sent by a server; take 1000, or 3000 to 4999 (RFC 6455 §7.4)'],
    [1000, 'x'.repeat(124), 'a close reason has at most 123 bytes, this one 124'],
    [1000, 'é'.repeat(62), 'a close reason has at most 123 bytes, this one 124'],
  ])('%s "%s" is our own mistake', (code, reason, message) => {
    expect(() => checkedClosePayload(code, reason, 'server')).toThrow(new LocalProtocolError(message));
  });
});

describe('what we say on our own is cut between characters', () => {
  test.each<[number, string, string]>([
    [1005, 'dropped', ''],
    [1002, '', ''],
    [1002, 'x'.repeat(123), 'x'.repeat(123)],
    [1002, 'x'.repeat(124), 'x'.repeat(123)],
    [1002, 'é'.repeat(62), 'é'.repeat(61)],
    [1002, `${'x'.repeat(121)}€`, 'x'.repeat(121)],
    [1002, `${'x'.repeat(120)}€`, `${'x'.repeat(120)}€`],
    [1002, `${'x'.repeat(120)}😀`, 'x'.repeat(120)],
    [1002, `${'x'.repeat(119)}😀`, `${'x'.repeat(119)}😀`],
    [1002, `${'x'.repeat(122)}😀`, 'x'.repeat(122)],
    [1002, `${'x'.repeat(123)}😀`, 'x'.repeat(123)],
    [1002, '€'.repeat(1_000_000), '€'.repeat(41)],
  ])('%i', (code, reason, wanted) => {
    const payload = Buffer.from(clippedClosePayload(code, reason));
    expect(payload.toString('utf8', 2)).toBe(wanted);
    if (code !== 1005) expect(payload.readUInt16BE(0)).toBe(code);
  });
});
