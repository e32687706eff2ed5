import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls, createServer, type TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clientEnv } from '../../src/command/session/client-env.ts';
import { BothVersions } from '../../src/endpoint/both-versions.ts';
import { processEnv } from '../../src/env.ts';
import { SocketTransport } from '../../src/transport/socket.ts';
import { text } from '../interop/message.ts';
import { connect } from '../interop/our-client.ts';
import { serve } from '../interop/our-server.ts';
import { describeWith } from '../need.ts';
import { allOf, REQUEST, rawClient } from '../peer.ts';
import { startListen } from '../program.ts';
import { makeCertificates, OPENSSL } from '../transport/certificates.ts';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** A connection of Node's own HTTP/2, open until the test is over. */
async function session(port: number): Promise<ClientHttp2Session> {
  const client = connectHttp2(`http://127.0.0.1:${port}`);
  client.on('error', () => undefined);
  onTestFinished(() => client.destroy());
  await once(client, 'remoteSettings');
  return client;
}

const GOOD = {
  ':method': 'CONNECT',
  ':protocol': 'websocket',
  ':scheme': 'http',
  ':path': '/',
  ':authority': 'localhost',
  'sec-websocket-version': '13',
};

/** Status, head and body of the answer to a request; the body only where it ends. */
async function answer(client: ClientHttp2Session, request: Record<string, string>) {
  const stream = client.request(request, { endStream: false });
  stream.on('error', () => undefined);
  const [head] = (await once(stream, 'response')) as [IncomingHttpHeaders & { ':status': number }];
  let body = '';
  if (head[':status'] !== 200) for await (const chunk of stream.setEncoding('utf8')) body += chunk;
  return { status: head[':status'], head, body, stream };
}

describe('one port', () => {
  test('HTTP/1.1 and HTTP/2, and each is a client of its own', async () => {
    const server = await serve({ http2: true });
    for (const http of ['1.1', '2'] as const) {
      const client = await connect(server.url, { http });
      client.send(text(http));
      expect(await client.messages.next()).toBe(`text ${http.length} B "${http}"`);
    }
    expect((await server.opened.take(2)).map(({ number }) => number)).toEqual([1, 2]);
  });

  test('several WebSockets on one connection are several clients', async () => {
    const { env, port } = await startListen(['--http2', '--broadcast', '-v']);
    const client = await session(port);
    const first = await answer(client, { ...GOOD, ':path': '/a' });
    const second = await answer(client, { ...GOOD, ':path': '/b' });
    second.stream.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]));
    const [heard] = (await once(first.stream, 'data')) as [Buffer];
    expect(heard.toString('hex')).toBe('81026869');
    first.stream.close();
    await env.stderr.until(/#1 left: 1006/);
    expect(env.stderr.text).toMatch(/#1 \S+ connected to \/a\b[\s\S]*#2 \S+ connected to \/b\b/);
    // Of the connection's first request only.
    expect(env.stderr.text.match(/^< SETTINGS/gm)).toHaveLength(1);
    expect(env.stderr.text.match(/^> SETTINGS/gm)).toHaveLength(1);
  });

  test('the preface byte by byte; what only begins like it is HTTP/1.1', async () => {
    const { port } = await startListen(['--http2']);
    const socket = await rawClient(port);
    const received = once(socket, 'data');
    for (const byte of PREFACE) {
      socket.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    // SETTINGS, empty.
    socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
    expect(((await received) as [Buffer])[0][3]).toBe(4);
    const other = await rawClient(port);
    other.end('PRI * HTTP/1.1\r\n\r\n');
    expect(await allOf(other)).toMatch(/^HTTP\/1\.1 40/);
  });

  test('a whole request of HTTP/1.1 in one segment, with a frame behind it', async () => {
    const { port } = await startListen(['--http2', '--echo']);
    const socket = await rawClient(port);
    socket.write(`GET / HTTP/1.1\r\n${REQUEST.slice(1).join('\r\n')}\r\n\r\n\x81\x80\0\0\0\0`, 'latin1');
    let all = '';
    while (!all.endsWith('\x81\0')) all += ((await once(socket, 'data')) as [Buffer])[0].toString('latin1');
    expect(all).toMatch(/^HTTP\/1\.1 101 /);
  });

  test('who says nothing, or only the start of the preface, gets 408 after one deadline', async () => {
    const { port } = await startListen(['--http2', '--timeout', '150ms']);
    for (const start of ['', 'PRI * HTTP/2', 'GET / HT']) {
      const socket = await rawClient(port);
      if (start !== '') socket.write(start);
      expect(await allOf(socket)).toMatch(/^HTTP\/1\.1 (408|400|505)/);
    }
  });

  test('a connection of HTTP/2 on which nothing is asked is ended after the same time', async () => {
    const { port } = await startListen(['--http2', '--timeout', '150ms']);
    const client = await session(port);
    const [code] = (await once(client, 'goaway')) as [number];
    expect(code).toBe(0);
    if (!client.closed) await once(client, 'close');
  });

  test('an open WebSocket keeps its connection', async () => {
    const server = await serve({ http2: true, handshakeTimeout: 50 });
    const client = await connect(server.url, { http: '2' });
    await new Promise((resolve) => setTimeout(resolve, 120));
    client.send(text('still here'));
    expect(await client.messages.next()).toBe('text 10 B "still here"');
  });

  test('without --http2 the preface gets 505', async () => {
    const { port } = await startListen([]);
    const socket = await rawClient(port);
    socket.end(PREFACE);
    expect(await allOf(socket)).toMatch(/^HTTP\/1\.1 505 /);
  });
});

