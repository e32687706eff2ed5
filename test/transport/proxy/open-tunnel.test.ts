import { once } from 'node:events';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type OpenTunnel, tunnelBy } from '../../../src/transport/proxy/open-tunnel.ts';
import type { ProxyServer } from '../../../src/transport/route.ts';
import { describeWith } from '../../need.ts';
import { answering, echoServer, rawServer } from '../../peer.ts';
import { run } from '../../program.ts';
import { makeCertificates, OPENSSL } from '../certificates.ts';

const QUICK = ['-q', '-w', '50ms'];
const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/** Reads a CONNECT, keeps its head, and carries bytes between the client and `port` here, whatever was asked for. */
function carrier(heads: string[], port: number) {
  return (socket: Socket) => {
    let head = '';
    const take = (chunk: Buffer) => {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      socket.off('data', take);
      heads.push(head);
      const server = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(server).pipe(socket);
      });
      server.on('error', () => socket.destroy());
      socket.on('close', () => server.destroy());
    };
    socket.on('data', take);
  };
}

/** An HTTP proxy that leads everywhere to one echo server. `heads`: what it was asked. */
async function echoProxy() {
  const server = await echoServer();
  const heads: string[] = [];
  const { port } = await rawServer(carrier(heads, server.port));
  return { port, heads, server };
}

