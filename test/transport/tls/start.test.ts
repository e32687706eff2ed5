import { once } from 'node:events';
import { createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { describeWith } from '../../need.ts';
import { answering, echoServer, rawServer } from '../../peer.ts';
import { run } from '../../program.ts';
import { makeCertificates, OPENSSL, type Pair } from '../certificates.ts';

const QUICK = ['-w', '50ms'];

describeWith(OPENSSL, 'wss', () => {
  const { ca, good, expired, future, otherName, selfSigned } = makeCertificates();

  /** An echo server behind TLS; `names` collects what SNI asked for. */
  async function secureServer({ key, cert }: Pair, options: { maxVersion?: 'TLSv1.1' } = {}) {
    const names: string[] = [];
    const requests: string[] = [];
    const server = createServer({
      key,
      cert,
      ...options,
      ...(options.maxVersion && { minVersion: 'TLSv1', ciphers: 'ALL@SECLEVEL=0' }),
    });
    server.on('tlsClientError', () => undefined);
    server.on('secureConnection', (socket) => names.push(String(socket.servername)));
    server.on('upgrade', (request) => requests.push(request.url ?? ''));
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (client) => client.on('message', (data, binary) => client.send(data, { binary })));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    return { port, url: `wss://localhost:${port}/`, names, requests };
  }

  test('a certificate that --ca vouches for', async () => {
    const { url, names } = await secureServer(good);
    expect(await run([...QUICK, '--ca', ca.file, url], 'hi\n')).toEqual({ status: 0, stdout: 'hi\n', stderr: '' });
    expect(names).toEqual(['localhost']);
  });

  test('SSL_CERT_FILE and NODE_EXTRA_CA_CERTS vouch too', async () => {
    const { url } = await secureServer(good);
    for (const name of ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']) {
      expect((await run([...QUICK, url], '', { variables: { [name]: ca.file } })).status).toBe(0);
    }
  });

  test('an address: in the certificate, and never in SNI', async () => {
    const { port, names } = await secureServer(good);
    expect((await run([...QUICK, '--ca', ca.file, `wss://127.0.0.1:${port}/`], 'hi\n')).stdout).toBe('hi\n');
    expect(names).toEqual(['false']);
  });

  test('-v tells the certificate', async () => {
    const { url } = await secureServer(good);
    const { stderr } = await run([...QUICK, '-v', '--ca', ca.file, url]);
    expect(stderr).toContain('CN=localhost');
    expect(stderr).toContain('CN=Test CA');
    expect(stderr).toMatch(/TLSv1\.3/);
  });

  test.each<[string, Pair, string[], RegExp]>([
    [
      'self-signed',
      selfSigned,
      [],
      /^wstap: TLS failed: the certificate of CN=localhost is self-signed: nobody that this machine trusts vouches for it → try: --ca FILE with this very certificate, .*--insecure/,
    ],
    [
      'of an unknown CA',
      good,
      [],
      /^wstap: TLS failed: the certificate was issued by CN=Test CA, which this machine does not know, .*→ try: --ca FILE with the certificate of CN=Test CA/,
    ],
    [
      'expired',
      expired,
      ['--ca', ca.file],
      /^wstap: TLS failed: the certificate expired on 2020-01-02 00:00 UTC, \d+ years ago → try: a new certificate/,
    ],
    [
      'not valid yet',
      future,
      ['--ca', ca.file],
      /^wstap: TLS failed: the certificate is valid only from 2100-01-01 00:00 UTC on, \d+ years from now → try: to set this machine's clock/,
    ],
    [
      'of another name',
      otherName,
      ['--ca', ca.file],
      /^wstap: TLS failed: the certificate is not for localhost but for other\.example → try: one of its names in the URL; --servername NAME/,
    ],
  ])('a certificate that is %s: 5, and no byte of the request was sent', async (_, pair, argv, said) => {
    const { url, requests } = await secureServer(pair);
    const outcome = await run([...argv, url], 'secret\n');
    expect(outcome).toMatchObject({ status: 5, stdout: '' });
    expect(outcome.stderr.replaceAll(/\n */g, ' ')).toMatch(said);
    expect(requests).toEqual([]);
  });

  test.each(['-k', '-n', '--insecure', '--no-check'])('%s goes on and says so, -q or not', async (flag) => {
    const { url } = await secureServer(selfSigned);
    expect(await run([...QUICK, '-q', flag, url], 'hi\n')).toEqual({
      status: 0,
      stdout: 'hi\n',
      stderr: "wstap: ! the server's certificate is not verified (--insecure): anybody may be listening\n",
    });
  });

  test('NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored, and said so', async () => {
    const { url } = await secureServer(selfSigned);
    const outcome = await run([url], '', { variables: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
    expect(outcome.status).toBe(5);
    expect(outcome.stderr).toMatch(/^wstap: ! NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored/);
  });

  test('and Node does not say the contrary', async () => {
    const { url } = await secureServer(selfSigned);
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const warned = vi.spyOn(process, 'emitWarning');
    onTestFinished(() => {
      vi.unstubAllEnvs();
      warned.mockRestore();
    });
    expect((await run([url])).status).toBe(5);
    expect(warned).not.toHaveBeenCalled();
    expect(process.env.NODE_TLS_REJECT_UNAUTHORIZED).toBe('0');
  });

  test('--http1.1 where ALPN chose h2: that is the cause', async () => {
    const server = createSecureServer({ key: good.key, cert: good.cert }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const argv = ['--ca', ca.file, '--http1.1', '--alpn', 'h2,http/1.1', `wss://localhost:${port}/`];
    const { status, stderr } = await run(argv);
    expect(status).toBe(6);
    expect(stderr).toContain('Likely cause: ALPN chose h2 (HTTP/2), and HTTP/1.1 was spoken all the same.');
  });

  test('TLS 1.1 is not spoken', async () => {
    const { url } = await secureServer(good, { maxVersion: 'TLSv1.1' });
    expect((await run(['--ca', ca.file, url])).status).toBe(5);
  });

  test('--servername on another address, over IPv6', async () => {
    const server = createServer({ key: good.key, cert: good.cert });
    const sockets = new WebSocketServer({ server });
    const names: string[] = [];
    server.on('secureConnection', (socket) => names.push(String(socket.servername)));
    server.listen(0, '::1');
    await once(server, 'listening');
    onTestFinished(() => {
      for (const client of sockets.clients) client.terminate();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    expect((await run([...QUICK, '--ca', ca.file, `wss://[::1]:${port}/`])).status).toBe(0);
    expect((await run([...QUICK, '--ca', ca.file, '--servername', 'localhost', `wss://[::1]:${port}/`])).status).toBe(0);
    expect(names).toEqual(['false', 'localhost']);
  });

  test.each<[string, string[], Record<string, string>, RegExp]>([
    [
      'SSL_CERT_FILE',
      [],
      { SSL_CERT_FILE: '/nowhere.pem' },
      /the variable SSL_CERT_FILE does not count: there is no file "\/nowhere\.pem"/,
    ],
    ['NODE_EXTRA_CA_CERTS', [], { NODE_EXTRA_CA_CERTS: '/nowhere.pem' }, /the variable NODE_EXTRA_CA_CERTS does not count/],
  ])('%s that cannot be read: said, and the rest counts', async (_, argv, variables, said) => {
    const { url } = await secureServer(good);
    const outcome = await run([...QUICK, ...argv, '--ca', ca.file, url], '', { variables });
    expect(outcome).toMatchObject({ status: 0, stderr: expect.stringMatching(said) });
  });

  test('ws to a TLS port: 6, and the cause', async () => {
    const { port } = await secureServer(good);
    const { status, stderr } = await run([`ws://localhost:${port}/`]);
    expect(status).toBe(6);
    expect(stderr).toMatch(/Likely cause: [\s\S]*TLS[\s\S]*wss:/);
  });

  test('handshake shows the certificate and the phases', async () => {
    const { url } = await secureServer(good);
    const { status, stdout } = await run(['handshake', '--ca', ca.file, url]);
    expect(status).toBe(0);
    for (const shown of ['CN=localhost', 'CN=Test CA', 'DNS', 'TCP', 'TLS', 'HTTP', '101 Switching Protocols'])
      expect(stdout).toContain(shown);
    expect(await run(['handshake', url])).toMatchObject({ status: 5, stdout: expect.stringContaining('TLS failed'), stderr: '' });
  });
});

test.each([
  ['a plain WebSocket port', () => echoServer()],
  ['a port that says nothing and ends', () => rawServer((socket) => socket.once('data', () => socket.end()))],
  ['an SSH port', () => answering('SSH-2.0-OpenSSH_9.2\r\n')],
])('wss to %s: 5', async (_, peer) => {
  const { port } = await peer();
  const { status, stdout, stderr } = await run([`wss://localhost:${port}/`]);
  expect([status, stdout]).toEqual([5, '']);
  expect(stderr).toMatch(/^wstap: TLS failed: /);
});

test('wss to a plain port names the cause', async () => {
  const { port } = await echoServer();
  expect((await run([`wss://localhost:${port}/`])).stderr).toMatch(/Likely cause: [\s\S]*ws:\/\//);
});

test('a TLS handshake that takes too long: 124', async () => {
  const { port } = await rawServer((socket) => socket.resume());
  const { status, stderr } = await run(['--timeout', '150ms', `wss://localhost:${port}/`]);
  expect(status).toBe(124);
  expect(stderr).toMatch(/^wstap: timed out \(TLS\)/);
});

describe('a connection that breaks in the middle of TLS', () => {
  const RESET = 'the server reset the connection during the TLS handshake';
  const ENDED = 'the server ended the connection during the TLS handshake';

  test.each<[string, (socket: Socket) => void, string]>([
    ['is reset', (socket) => socket.once('data', () => socket.resetAndDestroy()), RESET],
    ['ends', (socket) => socket.once('data', () => socket.end()), ENDED],
  ])('%s: in words, with the code as JSON', async (_, talk, words) => {
    const { port } = await rawServer(talk);
    const { status, stderr } = await run([`wss://localhost:${port}/`]);
    expect(status).toBe(5);
    expect(stderr).toMatch(new RegExp(`^wstap: TLS failed: ${words}\n[\\s\\S]*→ try: .*ws://`));
    const { stdout } = await run(['handshake', '--format', 'json', `wss://localhost:${port}/`]);
    expect(JSON.parse(stdout).failure).toMatchObject({ hop: 'tls', code: 'ECONNRESET', message: words });
  });

  test('and behind a tunnel', async () => {
    const proxy = await rawServer((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.from([5, 0]));
        socket.once('data', () => {
          socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
          socket.once('data', () => socket.end());
        });
      });
    });
    const { status, stderr } = await run(['--proxy', `socks5h://127.0.0.1:${proxy.port}`, 'wss://server.test/']);
    expect([status, stderr]).toEqual([5, expect.stringContaining(`TLS failed: ${ENDED}\n`)]);
  });

  test('to a proxy: it is the proxy that did', async () => {
    const { port } = await rawServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const { status, stderr } = await run(['--proxy', `https://127.0.0.1:${port}`, 'ws://server.test/']);
    expect(status).toBe(5);
    expect(stderr.replaceAll(/\n */g, ' ')).toBe(
      'wstap: TLS to the proxy failed: the proxy reset the connection during the TLS handshake → try: http:// before its address, if it speaks no TLS ',
    );
  });
});
