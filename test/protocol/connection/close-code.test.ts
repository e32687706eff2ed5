import { describe, expect, test } from 'vitest';
import { closeCodeMeaning, closeCodeName, mayBeSent } from '../../../src/protocol/connection/close-code.ts';

describe('closeCodeName: as IANA registered it, else the range', () => {
  test.each([
    [1000, 'Normal Closure'],
    [1001, 'Going Away'],
    [1002, 'Protocol error'],
    [1003, 'Unsupported Data'],
    [1004, 'Reserved'],
    [1005, 'No Status Rcvd'],
    [1006, 'Abnormal Closure'],
    [1007, 'Invalid frame payload data'],
    [1008, 'Policy Violation'],
    [1009, 'Message Too Big'],
    [1010, 'Mandatory Ext.'],
    [1011, 'Internal Error'],
    [1012, 'Service Restart'],
    [1013, 'Try Again Later'],
    [1014, 'Bad Gateway'],
    [1015, 'TLS handshake'],
    [3000, 'Unauthorized'],
    [3003, 'Forbidden'],
    [3008, 'Timeout'],
    [1016, 'Unassigned'],
    [2999, 'Unassigned'],
    [3001, 'Unassigned'],
    [3999, 'Unassigned'],
    [4000, 'Private Use'],
    [4999, 'Private Use'],
    [0, 'Not a close code'],
    [999, 'Not a close code'],
    [5000, 'Not a close code'],
    [65535, 'Not a close code'],
  ])('%i → %s', (code, name) => {
    expect(closeCodeName(code)).toBe(name);
  });
});

describe('closeCodeMeaning: says what it means and what to do', () => {
  test.each([
    [1006, /without a Close frame/],
    [1005, /held no code/],
    [1009, /smaller/],
    [1012, /[Cc]onnect again/],
    [4400, /in graphql-ws bad request/],
    [4000, /in Discord unknown error, in Pusher only TLS is accepted/],
    [4567, /application's own/],
    [3500, /Centrifugo/],
    [3499, /^For libraries and frameworks; this one is not registered\.$/],
    [2000, /must not be sent yet/],
    [5000, /must not be sent/],
  ])('%i', (code, words) => {
    expect(closeCodeMeaning(code)).toMatch(words);
  });

  test('every number has sentences that end in a full stop', () => {
    for (let code = 0; code < 6000; code += 1) expect(closeCodeMeaning(code)).toMatch(/^[A-Z].*\.$/);
  });
});

describe('mayBeSent: RFC 6455 §7.4', () => {
  test('is exactly 1000–1003, 1007–1014 and 3000–4999 for a client', () => {
    const legal: number[] = [];
    for (let code = 0; code <= 0xffff; code += 1) if (mayBeSent(code, 'client')) legal.push(code);
    const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
    expect(legal).toEqual([...range(1000, 1003), ...range(1007, 1014), ...range(3000, 4999)]);
  });

  test('1010 is for a client alone, and nothing else differs', () => {
    expect(mayBeSent(1010, 'server')).toBe(false);
    for (let code = 0; code <= 0xffff; code += 1) {
      if (code !== 1010 && mayBeSent(code, 'client') !== mayBeSent(code, 'server')) expect.fail(`code ${code}`);
    }
  });

  test.each([1000.5, Number.NaN, -1, Number.POSITIVE_INFINITY])('%d is no code', (code) => {
    expect(mayBeSent(code, 'client')).toBe(false);
  });
});