describe('admission is the same', () => {
  test.each<[what: string, options: string[], request: Record<string, string>, status: number, says: RegExp]>([
    ['a visit', [], { ':method': 'GET', ':path': '/', ':scheme': 'http', ':authority': 'localhost' }, 400, /opened by CONNECT/],
    [
      'a foreign page',
      [],
      { ...GOOD, origin: 'https://evil.example' },
      403,
      /Origin "https:\/\/evil\.example" is not one that may connect \(--origin adds it\)/,
    ],
    ['a page that is listed', ['--origin', 'https://a.example'], { ...GOOD, origin: 'https://a.example' }, 200, /^$/],
    [
      'a foreign name',
      [],
      { ...GOOD, ':authority': 'rebound.example' },
      403,
      /Host "rebound\.example" does not name this machine/,
    ],
    [
      'another protocol',
      [],
      { ...GOOD, ':protocol': 'connect-udp' },
      501,
      /^Refused: :protocol "connect-udp" is not websocket\.\n$/,
    ],
    ['another version', [], { ...GOOD, 'sec-websocket-version': '8' }, 400, /Version "8" is not 13/],
    ['a fragment', [], { ...GOOD, ':path': '/#x' }, 400, /:path "\/#x" has a fragment/],
  ])('%s', async (_, options, request, status, says) => {
    const { port } = await startListen(['--http2', ...options]);
    const outcome = await answer(await session(port), request);
    expect([outcome.status, outcome.body]).toEqual([status, expect.stringMatching(says)]);
    // Nothing of HTTP/1.1 slips in, and no date that was not shown.
    expect(Object.keys(outcome.head).filter((name) => /^(connection|upgrade|sec-websocket-accept)$/.test(name))).toEqual([]);
  });

  test('no room: 503, and the first one stays', async () => {
    const { port } = await startListen(['--http2', '--max-connections', '1']);
    const client = await session(port);
    expect((await answer(client, GOOD)).status).toBe(200);
    expect((await answer(client, GOOD)).status).toBe(503);
  });

  test('subprotocol, extensions and headers of the answer', async () => {
    const { port } = await startListen(['--http2', '-s', 'b', '-H', 'X-A: 1', '--deflate', 'server_no_context_takeover']);
    const { head } = await answer(await session(port), {
      ...GOOD,
      'sec-websocket-protocol': 'a, b',
      'sec-websocket-extensions': 'permessage-deflate',
    });
    expect(Object.fromEntries(Object.entries(head))).toEqual({
      ':status': 200,
      'sec-websocket-protocol': 'b',
      'sec-websocket-extensions': 'permessage-deflate; server_no_context_takeover',
      'x-a': '1',
    });
  });
});