describe('the CONNECT', () => {
  test.each<[url: string, options: string[], head: string]>([
    ['ws://server.test/chat', [], 'CONNECT server.test:80 HTTP/1.1\r\nHost: server.test:80\r\n\r\n'],
    ['ws://[2001:db8::1]:81/', [], 'CONNECT [2001:db8::1]:81 HTTP/1.1\r\nHost: [2001:db8::1]:81\r\n\r\n'],
    [
      'ws://server.test:81/',
      ['--proxy-auth', 'me:pa:ss', '--proxy-header', 'X-One: 1', '--proxy-header', 'X-Two;'],
      `CONNECT server.test:81 HTTP/1.1\r\nHost: server.test:81\r\nProxy-Authorization: Basic ${btoa('me:pa:ss')}\r\nX-One: 1\r\nX-Two:\r\n\r\n`,
    ],
    [
      'ws://server.test/',
      ['--proxy-header', 'Host: other.test', '--proxy-header', 'Proxy-Authorization: Bearer x'],
      'CONNECT server.test:80 HTTP/1.1\r\nHost: other.test\r\nProxy-Authorization: Bearer x\r\n\r\n',
    ],
  ])('for %s with %j', async (url, options, head) => {
    const { port, heads } = await echoProxy();
    const outcome = await run([...QUICK, '--proxy', `127.0.0.1:${port}`, ...options, url], 'hi\n');
    expect(outcome).toEqual({ status: 0, stdout: 'hi\n', stderr: '' });
    expect(heads).toEqual([head]);
  });

  test('to a proxy at an IPv6 address', async () => {
    const { port } = await echoServer();
    const server = createTcpServer(carrier([], port)).listen(0, '::1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port: proxyPort } = server.address() as AddressInfo;
    const outcome = await run(['-v', '-w', '50ms', '--proxy', `[::1]:${proxyPort}`, 'ws://server.test/'], 'hi\n');
    expect(outcome).toMatchObject({ status: 0, stdout: 'hi\n' });
    expect(outcome.stderr).toContain(`through the proxy http://[::1]:${proxyPort} (from --proxy)`);
  });

  test('what is for the proxy does not reach the server', async () => {
    let headers: unknown;
    const { port } = await echoServer();
    const seen: string[] = [];
    const spy = await rawServer((socket) => {
      socket.once('data', (chunk) => {
        headers = chunk.toString('latin1');
        socket.end();
      });
    });
    const proxy = await rawServer(carrier(seen, spy.port));
    await run([
      ...QUICK,
      '--proxy',
      `me:secret@127.0.0.1:${proxy.port}`,
      '--proxy-header',
      'X-One: 1',
      `ws://server.test:${port}/`,
    ]);
    expect(seen[0]).toContain('X-One');
    expect(headers).toMatch(/^GET \/ HTTP\/1\.1/);
    expect(headers).not.toMatch(/proxy|x-one/i);
  });
});

describe('which proxy, and why', () => {
  const through = (port: number) => ({ http_proxy: `http://127.0.0.1:${port}`, no_proxy: 'direct.test' });

  test('that of the environment', async () => {
    const { port } = await echoProxy();
    const outcome = await run(['-v', '-w', '50ms', 'ws://server.test/'], 'hi\n', { variables: through(port) });
    expect(outcome.stdout).toBe('hi\n');
    expect(outcome.stderr).toContain(`wstap: through the proxy http://127.0.0.1:${port} (from http_proxy)\n`);
    expect(outcome.stderr).toMatch(/ {2}Proxy .* http_proxy: CONNECT 200\n/);
  });

  test.each(['localhost', '127.0.0.1', '[::1]'])('that of the environment leads to %s too, as with curl', async (host) => {
    const { port, heads } = await echoProxy();
    const outcome = await run([...QUICK, `ws://${host}:81/`], 'hi\n', { variables: through(port) });
    expect(outcome).toMatchObject({ status: 0, stdout: 'hi\n' });
    expect(heads).toEqual([expect.stringContaining(`CONNECT ${host}:81 `)]);
  });

  test.each<[string, string[], Record<string, string>, RegExp | undefined]>([
    [
      'NO_PROXY',
      [],
      { no_proxy: '127.0.0.0/8' },
      /through no proxy: no_proxy has 127\.0\.0\.0\/8, so http_proxy does not apply\n/,
    ],
    ['--no-proxy', ['--no-proxy'], {}, /through no proxy: --no-proxy was given, so http_proxy does not apply\n/],
    ['--no-proxy=LIST', ['--no-proxy=a.test,127.0.0.1'], {}, /through no proxy: --no-proxy has 127\.0\.0\.1, so/],
    ['--noproxy LIST', ['--noproxy', '*'], {}, /through no proxy: --no-proxy was given, so/],
    ['an empty --proxy', ['--proxy', ''], {}, /through no proxy: --proxy is empty\n/],
    [
      '--proxy and --no-proxy',
      ['--proxy', '127.0.0.1:1', '--no-proxy=127.0.0.1'],
      {},
      /through no proxy: --no-proxy has 127\.0\.0\.1\n/,
    ],
    ['nothing set', [], { http_proxy: '' }, undefined],
  ])('none: %s', async (_, options, variables, words) => {
    const { url } = await echoServer();
    // Whoever asked this proxy would be refused.
    const environment = { http_proxy: 'http://127.0.0.1:1', ...variables };
    const outcome = await run(['-v', '-w', '50ms', ...options, url], 'hi\n', { variables: environment });
    expect(outcome).toMatchObject({ status: 0, stdout: 'hi\n' });
    if (words) expect(outcome.stderr).toMatch(words);
    else expect(outcome.stderr).not.toContain('proxy');
  });

  test.each([['--no-proxy='], ['--noproxy', ''], ['--noproxy=']])('an empty list excepts nobody: %j %j', async (...list) => {
    const { port, heads } = await echoProxy();
    const variables = { ...through(port), no_proxy: '*' };
    expect((await run([...QUICK, ...list, 'ws://server.test/'], 'hi\n', { variables })).stdout).toBe('hi\n');
    expect((await run([...QUICK, ...list, '--proxy', `127.0.0.1:${port}`, 'ws://server.test/'], 'hi\n')).stdout).toBe('hi\n');
    expect(heads).toHaveLength(2);
  });

  test('--proxy leads to this machine too, and NO_PROXY is not for it', async () => {
    const { port, heads, server } = await echoProxy();
    const variables = { no_proxy: '*', http_proxy: 'http://127.0.0.1:1' };
    const outcome = await run([...QUICK, '--proxy', `127.0.0.1:${port}`, server.url], 'hi\n', { variables });
    expect(outcome).toMatchObject({ status: 0, stdout: 'hi\n' });
    expect(heads).toHaveLength(1);
  });

  test('handshake says so too, also as JSON', async () => {
    const { port } = await echoProxy();
    const text = await run(['handshake', 'ws://server.test/'], '', { variables: through(port) });
    expect(text.stdout).toContain(`\nThrough the proxy http://127.0.0.1:${port} (from http_proxy).\n`);
    const json = await run(['handshake', '--format', 'json', 'ws://server.test/'], '', { variables: through(port) });
    expect(JSON.parse(json.stdout).notes).toEqual([`Through the proxy http://127.0.0.1:${port} (from http_proxy).`]);
  });

  test('the echo server inside is reached without one, whatever is said', async () => {
    const variables = { http_proxy: 'http://127.0.0.1:1', all_proxy: 'http://127.0.0.1:1' };
    expect(await run([...QUICK, '--proxy', '127.0.0.1:1'], 'hi\n', { variables })).toEqual({
      status: 0,
      stdout: 'hi\n',
      stderr: '',
    });
  });
});

test.each([
  [['--proxy-auth', 'me:pw', '--proxy'], '127.0.0.1'],
  [['--proxy'], 'http://me:pw@127.0.0.1'],
])('a password on the command line is warned of: %j %s', async (options, proxy) => {
  const { port } = await echoProxy();
  const argv = [...QUICK, '-x', 'hi', ...options, `${proxy}:${port}`, 'ws://server.test/'];
  const outcome = await run(argv, '', { terminal: true });
  expect(outcome.status).toBe(0);
  expect(outcome.stderr).toContain('! a secret on the command line can be seen by every user of this machine');
});

describe('what cannot be meant', () => {
  test.each<[string[], Record<string, string>, RegExp]>([
    [['--proxy', 'ftp://a'], {}, /--proxy: no proxy speaks ftp: write http:\/\//],
    [['--proxy', 'http://me:secret@/'], {}, /--proxy: that is no address/],
    [
      [],
      { http_proxy: 'socks://a' },
      /the variable http_proxy: socks:\/\/ does not say which version: .*; or --no-proxy to go without/,
    ],
    [['--proxy', 'a', '--proxy-header', 'X'], {}, /--proxy-header "X": a header is written 'Name: value'/],
    [['--proxy', 'a', '--proxy-auth', 'me', '--no-input'], {}, /--proxy-auth USER:PASSWORD or the variable WSTAP_PROXY_PASSWORD/],
    [['--proxy', 'a', '--unix-socket', '/tmp/none'], {}, /--proxy and a Unix socket exclude each other/],
  ])('%j %j', async (options, variables, words) => {
    const outcome = await run([...QUICK, ...options, 'ws://server.test/'], '', { variables });
    expect(outcome).toMatchObject({ status: 2, stdout: '' });
    expect(oneLine(outcome.stderr)).toMatch(words);
    expect(outcome.stderr).not.toContain('secret');
  });

  test.each<[string[], RegExp]>([
    [['--via-get', 'ws://server.test/'], /--via-get needs an HTTP proxy/],
    [['--via-get', '--proxy', 'socks5://a', 'ws://server.test/'], /--via-get needs an HTTP proxy/],
    [['--via-get', '--proxy', 'a', 'wss://server.test/'], /--via-get is for ws:\/\/ only/],
  ])('handshake %j', async (options, words) => {
    const outcome = await run(['handshake', ...options]);
    expect(outcome.status).toBe(2);
    expect(outcome.stderr).toMatch(words);
  });
});

describe('a proxy that fails', () => {
  const http = 'HTTP/1.1 ';
  test.each<[string, answer: string | Uint8Array, words: string]>([
    [
      'refuses',
      `${http}403 Filtered\r\nContent-Length: 7\r\n\r\nBlocked`,
      'it answered 403 Filtered when asked for a tunnel to server.test:80: it does not let you there; it says: “Blocked” → try: port 443 (wss)',
    ],
    [
      'cannot reach the server',
      `${http}502 Bad Gateway\r\n\r\n<h1>No route</h1>`,
      ': it could not reach the server; it says: “No route” → try: check host and port as the proxy sees them',
    ],
    ['is overloaded', `${http}503 Busy\r\n\r\n`, 'it answered 503 Busy'],
    [
      'wants another login',
      `${http}407 X\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n`,
      'it wants a login by Negotiate or NTLM, and only Basic is spoken here',
    ],
    [
      'is a web server',
      `${http}405 Method Not Allowed\r\n\r\n`,
      'it makes no tunnels (CONNECT); it may be a web server and no proxy',
    ],
    ['is an SSH server', 'SSH-2.0-x\r\n', 'it does not answer in HTTP: “SSH-2.0-x ” → try: check the proxy'],
    [
      'expects TLS',
      Uint8Array.of(0x15, 3, 1, 0, 2, 2, 0x46),
      'it answers in TLS: it is an HTTPS proxy → try: write https:// before its address',
    ],
    [
      'breaks the grammar',
      'HTTP/1.1 200 OK\n\n',
      'its answer breaks the grammar of HTTP: a line ends with LF alone instead of CR LF',
    ],
    [
      'ends without a word',
      '',
      'it ended the connection without an answer → try: https:// before its address, if it expects TLS, or socks5h://',
    ],
    ['ends in the middle', 'HTTP/1.1 20', 'it ended the connection after 11 bytes that are no whole answer'],
    [
      'has a head without end',
      `${http}200 OK\r\n${'X-Long: x\r\n'.repeat(200)}`,
      'its answer breaks the grammar of HTTP: the head has more than 128 fields',
    ],
    ['has a line without end', `${http}200 ${'x'.repeat(70_000)}`, 'the head is larger than 65536 bytes'],
    ['is only interim', `${http}100 Continue\r\n\r\n`.repeat(20), 'more than 8 interim answers (1xx)'],
    [
      'drives terminals',
      `${http}403 \u009b2J\r\n\r\n\u001b]0;x\u0007\u202e`,
      '403 Â\\x9b2J when asked for a tunnel to server.test:80: it does not let you there; it says: “\\x1b]0;x\\x07\\u202e”',
    ],
  ])('because it %s', async (_, answer, words) => {
    const { port } = await answering(answer);
    const outcome = await run([...QUICK, '--proxy', `127.0.0.1:${port}`, 'ws://server.test/']);
    expect(outcome).toMatchObject({ status: 4, stdout: '' });
    expect(oneLine(outcome.stderr)).toMatch(/^wstap: the proxy failed: /);
    expect(oneLine(outcome.stderr)).toContain(words);
  });

  test.each(['tcp', 'json'])('because nobody is there (%s)', async (form) => {
    const options = form === 'json' ? ['--format', 'json'] : [];
    const outcome = await run([...QUICK, ...options, 'ws://server.test/'], '', { variables: { http_proxy: '127.0.0.1:1' } });
    expect(outcome.status).toBe(4);
    const words = '127.0.0.1:1 refused the connection; that is the address of the proxy (from http_proxy)';
    if (form === 'json') {
      const last = JSON.parse(outcome.stdout.trim().split('\n').at(-1) ?? '');
      expect(last).toMatchObject({ type: 'failure', hop: 'tcp', code: 'ECONNREFUSED', message: words });
    } else {
      expect(oneLine(outcome.stderr)).toBe(
        `wstap: could not connect: ${words} Likely cause: Nothing listens on this port. → try: another --proxy, or --no-proxy to go without it`,
      );
    }
  });

  test('because it is silent', async () => {
    const { port } = await rawServer((socket) => socket.resume());
    const outcome = await run([...QUICK, '--timeout', '200ms', '--proxy', `127.0.0.1:${port}`, 'ws://server.test/']);
    expect(outcome.status).toBe(124);
    expect(oneLine(outcome.stderr)).toContain('wstap: timed out (Proxy): no open connection within 0.2 s');
    expect(oneLine(outcome.stderr)).toContain('Likely cause: The proxy did not open a way to the server in time.');
  });

  test('a body without end is cut, and not waited for', async () => {
    const { port, sockets } = await rawServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 502 Bad\r\n\r\n');
        const flood = () => {
          while (!socket.destroyed && socket.write('word '.repeat(1000)));
        };
        socket.on('drain', flood);
        flood();
      });
    });
    const outcome = await run([...QUICK, '--proxy', `127.0.0.1:${port}`, 'ws://server.test/']);
    expect(outcome.status).toBe(4);
    expect(oneLine(outcome.stderr)).toContain(`it says: “${'word '.repeat(32).trim()}…”`);
    // Nothing holds the flood back but its end.
    const ends = sockets.map((socket) => socket.destroyed || new Promise((resolve) => socket.once('close', resolve)));
    await Promise.all(ends);
  });

  test('a body that never ends is waited for a moment', async () => {
    const { port } = await rawServer((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 502 Bad\r\nContent-Length: 99\r\n\r\nfirst words')),
    );
    const outcome = await run([...QUICK, '--proxy', `127.0.0.1:${port}`, 'ws://server.test/']);
    expect(oneLine(outcome.stderr)).toContain('it says: “first words”');
  });
});

