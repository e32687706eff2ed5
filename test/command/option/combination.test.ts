import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { goodServer } from '../../peer.ts';
import { run } from '../../program.ts';

/** Options that do not go together, or mean nothing alone: each is refused with words, or works. None is dropped in silence. */
const SOCKET = ['--unix-socket', '/nowhere.sock'];

test.each<[argv: string[], said: string]>([
  [['--http2', '--http1.1'], '--http2 and --http1.1 exclude each other: give one'],
  [
    ['--http2', '--alpn', 'http/1.1'],
    '--http2 is chosen by ALPN, and --alpn does not offer it: add h2 to --alpn, or leave that out',
  ],
  [['--http2', '--alpn', 'none'], '--http2 is chosen by ALPN, and --alpn does not offer it: add h2 to --alpn, or leave that out'],
  [['-4', '-6'], '-4 and -6 exclude each other: leave out both to take either'],
  [[...SOCKET, '--proxy', 'http://a.test:1'], '--proxy and a Unix socket exclude each other: a proxy leads to a host and a port'],
  [
    [...SOCKET, '--resolve', 'a.test:80:127.0.0.1'],
    '--resolve and a Unix socket exclude each other: a socket is no address; give one',
  ],
  [
    [...SOCKET, '--connect-to', '::b.test:'],
    '--connect-to and a Unix socket exclude each other: a socket is no address; give one',
  ],
  [[...SOCKET, '-4'], '--ipv4 and a Unix socket exclude each other: a socket is no address; give one'],
  [[...SOCKET, '-6'], '--ipv6 and a Unix socket exclude each other: a socket is no address; give one'],
  [[...SOCKET, '--interface', 'lo'], '--interface and a Unix socket exclude each other: a socket is no address; give one'],
  [[...SOCKET, '--abstract-unix-socket', 'b'], 'two Unix sockets were given, "/nowhere.sock" and "@b": give one'],
  [['--key', 'k.pem'], '--key is the key of a certificate: give --cert FILE too'],
  [['--passphrase', 's'], '--passphrase opens the key of --cert: give --cert FILE too'],
  [['--ca-only'], '--ca-only trusts what --ca names, and nothing is named: give --ca FILE'],
  [['--tls-min', '1.3', '--tls-max', '1.2'], '--tls-min is newer than --tls-max: no version is left'],
  [['--auth', 'a:b', '--bearer', 'c'], '--auth and --bearer both set Authorization: give one'],
  [['--max-redirects', '3'], '--max-redirects is about redirects that are followed: give -L too'],
  [['--allow-downgrade'], '--allow-downgrade is about redirects that are followed: give -L too'],
])('%j', async (argv, said) => {
  expect(await run([...argv, '-x', 'hi', 'ws://localhost:1/'])).toEqual({ status: 2, stdout: '', stderr: `wstap: ${said}\n` });
});

describe('what is said to a proxy that is not asked', () => {
  test.each([
    ['--proxy-auth', 'a:b', {}, 'no proxy is given, by --proxy or the environment'],
    ['--proxy-header', 'A: b', {}, 'no proxy is given, by --proxy or the environment'],
    [
      '--proxy-auth',
      'a:b',
      { http_proxy: 'http://p.test', no_proxy: '127.0.0.1' },
      'no_proxy has 127.0.0.1, so http_proxy does not apply',
    ],
  ])('%s %s %j', async (name, value, variables, why) => {
    const { url } = await goodServer((client) => client.send('there'));
    expect(await run(['-1', name, value, url], '', { variables })).toEqual({
      status: 0,
      stdout: 'there\n',
      stderr: `wstap: ! ${name} is not used: ${why}\n`,
    });
  });
});

describe('a profile and the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'combination-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'wstap'));
  const path = join(folder, 'wstap', 'config.json');

  test.each<[profile: object, argv: string[]]>([
    [{ http2: true }, ['--http1.1']],
    [{ ipv6: true }, ['-4']],
    [{ 'unix-socket': '/nowhere.sock' }, ['--resolve', '*:*:127.0.0.1']],
    [{ 'unix-socket': '/nowhere.sock' }, ['-4']],
    [{ 'abstract-unix-socket': 'nobody' }, ['--interface', '127.0.0.1']],
    [{ proxy: 'http://127.0.0.1:1' }, ['--no-proxy']],
    [{ auth: 'bob' }, ['--bearer', 'token']],
  ])('%j gives way to %j', async (profile, argv) => {
    const { url } = await goodServer((client) => client.send('there'));
    writeFileSync(path, JSON.stringify({ profiles: { p: { url, ...profile } } }), { mode: 0o600 });
    expect(await run(['@p', '-1', ...argv], '', { variables: { XDG_CONFIG_HOME: folder } })).toEqual({
      status: 0,
      stdout: 'there\n',
      stderr: '',
    });
  });
});
