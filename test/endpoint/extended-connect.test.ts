import { once } from 'node:events';
import { createServer, type Http2Server, type ServerHttp2Stream, type Settings } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { watched } from '../http2-frames.ts';
import { binary, summary, text } from '../interop/message.ts';
import { connect } from '../interop/our-client.ts';
import { serve } from '../interop/our-server.ts';
import { answering, rawServer } from '../peer.ts';
import { run } from '../program.ts';

/** A server of Node's own HTTP/2, which does with a stream what the test wants. */
async function nodeServer(talk: (stream: ServerHttp2Stream) => void, settings: Settings = { enableConnectProtocol: true }) {
  const server: Http2Server = createServer({ settings });
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
  });
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    talk(stream);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const QUICK = ['--http2', '-w', '50ms', '--timeout', '3s'];

describe('what a server answers', () => {
  test('a body goes with its refusal', async () => {
    const port = await nodeServer((stream) => {
      stream.respond({ ':status': 503, 'retry-after': '5' });
      stream.end('busy\n');
    });
    const { status, stderr } = await run([...QUICK, `ws://127.0.0.1:${port}/`]);
    expect([status, stderr]).toEqual([
      6,
      expect.stringMatching(/refused: 503\n(?:< .*\n)*< retry-after: 5\n(?:<.*\n)* {2}│ busy\n/),
    ]);
  });

  test('a body that never ends is not waited for', async () => {
    const port = await nodeServer((stream) => {
      stream.respond({ ':status': 404 });
      stream.write('nothing');
    });
    expect((await run([...QUICK, `ws://127.0.0.1:${port}/`])).stderr).toContain('│ nothing');
  });

  test('an interim answer is told and passed over', async () => {
    const port = await nodeServer((stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</x>' });
      stream.respond({ ':status': 401, 'www-authenticate': 'Basic realm="x"' }, { endStream: true });
    });
    const { status, stderr } = await run([...QUICK, '-v', '--no-input', `ws://127.0.0.1:${port}/`]);
    expect(status).toBe(6);
    expect(stderr).toMatch(/< HTTP\/2 103\n[\s\S]*< HTTP\/2 401\n/);
  });

  test('a wrong 200 is no refusal: it says which requirement is not met', async () => {
    const port = await nodeServer((stream) => stream.respond({ ':status': 200, 'sec-websocket-protocol': 'unasked' }));
    const { status, stderr } = await run([...QUICK, `ws://127.0.0.1:${port}/`]);
    expect([status, stderr]).toEqual([
      6,
      expect.stringMatching(/opening handshake is wrong[\s\S]*✗ The subprotocol is one[\s\S]*chose a subprotocol unasked/),
    ]);
  });

  test('without SETTINGS_ENABLE_CONNECT_PROTOCOL nothing is asked, and it says what to do', async () => {
    let asked = 0;
    const port = await nodeServer(() => asked++, {});
    const { status, stderr } = await run([...QUICK, `ws://127.0.0.1:${port}/`]);
    expect([status, asked]).toEqual([6, 0]);
    expect(stderr.replace(/\s+/g, ' ')).toMatch(
      /✗ SETTINGS_ENABLE_CONNECT_PROTOCOL is 1: .* HTTP\/2 does not do WebSocket.* --http1\.1/,
    );
  });
});

describe('who does not answer', () => {
  test.each<[what: string, port: () => Promise<number>, status: number, says: RegExp]>([
    ['HTTP/1.1', async () => (await answering('HTTP/1.1 400 Bad Request\r\n\r\n')).port, 6, /does not speak HTTP\/2/],
    ['an end', async () => (await rawServer((socket) => socket.end())).port, 6, /ended the HTTP\/2 connection/],
    ['a reset stream', () => nodeServer((stream) => stream.close(7)), 6, /RST_STREAM REFUSED_STREAM/],
    ['a goodbye', () => nodeServer(({ session }) => session?.goaway(11)), 6, /GOAWAY ENHANCE_YOUR_CALM/],
  ])('%s', async (_, port, status, says) => {
    const outcome = await run([...QUICK, `ws://127.0.0.1:${await port()}/`]);
    expect([outcome.status, outcome.stderr.replace(/\s+/g, ' ')]).toEqual([status, expect.stringMatching(says)]);
  });

  test('silence: the deadline counts', async () => {
    const { port } = await rawServer(() => undefined);
    const { status, stderr } = await run(['--http2', '--timeout', '200ms', `ws://127.0.0.1:${port}/`]);
    expect([status, stderr]).toEqual([124, expect.stringMatching(/timed out \(HTTP\/2\)[\s\S]*sent no SETTINGS in time/)]);
  });
});