describe('openTunnel', () => {
  const openTunnel: OpenTunnel = async (socket, target, proxy, observer) =>
    (await tunnelBy(proxy.scheme))(socket, target, proxy, observer);

  const observer = () => {
    const told: string[] = [];
    return {
      told,
      begin: (hop: string) => void told.push(`begin ${hop}`),
      done: (hop: string, detail: string) => void told.push(`${hop}: ${detail}`),
    };
  };
  const proxy = (scheme: ProxyServer['scheme'], port: number): ProxyServer => ({
    scheme,
    host: '127.0.0.1',
    port,
    origin: '--proxy',
  });
  const target = { host: 'server.test', port: 80 };

  async function open(talk: (socket: Socket) => void) {
    const { port, sockets } = await rawServer(talk);
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    return { socket, sockets, port };
  }

  test.each<[ProxyServer['scheme'], answers: string[], detail: string]>([
    ['http', ['HTTP/1.1 200 OK\r\n\r\nearly'], '--proxy: CONNECT 200'],
    ['socks5h', ['\x05\x00', '\x05\x00\x00\x01\0\0\0\0\0\0early'], '--proxy: SOCKS5H'],
    ['socks4a', ['\0\x5a\0\0\0\0\0\0early'], '--proxy: SOCKS4A'],
  ])('%s keeps bytes that come behind the answer', async (scheme, answers, detail) => {
    const { socket, port } = await open((peer) => {
      const left = [...answers];
      peer.on('data', () => peer.write(Buffer.from(left.shift() ?? '', 'latin1')));
    });
    const watcher = observer();
    const tunnel = await openTunnel(socket, target, proxy(scheme, port), watcher);
    expect(watcher.told).toEqual(['begin proxy', `proxy: ${detail}`]);
    expect(tunnel.isPaused()).toBe(true);
    const [first] = await once(tunnel.resume(), 'data');
    expect(String(first)).toBe('early');
    for (const event of ['end', 'close', 'error']) {
      // Nothing of ours listens on.
      expect(tunnel.listenerCount(event), event).toBeLessThanOrEqual(1);
    }
  });

  test.each<[ProxyServer['scheme'], string]>([
    ['http', 'it ended the connection without an answer'],
    ['socks5h', 'it ended the connection without an answer'],
  ])('%s given up from outside', async (scheme, words) => {
    const { socket, port } = await open((peer) => peer.resume());
    const opening = openTunnel(socket, target, proxy(scheme, port), observer());
    socket.destroy();
    await expect(opening).rejects.toMatchObject({ name: 'RouteError', hop: 'proxy', message: words });
  });

  test.each<ProxyServer['scheme']>(['http', 'socks5', 'socks4'])('%s that resets', async (scheme) => {
    const { socket, port } = await open((peer) => peer.once('data', () => peer.resetAndDestroy()));
    await expect(openTunnel(socket, target, proxy(scheme, port), observer())).rejects.toMatchObject({
      hop: 'proxy',
      code: 'PROXY_EMPTY',
    });
    expect(socket.destroyed).toBe(true);
  });

  test('what SOCKS cannot say is not said', async () => {
    const { socket, sockets, port } = await open(() => undefined);
    const opening = openTunnel(socket, { host: '::1', port: 80 }, proxy('socks4a', port), observer());
    await expect(opening).rejects.toMatchObject({ code: 'SOCKS4_IPV6', hint: 'use socks5h://' });
    expect(sockets.map(({ bytesRead }) => bytesRead)).toEqual([0]);
  });
});

