import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../src/command/option/target.ts';
import { parseUnixUrl, unixUrl } from '../../../src/command/option/unix-url.ts';

describe('URLs of servers behind Unix sockets', () => {
  test.each<[text: string, socket: string, target: string, secure?: boolean]>([
    // As npm's ws: a colon ends the path.
    ['ws+unix:/run/app.sock:/chat', '/run/app.sock', '/chat'],
    ['ws+unix:/run/app.sock:/chat?room=a:b', '/run/app.sock', '/chat?room=a:b'],
    ['ws+unix:/run/app.sock:/', '/run/app.sock', '/'],
    ['ws+unix:/run/app.sock:', '/run/app.sock', '/'],
    ['ws+unix:/run/app.sock', '/run/app.sock', '/'],
    ['ws+unix:/run/app.sock?a=b', '/run/app.sock', '/?a=b'],
    ['ws+unix:/run/app.sock:?a=b', '/run/app.sock', '/?a=b'],
    ['ws+unix:///run/app.sock:/chat', '/run/app.sock', '/chat'],
    ['ws+unix:./app.sock:/chat', './app.sock', '/chat'],
    ['ws+unix:/run/my%20app%3A1.sock:/a b', '/run/my app:1.sock', '/a%20b'],
    ['ws+unix:@name:/chat', '@name', '/chat'],
    // The path as the host.
    ['ws+unix://%2Frun%2Fapp.sock/chat?a', '/run/app.sock', '/chat?a'],
    ['ws+unix://%2Frun%2Fapp.sock', '/run/app.sock', '/'],
    ['ws+unix://%2Frun%2Fapp.sock:/chat', '/run/app.sock', '/chat'],
    ['ws+unix://@name/chat', '@name', '/chat'],
    ['WSS+UNIX:/run/app.sock:/', '/run/app.sock', '/', true],
    ['wss+unix:/run/app.sock:/', '/run/app.sock', '/', true],
    ['unix:/run/app.sock', '/run/app.sock', '/'],
    ['unix:@name:/chat', '@name', '/chat'],
    ['http+unix:/run/app.sock:/', '/run/app.sock', '/'],
    ['https+unix:/run/app.sock:/', '/run/app.sock', '/', true],
  ])('%s', (text, socket, target, secure = false) => {
    const url = parseUnixUrl(text);
    expect(url).toMatchObject({ socket, target, secure });
    expect(parseUnixUrl(url?.url ?? '')).toEqual(url);
  });

  test('whatever its name, a socket survives being written as a URL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        fc.pre(!name.includes('\0') && !name.startsWith('//'));
        expect(parseUnixUrl(unixUrl(name, '/a?b'))).toMatchObject({ socket: name, target: '/a?b', secure: false });
      }),
    );
  });

  test.each(['ws+unix:', 'ws+unix::/chat', 'ws+unix:/a%zz:/', 'ws+unix:/a.sock:chat', 'ws+unix:/a%00b:/'])(
    '%s names none',
    (text) => {
      expect(() => parseUnixUrl(text)).toThrow(/names no Unix socket: write ws\+unix:\/path\/to\.sock:\/request/);
    },
  );

  test('a fragment is refused', () => {
    expect(() => parseUnixUrl('ws+unix:/a.sock:/chat#top')).toThrow('has a fragment');
  });

  test.each(['ws://host/', 'unix:80', 'unix', 'host:80', '/a/path'])('%s is another kind of address', (text) => {
    expect(parseUnixUrl(text)).toBeUndefined();
  });
});

test('as an address: Host is localhost', () => {
  expect(parseAddress('wss+unix:/run/app.sock:/chat')).toEqual({
    url: 'wss+unix:/run/app.sock:/chat',
    host: 'localhost',
    port: 443,
    secure: true,
    hostField: 'localhost',
    target: '/chat',
    userinfo: undefined,
    unixSocket: '/run/app.sock',
  });
});

describe('link-local addresses with their interface', () => {
  test.each([
    ['ws://[fe80::1%25eth0]:8080/x', 'fe80::1%eth0', '[fe80::1]:8080'],
    ['ws://[fe80::1%eth0]:8080/x', 'fe80::1%eth0', '[fe80::1]:8080'],
    ['[FE80::1%lo]', 'fe80::1%lo', '[fe80::1]'],
  ])('%s: Host is without it (RFC 6874 §3)', (text, host, hostField) => {
    expect(parseAddress(text)).toMatchObject({ host, hostField });
  });
});