test('an answer that cannot be sent over HTTP/2 is the end of its client alone', async () => {
  const server = await serve({ http2: true, headers: ['Date: a', 'Date: b'] });
  const client = await session(server.port);
  for (const number of [1, 2]) {
    const stream = client.request(GOOD, { endStream: false });
    stream.on('error', () => undefined);
    await new Promise((resolve) => stream.once('close', resolve));
    expect(stream.rstCode).toBe(2);
    expect(await server.ended.next()).toMatchObject({ code: 1006, connection: number });
  }
  expect(client.destroyed).toBe(false);
  const other = await connect(server.url, { http: '1.1' });
  other.send(text('hi'));
  expect(await other.messages.next()).toBe('text 2 B "hi"');
});

describe('floods', () => {
  test('a head of 17 KiB: its stream is reset', async () => {
    const { port } = await startListen(['--http2']);
    const client = await session(port);
    await expect(answer(client, { ...GOOD, x: 'x'.repeat(17 * 1024) })).rejects.toThrow(/ENHANCE_YOUR_CALM/);
    expect((await answer(client, GOOD)).status).toBe(200);
  });

  test('100 streams at once: the next is refused, the others stay', async () => {
    const { port } = await startListen(['--http2', '--echo']);
    const client = await session(port);
    expect(client.remoteSettings.maxConcurrentStreams).toBe(100);
    const streams = await Promise.all(Array.from({ length: 100 }, () => answer(client, GOOD)));
    expect(streams.every(({ status }) => status === 200)).toBe(true);
  });

  test('streams that are opened and reset at once (rapid reset) end the connection, and no other', async () => {
    const { port } = await startListen(['--http2', '--echo']);
    const other = await session(port);
    const client = await session(port);
    const gone = new Promise((resolve) => client.once('close', resolve));
    for (let count = 0; count < 4000 && !client.destroyed; count++) {
      const stream = client.request({ ...GOOD }, { endStream: false });
      stream.on('error', () => undefined);
      stream.close(8);
      if (count % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await gone;
    expect((await answer(other, GOOD)).status).toBe(200);
  });

  test('bytes that are no frames end that connection alone', async () => {
    const { port } = await startListen(['--http2', '--echo']);
    const other = await session(port);
    const socket = connectTcp(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(PREFACE + 'x'.repeat(1000));
    socket.resume();
    await once(socket, 'close');
    expect((await answer(other, GOOD)).status).toBe(200);
  });
});

describeWith(OPENSSL, 'TLS: what ALPN chose', () => {
  const { good, ca } = makeCertificates();

  test.each<[offer: string[], taken: string]>([
    [['h2', 'http/1.1'], 'http2 4'],
    [['http/1.1'], 'http1'],
    [[], 'http1'],
  ])('%j: %s', async (ALPNProtocols, taken) => {
    let settle: (how: string) => void = () => undefined;
    const how = new Promise<string>((resolve) => {
      settle = resolve;
    });
    const both = new BothVersions({ handshakeTimeout: 1000 }, clientEnv(processEnv()).clock, {
      plain: () => settle('http1'),
      requested: ({ fields }) => settle(`http2 ${fields.length}`),
    });
    const server = createServer({ ...good, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) =>
      both.take(new SocketTransport(socket), 'tcp'),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket: TLSSocket = connectTls({ port, host: '127.0.0.1', ca: ca.cert, servername: 'localhost', ALPNProtocols });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    onTestFinished(() => {
      socket.destroy();
      both.destroy();
      server.close();
    });
    if (socket.alpnProtocol === 'h2') {
      const client = connectHttp2('https://localhost', { createConnection: () => socket });
      client.on('error', () => undefined);
      client.request({ ':path': '/' }).on('error', () => undefined);
    }
    expect(await how).toBe(taken);
  });
});