describeWith(OPENSSL, 'TLS', () => {
  const { ca, good, selfSigned } = makeCertificates();

  async function behindTls({ key, cert }: { key: string; cert: string }, talk: (socket: Socket) => void) {
    const server = createServer({ key, cert }, talk);
    server.on('tlsClientError', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
  }

  test('an https proxy that --ca vouches for', async () => {
    const heads: string[] = [];
    const { port } = await echoServer();
    const proxyPort = await behindTls(good, carrier(heads, port));
    const outcome = await run(
      [...QUICK, '--ca', ca.file, '--proxy', `https://localhost:${proxyPort}`, 'ws://server.test/'],
      'hi\n',
    );
    expect(outcome).toEqual({ status: 0, stdout: 'hi\n', stderr: '' });
    expect(heads[0]).toMatch(/^CONNECT server\.test:80 /);
  });

  test('TLS to the server inside of the tunnel, and inside of TLS to the proxy', async () => {
    const { port } = await echoServer();
    const securePort = await behindTls(good, (socket) => {
      const inner = connect(port, '127.0.0.1');
      inner.on('error', () => socket.destroy());
      socket.on('error', () => inner.destroy()).on('close', () => inner.destroy());
      socket.pipe(inner).pipe(socket);
    });
    const plain = await rawServer(carrier([], securePort));
    const secure = await behindTls(good, carrier([], securePort));
    for (const proxy of [`http://127.0.0.1:${plain.port}`, `https://localhost:${secure}`]) {
      const outcome = await run([...QUICK, '--ca', ca.file, '--proxy', proxy, 'wss://localhost:1/'], 'hi\n');
      expect(outcome).toEqual({ status: 0, stdout: 'hi\n', stderr: '' });
    }
  });

  test('one that nobody vouches for: no request reaches it', async () => {
    const heads: string[] = [];
    const proxyPort = await behindTls(selfSigned, carrier(heads, 1));
    const outcome = await run([...QUICK, '--insecure', '--proxy', `https://localhost:${proxyPort}`, 'ws://server.test/']);
    expect(outcome.status).toBe(5);
    expect(oneLine(outcome.stderr)).toContain('wstap: TLS to the proxy failed: the certificate of CN=localhost is self-signed');
    expect(oneLine(outcome.stderr)).toMatch(/; or --proxy-insecure to look all the same$/);
    expect(heads).toEqual([]);
  });

  test('--proxy-insecure goes on, and says so', async () => {
    const { port } = await echoServer();
    const proxyPort = await behindTls(selfSigned, carrier([], port));
    const argv = [...QUICK, '--proxy-insecure', '--proxy', `https://localhost:${proxyPort}`, 'ws://server.test/'];
    const outcome = await run(argv, 'hi\n');
    expect(outcome).toMatchObject({ status: 0, stdout: 'hi\n' });
    expect(outcome.stderr).toContain("the proxy's certificate is not verified (--proxy-insecure)");
  });
});
