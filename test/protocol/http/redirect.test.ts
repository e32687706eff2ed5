import { describe, expect, test } from 'vitest';
import type { ResponseHead } from '../../../src/protocol/http/head.ts';
import { isRedirect, redirectOf } from '../../../src/protocol/http/redirect.ts';

const answer = (...locations: string[]): ResponseHead => ({
  kind: 'response',
  version: 'HTTP/1.1',
  status: 302,
  reason: 'Found',
  fields: locations.map((value) => ({ name: 'location', value })),
});

test.each([
  [300, false],
  [301, true],
  [302, true],
  [303, true],
  [304, false],
  [305, false],
  [307, true],
  [308, true],
  [309, false],
])('%i', (status, is) => expect(isRedirect(status)).toBe(is));

describe('where it leads', () => {
  test.each<[from: string, location: string, url: string, crossesOrigin: boolean, leavesTls: boolean]>([
    ['ws://a/x/y?q', 'z', 'ws://a/x/z', false, false],
    ['ws://a/x/y?q', '/z?b=1', 'ws://a/z?b=1', false, false],
    ['ws://a/x/y?q', '?b', 'ws://a/x/y?b', false, false],
    ['ws://a/x', '//b/y', 'ws://b/y', true, false],
    ['ws://a/', 'http://a/y', 'ws://a/y', false, false],
    ['ws://a/', 'HTTP://A:80/y', 'ws://a/y', false, false],
    ['ws://a/', 'http://a:81/y', 'ws://a:81/y', true, false],
    ['ws://a/', 'https://a/y', 'wss://a/y', true, false],
    ['wss://a/', 'https://a:443/y', 'wss://a/y', false, false],
    ['wss://a/', 'ws://a/y', 'ws://a/y', true, true],
    ['wss://a/', 'http://b/', 'ws://b/', true, true],
    ['ws://a/', 'ws://user:word@a/y#part', 'ws://a/y', false, false],
    ['ws://a/', 'ws://[::1]:8080', 'ws://[::1]:8080/', true, false],
    ['ws://a/', '/gr\xc3\xbc\xc3\x9fe', 'ws://a/gr%C3%BC%C3%9Fe', false, false],
  ])('%s → %s', (from, location, url, crossesOrigin, leavesTls) => {
    expect(redirectOf(answer(location), from)).toEqual({ url, crossesOrigin, leavesTls });
  });

  test.each<[locations: string[], problem: string]>([
    [[], 'The server redirects (302) without saying where: Location is missing.'],
    [[''], 'The server redirects (302) without saying where: Location is missing.'],
    [['/a', '/b'], 'The server redirects to several places at once.'],
    [['http://['], 'The server redirects to http://[, which is no URL.'],
    [['file:///etc/passwd'], 'The server redirects to file:///etc/passwd: there is no WebSocket behind file:'],
    [['ftp://a/'], 'The server redirects to ftp://a/: there is no WebSocket behind ftp:'],
    [['javascript:x'], 'The server redirects to javascript:x: there is no WebSocket behind javascript:'],
  ])('%j', (locations, problem) => {
    expect(redirectOf(answer(...locations), 'ws://a/')).toEqual({ problem });
  });

  test('the same place twice is one place', () => {
    expect(redirectOf(answer('/b', '/b'), 'ws://a/')).toMatchObject({ url: 'ws://a/b' });
  });
});
