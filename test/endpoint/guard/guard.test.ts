import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { allOf, GoodClient, REQUEST, rawClient } from '../../peer.ts';
import { run, startListen } from '../../program.ts';
import { waitFor } from '../../wait.ts';

/** The guard of a real `wstap listen`, against bare sockets and against clients by ws. */

const ask = (...extra: string[]) => `${[...REQUEST, ...extra].join('\r\n')}\r\n\r\n`;

async function answerTo(port: number, request: string): Promise<string> {
  const socket = await rawClient(port);
  socket.write(request);
  return allOf(socket);
}

/** A masked frame with the key 0. */
function masked(first: number, payload = ''): Buffer {
  const data = Buffer.from(payload);
  return Buffer.concat([Buffer.from([first, 0x80 | data.length, 0, 0, 0, 0]), data]);
}

/** Opens by hand: what comes behind the 101 is returned by `rest` once the server has ended. */
async function opened(port: number): Promise<{ socket: Socket; rest: Promise<Buffer> }> {
  const socket = await rawClient(port);
  socket.write(ask());
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await waitFor(() => expect(Buffer.concat(chunks).includes('\r\n\r\n')).toBe(true));
  const rest = once(socket, 'close').then(() => {
    const all = Buffer.concat(chunks);
    return all.subarray(all.indexOf('\r\n\r\n') + 4);
  });
  return { socket, rest };
}

/** Code and reason of the Close that a server sent last. */
function closeOf(bytes: Buffer): [code: number, reason: string] {
  const at = bytes.lastIndexOf(0x88);
  return [bytes.readUInt16BE(at + 2), bytes.subarray(at + 4, at + 2 + (bytes[at + 1] ?? 0)).toString()];
}

