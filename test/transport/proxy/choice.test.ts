import { describe, expect, it, test } from 'vitest';
import { environmentProxy, exception, type Server } from '../../../src/transport/proxy/choice.ts';

const WSS: Server = { host: 'a.example', port: 443, secure: true };
const WS: Server = { host: 'a.example', port: 80, secure: false };

/** The variable that was chosen, or why none was. */
function chosen(server: Server, variables: Record<string, string>, noProxy?: string): string {
  const choice = environmentProxy(server, variables, noProxy);
  return choice.url === undefined ? `none: ${choice.why}` : `${choice.origin}=${choice.url}`;
}

describe("curl's order", () => {
  const WSS_ORDER = ['wss_proxy', 'WSS_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
  const WS_ORDER = ['ws_proxy', 'WS_PROXY', 'http_proxy', 'all_proxy', 'ALL_PROXY'];

  it.each([
    ['wss', WSS, WSS_ORDER],
    ['ws', WS, WS_ORDER],
  ] as const)('of %s', (_, server, order) => {
    for (const [index, name] of order.entries()) {
      const later = Object.fromEntries(order.slice(index).map((one) => [one, `http://${one}`]));
      expect(chosen(server, later)).toBe(`${name}=http://${name}`);
    }
  });

  test.each<[string, Server, Record<string, string>, string]>([
    ['nothing is set', WSS, {}, 'none: undefined'],
    ['what is set empty is not set', WSS, { https_proxy: '', all_proxy: 'b' }, 'all_proxy=b'],
    ['wss takes nothing of http', WSS, { http_proxy: 'b', ws_proxy: 'b' }, 'none: undefined'],
    ['ws takes nothing of https', WS, { https_proxy: 'b', wss_proxy: 'b' }, 'none: undefined'],
    ['HTTP_PROXY in capitals is not looked at', WS, { HTTP_PROXY: 'b' }, 'none: HTTP_PROXY is not looked at, only http_proxy'],
    ['but what comes after it is', WS, { HTTP_PROXY: 'b', ALL_PROXY: 'c' }, 'ALL_PROXY=c'],
  ])('%s', (_, server, variables, expected) => expect(chosen(server, variables)).toBe(expected));
});

describe('against it', () => {
  test.each<[string, Server, Record<string, string>, string | undefined, string]>([
    ['no_proxy', WSS, { no_proxy: 'example' }, undefined, 'none: no_proxy has example, so https_proxy does not apply'],
    ['NO_PROXY', WSS, { NO_PROXY: '*' }, undefined, 'none: NO_PROXY has *, so https_proxy does not apply'],
    ['no_proxy before NO_PROXY', WSS, { no_proxy: 'b', NO_PROXY: '*' }, undefined, 'https_proxy=p'],
    [
      'an empty one is none',
      WSS,
      { no_proxy: '', NO_PROXY: '*' },
      undefined,
      'none: NO_PROXY has *, so https_proxy does not apply',
    ],
    ['--no-proxy', WSS, {}, '*', 'none: --no-proxy was given, so https_proxy does not apply'],
    ['--no-proxy in place of NO_PROXY', WSS, { NO_PROXY: '*' }, 'b.example', 'https_proxy=p'],
    ['this machine is like any other', { ...WSS, host: 'localhost' }, {}, undefined, 'https_proxy=p'],
    ['this machine is like any other', { ...WSS, host: '127.0.0.1' }, {}, undefined, 'https_proxy=p'],
    ['this machine is like any other', { ...WSS, host: '::1' }, {}, undefined, 'https_proxy=p'],
    [
      'this machine, where it is named',
      { ...WSS, host: '127.0.0.1' },
      { no_proxy: 'localhost,127.0.0.0/8' },
      undefined,
      'none: no_proxy has 127.0.0.0/8, so https_proxy does not apply',
    ],
  ])('%s %#', (_, server, variables, noProxy, expected) => {
    expect(chosen(server, { https_proxy: 'p', ...variables }, noProxy)).toBe(expected);
  });
});

test.each<[list: string, host: string, port: number, entry: string | undefined]>([
  ['*', 'a.example', 80, '*'],
  ['example.com', 'example.com', 80, 'example.com'],
  ['example.com', 'www.example.com', 80, 'example.com'],
  ['example.com', 'badexample.com', 80, undefined],
  ['example.com', 'example.com.evil', 80, undefined],
  ['.example.com', 'www.example.com', 80, '.example.com'],
  ['.example.com', 'example.com', 80, '.example.com'],
  ['*.example.com', 'www.example.com', 80, '*.example.com'],
  ['EXAMPLE.com', 'www.Example.COM', 80, 'EXAMPLE.com'],
  ['example.com.', 'example.com', 80, 'example.com.'],
  ['example.com', 'example.com.', 80, 'example.com'],
  ['a.example,b.example', 'b.example', 80, 'b.example'],
  ['a.example b.example', 'b.example', 80, 'b.example'],
  [' a.example ,\tb.example ', 'b.example', 80, 'b.example'],
  ['example.com:8080', 'www.example.com', 8080, 'example.com:8080'],
  ['example.com:8080', 'www.example.com', 80, undefined],
  ['192.0.2.1', '192.0.2.1', 80, '192.0.2.1'],
  ['192.0.2.1', '192.0.2.10', 80, undefined],
  ['192.0.2.1:8080', '192.0.2.1', 8080, '192.0.2.1:8080'],
  ['192.0.2.1:8080', '192.0.2.1', 80, undefined],
  ['2.1', '192.0.2.1', 80, undefined],
  ['10.0.0.0/8', '10.200.0.1', 80, '10.0.0.0/8'],
  ['10.0.0.0/8', '11.0.0.1', 80, undefined],
  ['10.0.0.0/8:443', '10.0.0.1', 443, '10.0.0.0/8:443'],
  ['10.0.0.0/8:443', '10.0.0.1', 80, undefined],
  ['10.0.0.0/33', '10.0.0.1', 80, undefined],
  ['10.0.0.0/', '10.0.0.0', 80, undefined],
  ['0.0.0.0/0', '203.0.113.7', 80, '0.0.0.0/0'],
  ['10.0.0.0/8', 'ten.example', 80, undefined],
  ['2001:db8::1', '2001:db8:0::1', 80, '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1', 80, '[2001:db8::1]'],
  ['[2001:db8::1]:443', '2001:db8::1', 443, '[2001:db8::1]:443'],
  ['[2001:db8::1]:443', '2001:db8::1', 80, undefined],
  ['2001:db8::/32', '2001:db8:1::1', 80, '2001:db8::/32'],
  ['2001:db8::/32', '2001:db9::1', 80, undefined],
  ['fe80::/10', 'fe80::1%eth0', 80, 'fe80::/10'],
  ['.', 'a.example', 80, undefined],
  [',,', 'a.example', 80, undefined],
  ['', 'a.example', 80, undefined],
])('the list "%s" for %s and port %i: %s', (list, host, port, entry) => {
  expect(exception({ host, port }, { name: 'no_proxy', list })).toBe(entry === undefined ? undefined : `no_proxy has ${entry}`);
});
