import { describe, expect, test } from 'vitest';
import { type Given, keepsSecrets, requestFor } from '../../../../src/command/option/credential/asking.ts';
import { parseAddress } from '../../../../src/command/option/target.ts';

const given = (changes: Partial<Given> = {}): Given => ({
  common: {},
  host: undefined,
  headers: [],
  cookies: [],
  stored: undefined,
  ...changes,
});
const address = parseAddress('wss://a.example/chat?x=1');

describe('another origin gets no header', () => {
  test.each([
    ['Authorization: Basic x', false],
    ['cookie: a=1', false],
    ['Proxy-Authorization: x', false],
    ['X-Api-Key: x', false],
    ['X-CSRF-Token: x', false],
    ['My-Session-Id: x', false],
    ['X-Auth: x', false],
    ['Host: b.example', false],
    ['Authorization;', false],
    ['Accept-Language: de', true],
    ['Origin: https://a.example', true],
    ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', true],
    ['User-Agent: x', true],
  ])('%s: %s', (line, passes) => {
    expect(requestFor(given({ headers: [line] }), address, true, undefined).headers).toEqual([line]);
    expect(requestFor(given({ headers: [line] }), address, false, undefined).headers).toEqual(passes ? [line] : []);
    expect(keepsSecrets(given({ headers: [line] }))).toBe(!passes);
  });
});

test('credentials come first, then one Cookie of both kinds, then what was given', () => {
  const all = given({ headers: ['X-A: 1'], cookies: ['a=1', 'b=2'], stored: (url) => `from=${url.length}` });
  const { host, target, headers } = requestFor(all, address, true, 'Authorization: Basic x');
  expect([host, target]).toEqual(['a.example', '/chat?x=1']);
  expect(headers).toEqual(['Authorization: Basic x', 'Cookie: a=1; b=2; from=24', 'X-A: 1']);
  expect(requestFor(all, address, false, undefined).headers).toEqual(['Cookie: from=24', 'X-A: 1']);
});

test('--host is for the first origin', () => {
  expect(requestFor(given({ host: 'other' }), address, true, undefined).host).toBe('other');
  expect(requestFor(given({ host: 'other' }), address, false, undefined).host).toBe('a.example');
});