describe('an open stream', () => {
  const open = (then: (stream: ServerHttp2Stream) => void) =>
    nodeServer((stream) => {
      stream.respond({ ':status': 200 });
      stream.resume();
      then(stream);
    });

  test.each<[what: string, then: (stream: ServerHttp2Stream) => void, failure: object | undefined]>([
    ['ends', (stream) => stream.end(), undefined],
    [
      'is reset',
      (stream) => stream.destroy(new Error('x')),
      { code: 'RST_STREAM', message: expect.stringContaining('INTERNAL_ERROR') },
    ],
    [
      'goes with its connection',
      ({ session }) => {
        session?.goaway(11, 0, Buffer.from('calm\x1b[2J'));
        session?.destroy();
      },
      { code: 'GOAWAY', message: expect.stringContaining('ENHANCE_YOUR_CALM, calm') },
    ],
  ])('%s: 1006, and why', async (_, then, failure) => {
    const port = await open((stream) => setImmediate(then, stream));
    const { status, stdout } = await run(['--http2', '--format', 'json', `ws://127.0.0.1:${port}/`, '-w', '-1']);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(status).toBe(8);
    expect(events.at(-1)).toMatchObject({ type: 'closed', code: 1006, wasClean: false });
    expect(events.find(({ type }) => type === 'failure')).toEqual(failure && expect.objectContaining(failure));
  });

  test('a goodbye with NO_ERROR is told and the stream goes on', async () => {
    const port = await open((stream) => {
      stream.session?.goaway(0);
      // A Close frame with 1000, a moment after.
      setImmediate(() => stream.end(Buffer.from([0x88, 2, 3, 232])));
    });
    const { status, stderr } = await run(['--http2', '-v', '-w', '-1', `ws://127.0.0.1:${port}/`]);
    expect([status, stderr]).toEqual([0, expect.stringContaining('< GOAWAY error=NO_ERROR')]);
  });
});

describe('ours and ours', () => {
  test('the closing handshake ends in END_STREAM from both sides, and nothing is reset', async () => {
    const { port } = await serve({ http2: true });
    const wire = await watched(port);
    const client = await connect(`ws://127.0.0.1:${wire.port}/`, { http: '2' });
    client.send(text('hi'));
    await client.messages.next();
    client.link.close(1000);
    await client.ended;
    await expect
      .poll(() => wire.frames.filter((frame) => frame.includes('END_STREAM')).sort())
      .toEqual(['< DATA END_STREAM', '> DATA END_STREAM']);
    expect(wire.frames.slice(0, 2)).toEqual(['> HEADERS', '< HEADERS']);
    expect(wire.frames.filter((frame) => frame.includes('RST_STREAM'))).toEqual([]);
  });

  test('who goes without a closing handshake sends RST_STREAM CANCEL (8), and the other side says so', async () => {
    const server = await serve({ http2: true });
    const wire = await watched(server.port);
    const client = await connect(`ws://127.0.0.1:${wire.port}/`, { http: '2' });
    const peer = await server.opened.next();
    client.link.destroy();
    expect(await server.ended.next()).toMatchObject({ type: 'closed', code: 1006, wasClean: false });
    expect(peer.link.networkError).toMatchObject({ code: 'RST_STREAM', message: expect.stringContaining('CANCEL') });
    expect(wire.frames.filter((frame) => /RST_STREAM|END_STREAM/.test(frame))).toEqual(['> RST_STREAM 8']);
  });

  test.each([
    ['plain', {}],
    ['deflate', { extensions: 'permessage-deflate; client_max_window_bits' }],
    ['watched', { watch: true }],
  ])('%s: every length comes back', async (_, wishes) => {
    const { port } = await serve({ http2: true });
    const client = await connect(`ws://127.0.0.1:${port}/`, { http: '2', ...wishes });
    const messages = [0, 1, 125, 126, 65_535, 65_536, 1_048_576].map((length) => binary(Buffer.alloc(length, length % 251)));
    for (const message of messages) client.send(message);
    expect(await client.messages.take(messages.length)).toEqual(messages.map(({ opcode, data }) => summary(opcode, data)));
  });

  test('a reader that stops holds up the sender: windows fill, and nothing is lost', async () => {
    const server = await serve({ http2: true }, { greet: ({ link }) => link.pause() });
    const wire = await watched(server.port);
    const client = await connect(`ws://127.0.0.1:${wire.port}/`, { http: '2' });
    const peer = await server.opened.next();
    const message = binary(Buffer.alloc(64 * 1024, 7));
    for (let count = 0; count < 384; count++) client.send(message);
    client.link.flush();
    // 1 MiB of window in frames of 16 KiB; a little more for what Node has taken out of it already.
    const sent = () => wire.frames.filter((frame) => frame === '> DATA').length;
    await expect.poll(sent).toBeGreaterThanOrEqual(64);
    expect(sent()).toBeLessThan(80);
    expect(client.link.pending).toBeGreaterThan(20 * 1024 * 1024);
    peer.link.resume();
    expect(await client.messages.take(384)).toEqual(Array.from({ length: 384 }, () => summary('binary', message.data)));
  });
});
