import { describe, expect, test } from 'vitest';
import { isHostAllowed, isLoopbackName, isOriginAllowed, listedOrigin } from '../../../src/protocol/handshake/origin.ts';

test.each(['localhost', 'LocalHost', 'localhost.', 'a.localhost', '[::1]', '::1', '127.0.0.1', '127.9.8.7'])(
  '%s names this machine',
  (name) => expect(isLoopbackName(name)).toBe(true),
);

test.each(['', 'localhost.example', 'notlocalhost', '[::2]', '::', '10.0.0.1', '127.0.0.1.example', '1127.0.0.1', '127.0.0'])(
  '%j does not',
  (name) => expect(isLoopbackName(name)).toBe(false),
);

describe('an origin', () => {
  const listed = ['https://example.com', 'http://other.example:8080'];

  test.each([
    [undefined, 'no browser sends none'],
    ['http://localhost:3000', 'a page on this machine'],
    ['https://[::1]', 'by its address'],
    ['localhost:3000', 'as libraries of 2012 wrote it'],
    ['https://example.com', 'one that is listed'],
    ['https://EXAMPLE.com:443', 'in another spelling'],
    ['http://other.example:8080', 'with its port'],
  ])('%s may connect: %s', (origin, _) => expect(isOriginAllowed(origin, listed)).toBe(true));

  test.each([
    ['http://example.com', 'another scheme'],
    ['https://example.com:8443', 'another port'],
    ['https://a.example.com', 'a name below'],
    ['https://example.com.evil.example', 'a name that begins like it'],
    ['https://localhost.evil.example', 'a name that begins like this machine'],
    ['https://evil.example/localhost', 'no origin: it has a path'],
    ['https://localhost@evil.example', 'no origin: it has a user'],
    ['null', 'a sandbox'],
    ['file://', 'a file'],
    ['', 'nothing'],
  ])('%s may not: %s', (origin) => expect(isOriginAllowed(origin, listed)).toBe(false));

  test('any may where * is listed, and one that is no URL may be listed as it is', () => {
    expect(isOriginAllowed('https://evil.example', ['*'])).toBe(true);
    expect(isOriginAllowed('null', ['null'])).toBe(true);
  });
});

describe('a Host', () => {
  test.each([
    'localhost',
    'localhost:8080',
    'a.localhost:1',
    '127.0.0.1:80',
    '192.168.1.7:9',
    '[::1]:80',
    '[fe80::1]',
    'allowed.example:1',
  ])('%s is one of this server', (host) => expect(isHostAllowed(host, ['Allowed.example'])).toBe(true));

  test.each(['evil.example', 'evil.example:8080', 'localhost.evil.example', '127.0.0.1.evil.example', 'a.allowed.example', ''])(
    '%j is a name that somebody else gave it',
    (host) => expect(isHostAllowed(host, ['Allowed.example'])).toBe(false),
  );

  test('any is where * is allowed', () => expect(isHostAllowed('evil.example:80', ['*'])).toBe(true));
});

test.each([
  ['a.allowed.example:1', true],
  ['A.Allowed.Example', true],
  ['allowed.example', false],
  ['a.b.allowed.example', false],
  ['.allowed.example', false],
  ['a.allowed.example.evil', false],
])('a star is one label: %s: %s', (host, allowed) => {
  expect(isHostAllowed(host, ['*.Allowed.example'])).toBe(allowed);
});

test.each([
  ['https://app.example', 'https://app.example'],
  ['https://app.example/', 'https://app.example'],
  ['http://[::1]:80/', 'http://[::1]:80'],
  ['chrome-extension://abc', 'chrome-extension://abc'],
  ['file://', 'file://'],
  ['localhost:80', 'localhost:80'],
  ['null', 'null'],
  ['*', '*'],
  ['app.example', undefined],
  ['https://app.example/path', undefined],
  ['https://user@app.example', undefined],
  ['https://app.example?x', undefined],
  ['', undefined],
])('as a listed origin %j is %j', (text, origin) => {
  expect(listedOrigin(text)).toBe(origin);
});
