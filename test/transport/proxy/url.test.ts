import { expect, it, test } from 'vitest';
import { parseProxy, proxyText } from '../../../src/transport/proxy/url.ts';

/** `scheme://host:port` and, behind a blank, user and password. */
function read(text: string): string {
  const proxy = parseProxy(text);
  if (typeof proxy === 'string') return proxy;
  const { credentials } = proxy;
  return `${proxyText(proxy)}${credentials ? ` ${credentials.user}:${credentials.password}` : ''}`;
}

it.each([
  ['proxy.example:3128', 'http://proxy.example:3128'],
  ['proxy.example', 'http://proxy.example:1080'],
  ['http://proxy.example', 'http://proxy.example:1080'],
  ['http://proxy.example:80', 'http://proxy.example:80'],
  ['http://proxy.example:443/', 'http://proxy.example:443'],
  ['https://proxy.example', 'https://proxy.example:443'],
  ['https://proxy.example:80', 'https://proxy.example:80'],
  ['HTTP://Proxy.Example:3128', 'http://proxy.example:3128'],
  ['socks4://127.0.0.1', 'socks4://127.0.0.1:1080'],
  ['socks4a://127.0.0.1:9', 'socks4a://127.0.0.1:9'],
  ['socks5://[::1]:9050', 'socks5://[::1]:9050'],
  ['socks5h://localhost:9050', 'socks5h://localhost:9050'],
  ['[::1]:3128', 'http://[::1]:3128'],
  ['me:p%40ss@proxy:3128', 'http://proxy:3128 me:p@ss'],
  ['http://me@proxy:3128', 'http://proxy:3128 me:'],
  ['http://me:100%@proxy:3128', 'http://proxy:3128 me:100%'],
])('%s is %s', (text, proxy) => expect(read(text)).toBe(proxy));

test.each([
  ['ftp://proxy', /^no proxy speaks ftp: write http:\/\//],
  ['socks://proxy', /^socks:\/\/ does not say which version/],
  ['http://me:secret@proxy/path', /^a proxy has no path/],
  ['http://me:secret@', /^that is no address/],
  ['me:secret@pro xy', /^that is no address/],
  ['proxy:99999', /^that is no address/],
  ['proxy:0', /^port 0 is none$/],
  [' ', /^that is no address/],
])('%j is none, and its password is not repeated', (text, problem) => {
  expect(read(text)).toMatch(problem);
  expect(read(text)).not.toContain('secret');
});
