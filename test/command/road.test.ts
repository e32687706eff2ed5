import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { echoServer, goodServer, rawServer } from '../peer.ts';
import { run, start } from '../program.ts';

/** Every road to a server, end to end, and what is said where it ends before. */

const folder = mkdtempSync(join(tmpdir(), 'road-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Nobody listens there, neither by IPv4 nor by IPv6. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, () => resolve()));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts `wstap listen … --echo`, which is told to end with the test. */
async function echoAt(place: string) {
  const running = start(['listen', place, '--echo']);
  onTestFinished(async () => {
    running.env.signal('SIGTERM');
    await running.outcome;
  });
  await running.env.stderr.until(/listening on (\S+)\n/);
  return running;
}

describe('TCP', () => {
  test('--resolve: the address changes, Host does not', async () => {
    const { port } = await goodServer((client, { host }) => client.send(String(host)));
    const argv = ['-1', `ws://a.test:${port}/`, '--resolve', `a.test:${port}:127.0.0.1`];
    expect(await run(argv)).toEqual({ status: 0, stdout: `a.test:${port}\n`, stderr: '' });
  });

  test('--connect-to: host and port change, Host does not', async () => {
    const { port } = await goodServer((client, { host }) => client.send(String(host)));
    const argv = ['-1', 'ws://a.test/', '--connect-to', `a.test:80:127.0.0.1:${port}`];
    expect(await run(argv)).toEqual({ status: 0, stdout: 'a.test\n', stderr: '' });
  });

  test('--connect-to leads to a name that --resolve knows', async () => {
    const { port } = await goodServer((client) => client.send('there'));
    const argv = ['-1', 'ws://a.test/', '--connect-to', `::b.test:${port}`, '--resolve', `b.test:${port}:127.0.0.1`];
    expect(await run(argv)).toMatchObject({ status: 0, stdout: 'there\n' });
  });

  test('IPv6 on loopback, -6', async () => {
    const { port } = await goodServer((client, { host }) => client.send(String(host)), { host: '::1' });
    expect(await run(['-1', '-6', `ws://[::1]:${port}/`])).toEqual({ status: 0, stdout: `[::1]:${port}\n`, stderr: '' });
  });

  test('an address with its interface: Host is without it', async () => {
    const { port } = await goodServer((client, { host }) => client.send(String(host)), { host: '::1' });
    expect(await run(['-1', `ws://[::1%25lo]:${port}/`])).toMatchObject({ status: 0, stdout: `[::1]:${port}\n` });
  });

  test('-4 and -6 choose among the addresses', async () => {
    const { port } = await echoServer();
    const both = ['--resolve', `a.test:${port}:::1,127.0.0.1`, `ws://a.test:${port}/`, '-x', 'hi', '--format', 'json'];
    const { stdout } = await run(['-4', ...both]);
    expect(stdout).toContain('"detail":"127.0.0.1 (--resolve)","addresses":["127.0.0.1"]');
    expect((await run(['-6', ...both])).status).toBe(4);
  });

  test('--interface', async () => {
    const { port, sockets } = await rawServer((socket) => socket.once('data', () => socket.end()));
    await run(['--interface', '127.0.0.3', `ws://127.0.0.1:${port}/`]);
    expect(sockets[0]?.remoteAddress ?? '127.0.0.3').toBe('127.0.0.3');
    expect((await run(['--interface', 'lo', `ws://127.0.0.1:${port}/`])).status).toBe(6);
  });
});

describe('Unix sockets', () => {
  test.each([
    ['a path', `unix:${folder}/a`, (path: string) => [`ws+unix:${path}:/chat`]],
    ['a path as the host', `unix:${folder}/b`, (path: string) => [`ws+unix://${encodeURIComponent(path)}/chat`]],
    ['an abstract one', `unix:@${folder}/c`, (path: string) => [`ws+unix:${path}:/chat`]],
    ['--unix-socket', `unix:${folder}/d`, (path: string) => ['--unix-socket', path, 'ws://localhost/chat']],
    [
      '--abstract-unix-socket',
      `unix:@${folder}/e`,
      (path: string) => ['--abstract-unix-socket', path.slice(1), 'ws://localhost/chat'],
    ],
  ])('%s', async (_, place, argv) => {
    const path = place.slice('unix:'.length);
    const { env } = await echoAt(place);
    const { status, stdout, stderr } = await run(['-v', '-x', 'hi', ...argv(path)]);
    expect([status, stdout]).toEqual([0, 'hi\n']);
    expect(stderr).toContain('> GET /chat HTTP/1.1\n> Host: localhost\n');
    expect(stderr).toMatch(/^ {2}Unix +\d.+\n( {22}\S+\n)* {2}HTTP /m);
    expect(env.stderr.text).toContain(`unix:${path} connected to /chat`);
  });

  test('the host of the URL is what Host says', async () => {
    await echoAt(`unix:${folder}/f`);
    const { stderr } = await run(['-v', '-x', 'hi', '--unix-socket', `${folder}/f`, 'ws://app.example:8080/']);
    expect(stderr).toContain('> Host: app.example:8080\n');
  });

  test('the path is taken as npm’s ws writes it, both ways', async () => {
    await echoAt(`unix:${folder}/h`);
    const client = new WebSocket(`ws+unix:${folder}/h:/chat`);
    await once(client, 'open');
    client.send('hi');
    expect(String(((await once(client, 'message')) as [Buffer])[0])).toBe('hi');
    client.close();

    const http = createHttpServer().listen(`${folder}/i`);
    onTestFinished(() => {
      http.close();
    });
    new WebSocketServer({ server: http }).on('connection', (peer, { url }) => peer.send(String(url)));
    await once(http, 'listening');
    expect(await run(['-1', `ws+unix:${folder}/i:/chat?a=b`])).toEqual({ status: 0, stdout: '/chat?a=b\n', stderr: '' });
  });

  test('a redirect stays behind the socket', async () => {
    const http = createHttpServer((_, response) => response.writeHead(302, { Location: '/there' }).end()).listen(`${folder}/j`);
    onTestFinished(() => {
      http.close();
    });
    const peers = new WebSocketServer({ noServer: true });
    http.on('upgrade', (request, socket, head) => {
      if (request.url === '/there') peers.handleUpgrade(request, socket, head, (peer) => peer.send('arrived'));
      else socket.end('HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n');
    });
    await once(http, 'listening');
    expect(await run(['-1', '-L', `ws+unix:${folder}/j:/here`])).toMatchObject({ status: 0, stdout: 'arrived\n' });
    expect(await run(['-1', '-L', '--unix-socket', `${folder}/j`, 'ws://a.test/here'])).toMatchObject({
      status: 0,
      stdout: 'arrived\n',
    });
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('the socket is removed at the end by %s', async (signal) => {
    const path = `${folder}/k`;
    const { env, outcome } = start(['listen', `unix:${path}`]);
    await env.stderr.until(/listening on /);
    expect(existsSync(path)).toBe(true);
    env.signal(signal);
    await outcome;
    expect(existsSync(path)).toBe(false);
  });

  test('with --once it is removed when the client is there', async () => {
    const path = `${folder}/l`;
    const { env, outcome } = start(['listen', '--once', '-x', 'hello', `unix:${path}`]);
    await env.stderr.until(/listening on /);
    expect(await run(['-1', `ws+unix:${path}:/`])).toMatchObject({ status: 0, stdout: 'hello\n' });
    expect(await outcome).toMatchObject({ status: 0 });
    expect(existsSync(path)).toBe(false);
  });

  test('Host and Origin are not judged: no page reaches it', async () => {
    await echoAt(`unix:${folder}/m`);
    const foreign = ['--host', 'evil.example', '-o', 'http://evil.example'];
    expect(await run(['-x', 'hi', ...foreign, `ws+unix:${folder}/m:/`])).toMatchObject({ status: 0, stdout: 'hi\n' });
  });

  test('a path in use, and a file that is no socket: status 3', async () => {
    await echoAt(`unix:${folder}/g`);
    expect(await run(['listen', `unix:${folder}/g`])).toEqual({
      status: 3,
      stdout: '',
      stderr: `wstap: ${folder}/g is in use: choose another path, or end who listens there (ss -lxp | grep -F ${folder}/g)\n`,
    });
    expect(await run(['listen', '--unix-socket', import.meta.filename])).toMatchObject({
      status: 3,
      stderr: `wstap: ${import.meta.filename} is there and is no socket: it is left alone; choose another path\n`,
    });
  });
});

/** Lines that were broken to fit 80 columns, whole again. */
const unwrapped = (text: string) => text.replace(/\n(?: {2}| {7})(?=\S)/g, ' ');

/** Each says its hop, why, and what to try, and ends with status 4. */
describe('no road', () => {
  const NAMES = Object.keys(networkInterfaces()).join(', ');
  test.each<[name: string, argv: (port: number) => string[], said: (port: number) => string]>([
    [
      'a name that nobody knows',
      (port) => [`ws://nobody.invalid:${port}/`],
      (port) => `wstap: the name could not be resolved: nobody knows the name nobody.invalid
Likely cause: The host name does not exist.
→ try: the spelling, or the address itself: --resolve nobody.invalid:${port}:ADDRESS
`,
    ],
    [
      'a family without an address',
      (port) => [`ws://127.0.0.1:${port}/`, '-6'],
      () => `wstap: the name could not be resolved: 127.0.0.1 is an IPv4 address, and only IPv6 is wanted
→ try: without -6, or with -4
`,
    ],
    [
      'a port that nobody listens on',
      (port) => [`ws://127.0.0.1:${port}/`],
      (port) => `wstap: could not connect: 127.0.0.1:${port} refused the connection
Likely cause: Nothing listens on this port.
→ try: another port; is the server up?
`,
    ],
    [
      'several addresses, and nobody listens on any',
      (port) => [`ws://a.test:${port}/`, '--resolve', `*:*:127.0.0.1,::1`],
      (port) => `wstap: could not connect: 127.0.0.1:${port} refused the connection; [::1]:${port} refused the connection
Likely cause: Nothing listens on this port.
→ try: another port; is the server up?
`,
    ],
    [
      'an interface that is not there',
      (port) => [`ws://127.0.0.1:${port}/`, '--interface', 'nope0'],
      () => `wstap: could not connect: there is no interface nope0 that is up
→ try: one of this machine's: ${NAMES}
`,
    ],
    [
      'a link-local address without its interface',
      (port) => [`ws://[fe80::1]:${port}/`],
      () => `wstap: could not connect: fe80::1 is a link-local address: it needs the interface that it is behind
→ try: [fe80::1%INTERFACE], for example %eth0
`,
    ],
    [
      'a socket that is not there',
      () => [`ws+unix:${folder}/none:/`],
      () => `wstap: could not connect: there is no socket ${folder}/none
→ try: another path; is the server up?
`,
    ],
    [
      'an abstract socket that nobody has',
      () => [`ws+unix:@${folder}/none:/`],
      () => `wstap: could not connect: nobody listens on @${folder}/none
→ try: another name; is the server up?
`,
    ],
  ])('%s', async (_, argv, said) => {
    const port = await closedPort();
    const { status, stdout, stderr } = await run(argv(port));
    expect([status, stdout, unwrapped(stderr)]).toEqual([4, '', said(port)]);
    expect(stderr.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('what came before is kept, and the hop that failed is marked', async () => {
    const port = await closedPort();
    const { status, stdout } = await run(['handshake', `ws://a.test:${port}/`, '--resolve', `*:*:127.0.0.1`]);
    expect(status).toBe(4);
    expect(stdout).toMatch(/^ {2}DNS .+ 127\.0\.0\.1 \(--resolve\)\n {2}TCP .+/);
    expect(stdout).toMatch(new RegExp(`✗ 127\\.0\\.0\\.1:${port} ECONNREFUSED\\n {2}total `));
  });

  test('-v draws it too', async () => {
    const port = await closedPort();
    const { stderr } = await run(['-v', `ws://127.0.0.1:${port}/`]);
    expect(stderr).toMatch(/^ {2}TCP .+\n(.+\n)? {2}total .+\nwstap: could not connect: /);
  });

  test('as JSON: each hop with its time, each address that was tried, and the failure', async () => {
    const port = await closedPort();
    const argv = [`ws://a.test:${port}/`, '--resolve', '*:*:127.0.0.1,::1'];
    const { stdout } = await run(['handshake', '--format', 'json', ...argv]);
    const time = expect.any(Number);
    const tried = (address: string) => ({ address, startedAt: time, endedAt: time, outcome: 'failed', code: 'ECONNREFUSED' });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      phases: [
        { hop: 'dns', startedAt: time, endedAt: time, ms: time, addresses: ['127.0.0.1', '::1'] },
        { hop: 'tcp', failure: 'ECONNREFUSED', attempts: [tried(`127.0.0.1:${port}`), tried(`[::1]:${port}`)] },
      ],
      failure: { hop: 'tcp', code: 'ECONNREFUSED' },
      cause: { cause: 'Nothing listens on this port.' },
    });
    const lines = (await run(['--format', 'json', ...argv])).stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { type: 'hop', hop: 'dns', startedAt: time, duration: time, addresses: ['127.0.0.1', '::1'] },
      { type: 'failure', hop: 'tcp', startedAt: time, code: 'ECONNREFUSED', attempts: [{ outcome: 'failed' }, {}] },
    ]);
  });
});

describe('too slow: the hop at which it stood is named', () => {
  test('the server takes the connection and says nothing', async () => {
    const { url } = await rawServer(() => undefined);
    const { status, stderr } = await run(['--timeout', '200ms', url]);
    expect([status, stderr]).toEqual([
      124,
      `wstap: timed out (HTTP): no open connection within 0.2 s; --timeout allows more
Likely cause: The server took the request and did not answer in time.
→ try: --timeout 30
`,
    ]);
  });

  test('nor does it speak TLS', async () => {
    const { port } = await rawServer(() => undefined);
    const { status, stderr } = await run(['--timeout', '300ms', `wss://127.0.0.1:${port}/`]);
    expect([status, stderr]).toEqual([
      124,
      `wstap: timed out (TLS): no open connection within 0.3 s; --timeout allows more
Likely cause: The server took the connection and did not finish TLS in time.
→ try: --timeout 30, or ws: if it speaks no TLS
`,
    ]);
  });
});