describe('--auth and --bearer', () => {
  const joe = { headers: { Authorization: `Basic ${Buffer.from('joe:geheim').toString('base64')}` } };

  test('without the password: 401 in full, and how a client of ours gives it', async () => {
    const { env, port } = await startListen(['--auth', 'joe:geheim', '-v']);
    expect(await answerTo(port, ask())).toBe(
      [
        'HTTP/1.1 401 Unauthorized',
        'Connection: close',
        'WWW-Authenticate: Basic realm="wstap", charset="UTF-8"',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Length: 75',
        '',
        'This server asks for a user and password (Basic). Authorization: not sent.\n',
      ].join('\r\n'),
    );
    await env.stderr.until(/#1 127\.0\.0\.1:\d+ was refused/);
    expect((await run(['-x', 'hi', `ws://joe:wrong@127.0.0.1:${port}/`], '', { variables: { CI: '1' } })).status).toBe(6);
    expect((await run(['-x', 'hi', '-w', '0', '--auth', 'joe:geheim', `ws://127.0.0.1:${port}/`])).status).toBe(0);
    expect((await run(['-x', 'hi', '-w', '0', `ws://joe:geheim@127.0.0.1:${port}/`])).status).toBe(0);
    const client = await new GoodClient(port, joe).open();
    expect(client.socket.readyState).toBe(1);
    expect(env.stderr.text).not.toMatch(/geheim|am9l/);
  });

  test('several users, and a token: any will do', async () => {
    const { port } = await startListen(['--auth', 'eve:x', '--auth', 'joe:geheim', '--bearer', 'abc']);
    await new GoodClient(port, joe).open();
    await new GoodClient(port, { headers: { Authorization: 'bearer abc' } }).open();
    const { status } = await new GoodClient(port, { headers: { Authorization: 'Bearer abcd' } }).refused();
    expect(status).toBe(401);
  });

  test('whoever is not let in is told nothing else: not which paths there are, nor what is wrong with the request', async () => {
    const { port } = await startListen(['--bearer', 'abc', '--route', '/a=echo']);
    for (const request of [
      ask().replace('GET / ', 'GET /b '),
      ask().replace('13', '12'),
      'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
    ])
      expect(await answerTo(port, request)).toMatch(/^HTTP\/1\.1 401 /);
    expect(await answerTo(port, ask('Authorization: Bearer abc').replace('GET / ', 'GET /b '))).toMatch(/^HTTP\/1\.1 404 /);
  });

  test('over HTTP/2 too', async () => {
    const { port } = await startListen(['--auth', 'joe:geheim', '--http2', '--echo']);
    const client = (...argv: string[]) =>
      run(['--http2', '-x', 'hi', '-1', ...argv, `ws://127.0.0.1:${port}/`], '', { variables: { CI: '1' } });
    expect(await client()).toMatchObject({ status: 6, stderr: expect.stringContaining('401') });
    expect(await client('--auth', 'joe:geheim')).toMatchObject({ status: 0, stdout: 'hi\n' });
  });

  test('and for the page of the server: with a token alone there is none, as no browser could open it', async () => {
    const page = 'GET / HTTP/1.1\r\nHost: localhost\r\n';
    const basic = await startListen(['--auth', 'joe:geheim']);
    const [, token] = await basic.env.stderr.until(/\?token=(\S+)/);
    const opened = `${page.replace('/ ', `/?token=${token} `)}Authorization: ${joe.headers.Authorization}\r\n\r\n`;
    expect(await answerTo(basic.port, opened)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await answerTo(basic.port, opened.replace(/Authorization.*\r\n\r/, '\r'))).toMatch(/^HTTP\/1\.1 401 /);
    const bearer = await startListen(['--bearer', 'abc']);
    expect(await answerTo(bearer.port, `${page}Authorization: Bearer abc\r\n\r\n`)).toMatch(/^HTTP\/1\.1 426 /);
    expect(bearer.env.stderr.text).not.toContain('token=');
  });

  test('a foreign page is refused all the same', async () => {
    const { port } = await startListen(['--auth', 'joe:geheim']);
    const { status } = await new GoodClient(port, { ...joe, origin: 'https://evil.example' }).refused();
    expect(status).toBe(403);
  });

  test('on an address that others reach only pages of this very server use a browser’s login', async () => {
    const { port } = await startListen(['--auth', 'joe:geheim', '0.0.0.0:0']);
    const foreign = await new GoodClient(port, { ...joe, origin: 'https://evil.example' }).refused();
    expect(foreign.status).toBe(403);
    await new GoodClient(port, {
      ...joe,
      origin: 'http://192.168.1.5:81',
      headers: { ...joe.headers, Host: '192.168.1.5:81' },
    }).open();
    await new GoodClient(port, joe).open();
  });

  test('with --once whoever is refused is not the one', async () => {
    const { env, port, outcome } = await startListen(['--once', '--bearer', 'abc', '-x', 'welcome']);
    expect((await new GoodClient(port).refused()).status).toBe(401);
    await env.stderr.until(/was refused: 401, Authorization: not sent; still waiting for a client/);
    const client = await new GoodClient(port, { headers: { Authorization: 'Bearer abc' } }).open();
    expect(await client.got(1)).toEqual(['welcome']);
    client.socket.close(1000);
    expect((await outcome).status).toBe(0);
  });
});

describe('how many', () => {
  test('--max-connections: 503 with Retry-After and words, until one has left', async () => {
    const { port } = await startListen(['--max-connections', '1']);
    const first = await new GoodClient(port).open();
    const answer = await answerTo(port, ask());
    expect(answer).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(answer).toContain('\r\nRetry-After: 5\r\n');
    expect(answer).toMatch(
      /The server is full: as many clients are connected as it takes \(--max-connections\)\. Try again later\.\n$/,
    );
    first.socket.close();
    await first.closed;
    await waitFor(async () => expect((await new GoodClient(port).open()).socket.readyState).toBe(1));
  });

  test('--max-per-address: 429, and other addresses come in', async () => {
    const { port } = await startListen(['--max-per-address', '2', '0.0.0.0:0']);
    const first = await new GoodClient(port).open();
    await new GoodClient(port).open();
    const answer = await answerTo(port, ask());
    expect(answer).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\n/);
    expect(answer).toContain('\r\nRetry-After: 5\r\n');
    expect(answer).toMatch(/\n2 connections from 127\.0\.0\.1 are open, and no more are taken \(--max-per-address\)\.\n$/);
    await new GoodClient(port, { localAddress: '127.0.0.2' }).open();
    first.socket.terminate();
    await waitFor(async () => expect((await new GoodClient(port).open()).socket.readyState).toBe(1));
  });

  test('--max-handshakes: many that say nothing keep nobody out; who waited longest gets 503', async () => {
    const { env, port } = await startListen(['--max-handshakes', '20', '--echo']);
    const silent = await Promise.all(Array.from({ length: 20 }, () => rawClient(port)));
    const answers = silent.map((socket) => allOf(socket).catch(() => ''));
    silent[3]?.write('GET / HT');
    const client = await new GoodClient(port).open();
    client.socket.send('here');
    expect(await client.got(1)).toEqual(['here']);
    const answer = await Promise.race(answers);
    expect(answer).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(answer).toMatch(
      /Too many connections are in their opening handshake, and this one has waited longest\. Try again later\.\n$/,
    );
    await env.stderr.until(/#1 127\.0\.0\.1:\d+ was refused/);
    expect(silent.filter(({ readyState }) => readyState === 'open').length).toBeGreaterThanOrEqual(18);
  });

  test('the same where HTTP/2 is spoken too, and where TLS is', async () => {
    for (const how of ['--http2', '--tls']) {
      const { port } = await startListen(['--max-handshakes', '5', how]);
      const silent = await Promise.all(Array.from({ length: 5 }, () => rawClient(port)));
      const ends = silent.map((socket) => once(socket.resume(), 'close'));
      const scheme = how === '--tls' ? 'wss' : 'ws';
      expect((await run(['-k', '-x', 'a', '-w', '0', `${scheme}://127.0.0.1:${port}/`])).status).toBe(0);
      await Promise.race(ends);
      expect(silent.filter(({ destroyed }) => !destroyed)).toHaveLength(4);
    }
  });

  test('connections of HTTP/2 that ask for nothing are among those that wait', async () => {
    const { port } = await startListen(['--max-handshakes', '3', '--http2']);
    const silent = await Promise.all(Array.from({ length: 3 }, () => rawClient(port)));
    const ends = silent.map((socket) => once(socket.resume(), 'close'));
    for (const socket of silent) socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0');
    expect((await run(['--http2', '-x', 'a', '-w', '0', `ws://127.0.0.1:${port}/`])).status).toBe(0);
    await Promise.race(ends);
  });
});

describe('time', () => {
  test('--timeout counts from the first moment: a byte now and then buys nothing', async () => {
    const { port } = await startListen(['--timeout', '300ms']);
    const socket = await rawClient(port);
    const request = ask();
    let at = 0;
    const dribble = setInterval(() => {
      if (socket.writable) socket.write(request.slice(at, ++at));
    }, 20);
    const answer = await allOf(socket);
    clearInterval(dribble);
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(answer).toMatch(/No whole request in time\.\n$/);
    expect(at).toBeLessThan(request.length);
  });

  test('--idle-timeout: 1001 with the reason, and whoever runs the server is told', async () => {
    const { env, port } = await startListen(['--idle-timeout', '100ms']);
    const client = await new GoodClient(port).open();
    expect(await client.closed).toEqual({ code: 1001, reason: 'idle for 0.1 s' });
    await env.stderr.until(/#1 is let go: nothing went either way for 0\.1 s \(--idle-timeout\)\n/);
    await env.stderr.until(/#1 left: 1001\n/);
  });
});

describe('--max-rate', () => {
  test('messages: 1008 with words', async () => {
    const { env, port } = await startListen(['--max-rate', '3/s', '--echo']);
    const { socket, rest } = await opened(port);
    socket.write(Buffer.concat(['a', 'b', 'c', 'd', 'e'].map((text) => masked(0x81, text))));
    const bytes = await rest;
    expect(bytes.subarray(0, 9).toString('latin1')).toBe('\x81\x01a\x81\x01b\x81\x01c');
    expect(closeOf(bytes)).toEqual([1008, 'limit --max-rate: more than 3 messages came within a second']);
    await env.stderr.until(/#1 is let go: more than 3 messages came within a second \(--max-rate\)\n/);
    expect(env.captured.text).toBe('a\nb\nc\n');
  });

  test.each<[what: string, first: number]>([
    ['pings', 0x89],
    ['pongs that nobody asked for', 0x8a],
  ])('%s are messages here', async (_, first) => {
    const { port } = await startListen(['--max-rate', '3']);
    const { socket, rest } = await opened(port);
    socket.write(Buffer.concat([1, 2, 3, 4].map(() => masked(first, 'x'))));
    expect(closeOf(await rest)).toEqual([1008, 'limit --max-rate: more than 3 messages came within a second']);
  });

  test('bytes, on the wire: also of a message that never ends', async () => {
    const { port } = await startListen(['--max-rate', '1000/s', '--max-rate', '100B/s']);
    const { socket, rest } = await opened(port);
    socket.write(Buffer.concat([0x01, 0x00, 0x00].map((first) => masked(first, 'x'.repeat(40)))));
    expect(closeOf(await rest)).toEqual([1008, 'limit --max-rate: more than 100 bytes came within a second']);
  });

  test('with --once such a client broke a limit: status 7', async () => {
    const { port, outcome } = await startListen(['--once', '--max-rate', '1']);
    const { socket, rest } = await opened(port);
    socket.write(Buffer.concat([masked(0x81, 'a'), masked(0x81, 'b')]));
    await rest;
    const { status, stdout, stderr } = await outcome;
    expect([status, stdout]).toEqual([7, 'a\n']);
    expect(stderr).toContain('more than 1 message came within a second');
  });

  test('whoever keeps to it is let be', async () => {
    const { port } = await startListen(['--max-rate', '5/s', '--max-rate', '1KiB', '--echo']);
    const client = await new GoodClient(port).open();
    for (let count = 0; count < 5; count++) client.socket.send(String(count));
    expect(await client.got(5)).toEqual(['0', '1', '2', '3', '4']);
    expect(client.socket.readyState).toBe(1);
  });
});
