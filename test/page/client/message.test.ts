import { describe, expect, test } from 'vitest';
import { closingOf, payloadOf, subprotocolsOf } from '../../../src/page/client/message.ts';

describe('what is typed', () => {
  test('is text as it is', () => {
    expect(payloadOf('text', ' {no json')).toEqual({ data: ' {no json' });
  });

  test('is JSON, checked and not changed', () => {
    expect(payloadOf('json', '{ "a": [1, 2] }')).toEqual({ data: '{ "a": [1, 2] }' });
    expect(payloadOf('json', '{a:1}')).toEqual({ problem: expect.stringMatching(/^This is no JSON: .+\.$/) });
    expect(payloadOf('json', '')).toHaveProperty('problem');
  });

  test('is hex', () => {
    expect(payloadOf('hex', '00 ff')).toEqual({ data: Uint8Array.of(0, 255) });
    expect(payloadOf('hex', 'fff')).toHaveProperty('problem');
  });
});

describe('how it is closed', () => {
  test.each([
    ['', '', undefined],
    ['1000', '', 1000],
    [' 4999 ', 'x'.repeat(123), 4999],
    ['3000', 'ä'.repeat(61), 3000],
  ])('%j %j', (code, reason, value) => {
    expect(closingOf(code, reason)).toEqual({ code: value, reason });
  });

  test.each([
    ['', 'a reason', /needs a code/],
    ['1001', '', /1000, or 3000 to 4999/],
    ['2999', '', /1000, or 3000 to 4999/],
    ['5000', '', /1000, or 3000 to 4999/],
    ['4000.5', '', /1000, or 3000 to 4999/],
    ['four', '', /1000, or 3000 to 4999/],
    ['1000', 'ä'.repeat(62), /123 bytes/],
  ])('%j %j is nothing that a browser sends', (code, reason, words) => {
    expect(closingOf(code, reason)).toEqual({ problem: expect.stringMatching(words) });
  });
});

test.each([
  ['', []],
  [' , ', []],
  ['chat', ['chat']],
  ['chat, superchat', ['chat', 'superchat']],
  ['a b,c', ['a', 'b', 'c']],
])('subprotocols %j', (text, names) => {
  expect(subprotocolsOf(text)).toEqual(names);
});
