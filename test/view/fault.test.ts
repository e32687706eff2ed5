import { expect, test } from 'vitest';
import { escapeText } from '../../src/view/escape.ts';
import { faultLines, faultText } from '../../src/view/fault.ts';
import { plainStyle } from '../../src/view/style.ts';

const safe = (text: string) => escapeText(text, { mark: plainStyle.escape });
const event = { type: 'fault', name: 'rsv', detail: 'message 1: RSV1 set', at: 1, connection: 2 } as const;

test('what was got wrong on purpose, under the frames’ margin', () => {
  const view = { style: plainStyle, width: 80, safe };
  expect(faultLines(event, { ...view, numbered: true })).toEqual(['#2        ! fault: rsv, message 1: RSV1 set']);
  expect(faultLines(event, { ...view, numbered: false })).toEqual(['          ! fault: rsv, message 1: RSV1 set']);
});

test('a long one is wrapped', () => {
  expect(faultLines(event, { style: plainStyle, width: 34, safe, numbered: false })).toEqual([
    '          ! fault: rsv, message 1:',
    '            RSV1 set',
  ]);
});

test('what it quotes of a peer is escaped', () => {
  expect(faultText({ name: 'redirect', detail: '302 to /\x1b[2J' }, safe)).toBe('fault: redirect, 302 to /\\x1b[2J');
});
