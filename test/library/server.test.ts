import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket as Undici } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { inspect } from '../../src/library/inspect.ts';
import { ProtocolError } from '../../src/library/protocol-error.ts';
import { WebSocketServer } from '../../src/library/server.ts';
import type { WebSocketServerOptions } from '../../src/library/server-options.ts';
import { ServerWebSocket } from '../../src/library/server-websocket.ts';
import type { SessionEvent } from '../../src/session/event.ts';
import { Inbox } from '../interop/inbox.ts';
import { allOf, REQUEST, rawClient } from '../peer.ts';
import { echoing, listening } from './listening.ts';

async function open(url: string, protocols: string[] = [], headers: Record<string, string> = {}) {
  const socket = new WebSocket(url, protocols, { headers });
  onTestFinished(() => socket.terminate());
  const inbox = new Inbox<string>();
  const ends = once(socket, 'close').then(([code, reason]) => `${code} ${reason}`.trim());
  socket.on('error', () => undefined);
  socket.on('message', (data) => inbox.put(String(data)));
  await once(socket, 'open');
  return { socket, inbox, ends };
}

/** The status that a handshake with these headers gets. */
async function statusOf(port: number, headers: Record<string, string> = {}, path = '/'): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  onTestFinished(() => socket.terminate());
  socket.on('error', () => undefined);
  const status = once(socket, 'unexpected-response').then(([, response]) => response.statusCode as number);
  return Promise.race([status, once(socket, 'open').then(() => 101)]);
}

async function pair(options: WebSocketServerOptions = {}) {
  const { server, url, port } = await listening(options);
  const connection = once(server, 'connection');
  const client = await open(url);
  const [socket, request] = (await connection) as [ServerWebSocket, { url: string }];
  return { server, url, port, socket, request, client };
}

describe('options', () => {
  test.each<[object]>([[{}], [{ port: 0, noServer: true }], [{ server: createServer(), noServer: true }], [{ noServer: false }]])(
    '%j are refused',
    (options) => {
      expect(() => new WebSocketServer(options)).toThrow(TypeError);
    },
  );

  test('a port that is taken is an error event', async () => {
    const { port } = await listening();
    const [error] = await once(new WebSocketServer({ port, host: '127.0.0.1' }), 'error').catch((error) => [error]);
    expect(error).toMatchObject({ code: 'EADDRINUSE' });
  });

  test('without a host every address is served', async () => {
    const { server, port } = await listening({ host: undefined });
    expect(server.address()).toMatchObject({ port, address: expect.stringMatching(/^(::|0\.0\.0\.0)$/) });
    expect(await statusOf(port)).toBe(101);
  });

  test('address() in its three forms', () => {
    const waiting = new WebSocketServer({ port: 0 });
    onTestFinished(() => waiting.close());
    expect(waiting.address()).toBeNull();
    expect(new WebSocketServer({ server: createServer() }).address()).toBeNull();
    expect(() => new WebSocketServer({ noServer: true }).address()).toThrow(/no address/);
  });
});

describe('who gets in', () => {
  test.each<[headers: Record<string, string>, options: WebSocketServerOptions, status: number]>([
    [{}, {}, 101],
    [{ Origin: 'http://localhost:3000' }, {}, 101],
    [{ Origin: 'https://evil.example' }, {}, 403],
    [{ Origin: 'null' }, {}, 403],
    [{ Origin: 'https://app.example' }, { origins: ['https://app.example'] }, 101],
    [{ Origin: 'https://app.example:444' }, { origins: ['https://app.example'] }, 403],
    [{ Origin: 'https://evil.example' }, { origins: '*' }, 101],
    [{ Host: 'rebound.example' }, {}, 403],
    [{ Host: 'rebound.example', Origin: 'http://rebound.example' }, {}, 403],
    [{ Host: 'dev.example' }, { hosts: ['dev.example'] }, 101],
    [{ Origin: 'https://app.example', Host: 'app.example:8080' }, { host: '0.0.0.0' }, 101],
    [{ Origin: 'https://evil.example', Host: 'app.example' }, { host: '0.0.0.0' }, 403],
  ])('%j with %j: %i', async (headers, options, status) => {
    const { port } = await listening(options);
    expect(await statusOf(port, headers)).toBe(status);
  });

  test.each<[string, NonNullable<WebSocketServerOptions['verifyClient']>]>([
    ['at once', ({ req }) => req.headers.authorization === 'yes'],
    ['by a promise', async ({ req }) => req.headers.authorization === 'yes'],
    [
      'by a callback',
      ({ req }, answer) => setImmediate(answer, req.headers.authorization === 'yes', 402, 'pay', { 'X-Why': 'no' }),
    ],
  ])('verifyClient that answers %s', async (how, verifyClient) => {
    const { port } = await listening({ verifyClient });
    expect(await statusOf(port, { Authorization: 'yes' })).toBe(101);
    expect(await statusOf(port)).toBe(how === 'by a callback' ? 402 : 401);
  });

  test('what verifyClient puts on the request is there on connection; what it is told', async () => {
    const infos: unknown[] = [];
    const { server, url } = await listening({
      verifyClient: ({ origin, secure, req }) => {
        infos.push([origin, secure]);
        Object.assign(req, { user: 'Ann' });
        return true;
      },
    });
    const connection = once(server, 'connection');
    await open(url, [], { Origin: 'http://localhost' });
    expect((await connection)[1]).toMatchObject({ user: 'Ann', method: 'GET', url: '/', httpVersion: '1.1' });
    expect(infos).toEqual([['http://localhost', false]]);
  });

  test('a client that leaves, and one that is too late, while verifyClient thinks', async () => {
    const { server, port } = await listening({ handshakeTimeout: 50, verifyClient: () => new Promise(() => undefined) });
    const leaving = await rawClient(port);
    leaving.end(`${REQUEST.join('\r\n')}\r\n\r\n`);
    expect(await statusOf(port)).toBe(408);
    expect(server.clients.size).toBe(0);
  });

  test('handleProtocols, protocols, and neither', async () => {
    const last = await listening({ handleProtocols: (names) => [...names].at(-1) ?? false });
    expect((await open(last.url, ['a', 'b'])).socket.protocol).toBe('b');
    const listed = await listening({ protocols: ['c', 'b'] });
    expect((await open(listed.url, ['a', 'b', 'c'])).socket.protocol).toBe('b');
    const any = await listening();
    expect((await open(any.url, ['a', 'b'])).socket.protocol).toBe('a');
  });

  test('path, whatever the query; and no more than maxConnections', async () => {
    const { port } = await listening({ path: '/a', maxConnections: 1 });
    expect(await statusOf(port, {}, '/b')).toBe(404);
    expect(await statusOf(port, {}, '/a?x=1')).toBe(101);
    expect(await statusOf(port, {}, '/a')).toBe(503);
  });

  test('an HTTP request is told what this is', async () => {
    const { port } = await listening();
    const request = httpRequest({ port, host: '127.0.0.1' }).end();
    const [response] = await once(request, 'response');
    expect([response.statusCode, response.headers.upgrade]).toEqual([426, 'websocket']);
    response.resume();
  });

  test('headers: lines are added to the 101; lines that are no HTTP are not sent', async () => {
    const { server, url } = await listening();
    server.once('headers', (lines) => lines.push('Set-Cookie: a=1', 'Set-Cookie: b=2'));
    const peer = await inspect.connect(url);
    expect(peer.head?.fields.filter(({ name }) => name === 'Set-Cookie').map(({ value }) => value)).toEqual(['a=1', 'b=2']);
  });

  test('wsClientError: a request that is wrong is the listener’s to answer', async () => {
    const { server, port } = await listening();
    server.on('wsClientError', ({ message }, socket, { url }) => socket.end(`HTTP/1.1 418 No\r\n\r\n${url} ${message}`));
    const socket = await rawClient(port);
    socket.write(`${REQUEST.filter((line) => !line.includes('Key')).join('\r\n')}\r\n\r\n`);
    expect(await allOf(socket)).toMatch(/^HTTP\/1.1 418 [\s\S]*\/ Sec-WebSocket-Key is 16 bytes in base64, once: not sent$/);
  });
});

describe('a connection', () => {
  test('what its request says', async () => {
    const { server, port } = await listening();
    const connection = once(server, 'connection');
    await open(`ws://127.0.0.1:${port}/a?b=c`, [], { Cookie: 'x=1', 'X-Twice': 'one' });
    const [, request] = await connection;
    expect(request.url).toBe('/a?b=c');
    expect(request.headers).toMatchObject({ cookie: 'x=1', upgrade: 'websocket', host: `127.0.0.1:${port}` });
    expect(request.rawHeaders.slice(0, 1)).toEqual([expect.any(String)]);
    expect(request.socket.remoteAddress).toBe('127.0.0.1');
  });

  test('every shape of data', async () => {
    const { socket, client } = await pair();
    const sent = [
      'text',
      7,
      Buffer.from('bytes'),
      new Uint16Array([0x6968]),
      new DataView(new Uint8Array([1, 2, 3]).buffer, 1, 1),
      new Uint8Array([104, 105]).buffer,
    ];
    const kinds: boolean[] = [];
    client.socket.on('message', (_, isBinary) => kinds.push(isBinary));
    for (const data of sent) socket.send(data);
    socket.send(Buffer.from('as text'), { binary: false });
    socket.send('as bytes', { binary: true });
    const got = await client.inbox.take(sent.length + 2);
    expect(got).toEqual(['text', '7', 'bytes', 'hi', '\u0002', 'hi', 'as text', 'as bytes']);
    expect(kinds).toEqual([false, false, true, true, true, true, false, true]);
  });

  test('fragments', async () => {
    const { server, url } = await listening();
    const connection = once(server, 'connection');
    const peer = await inspect.connect(url);
    const [socket] = (await connection) as [ServerWebSocket];
    socket.send('a', { fin: false });
    socket.send('b', { fin: false });
    socket.send('c');
    socket.send('whole');
    expect((await peer.message('abc')).opcode).toBe('text');
    await peer.message('whole');
    expect(peer.frames.map(({ opcode, fin }) => [opcode, fin])).toEqual([
      ['text', false],
      ['continuation', false],
      ['continuation', true],
      ['text', true],
    ]);
  });

  test('messages arrive as Buffers, as ArrayBuffers, or as ranges', async () => {
    const { socket, client } = await pair();
    const seen = new Inbox<unknown>();
    socket.on('message', (data, isBinary) => seen.put([data, isBinary]));
    client.socket.send('é');
    expect(await seen.next()).toEqual([Buffer.from('é'), false]);
    socket.binaryType = 'arraybuffer';
    client.socket.send(Buffer.from([1, 2]));
    expect(await seen.next()).toEqual([new Uint8Array([1, 2]).buffer, true]);
    socket.each((message) => {
      seen.put([message.opcode, message.text()]);
      socket.send(message);
    });
    client.socket.send('quick');
    expect(await seen.next()).toEqual(['text', 'quick']);
    expect(await client.inbox.next()).toBe('quick');
  });

  test('the standard’s way of listening', async () => {
    const { socket, client } = await pair();
    const seen = new Inbox<unknown>();
    socket.addEventListener('message', (event) =>
      seen.put([event.type, (event as MessageEvent).data, Object.is(event.target, socket)]),
    );
    socket.onmessage = ({ data }: { data: unknown }) => seen.put(data);
    client.socket.send('one');
    expect(await seen.take(2)).toEqual([['message', 'one', true], 'one']);
    socket.onmessage = null;
    client.socket.send(Buffer.from([1]));
    expect(await seen.next()).toEqual(['message', Buffer.from([1]), true]);
    socket.addEventListener('close', (event) => seen.put(event));
    client.socket.close(4000, 'so');
    expect(await seen.next()).toMatchObject({ type: 'close', code: 4000, reason: 'so', wasClean: true });
  });

  test('pings and pongs, and their callbacks', async () => {
    const { socket, client } = await pair();
    const heard = new Inbox<string>();
    socket.on('pong', (data) => heard.put(`pong ${data}`));
    socket.on('ping', (data) => heard.put(`ping ${data}`));
    socket.ping('a', false, () => heard.put('sent'));
    expect((await heard.take(2)).toSorted()).toEqual(['pong a', 'sent']);
    client.socket.ping('b');
    expect(await heard.next()).toBe('ping b');
    socket.ping();
    expect(await heard.next()).toBe('pong ');
    expect(() => socket.ping('x'.repeat(126))).toThrow(/125 bytes/);
  });

  test('states, and what they let be sent', async () => {
    const { socket, client } = await pair();
    expect([socket.readyState, socket.OPEN, ServerWebSocket.CLOSED]).toEqual([1, 1, 3]);
    const told = new Inbox<string | undefined>();
    socket.send('last', (error) => told.put(error?.message));
    expect(await told.next()).toBeUndefined();
    socket.close(1000, 'done');
    expect(socket.readyState).toBe(2);
    socket.send('too late', (error) => told.put(error?.message));
    socket.ping('too late', true, (error) => told.put(error?.message));
    expect(await told.take(2)).toEqual([expect.stringMatching(/not sent/), expect.stringMatching(/not sent/)]);
    expect(await once(socket, 'close')).toEqual([1000, Buffer.from('done')]);
    expect([socket.readyState, socket.closedCleanly, await client.ends]).toEqual([3, true, '1000 done']);
    socket.close();
    socket.terminate();
  });

  test.each<[string, number, string]>([
    ['a code', 1005, ''],
    ['a reason', 1000, 'x'.repeat(124)],
  ])('%s that cannot be sent throws', async (_, code, reason) => {
    const { socket } = await pair();
    expect(() => socket.close(code, reason)).toThrow();
    expect(socket.readyState).toBe(1);
  });

  test('terminate', async () => {
    const { socket, client } = await pair();
    socket.terminate();
    expect(socket.readyState).toBe(2);
    expect(await once(socket, 'close')).toEqual([1006, Buffer.alloc(0)]);
    expect(await client.ends).toBe('1006');
  });

  test('pause: nothing is handed on until resume, and then all of it', async () => {
    const { socket, client } = await pair();
    const seen = new Inbox<string>();
    socket.on('message', (data) => {
      seen.put(String(data));
      if (String(data) === '1') socket.pause();
    });
    for (const text of ['1', '2', '3']) client.socket.send(text);
    expect(await seen.next()).toBe('1');
    expect(socket.isPaused).toBe(true);
    client.socket.send('4');
    socket.resume();
    expect(await seen.take(3)).toEqual(['2', '3', '4']);
  });

  test('the client breaks the protocol: error where somebody listens, and close with our code', async () => {
    const { server, url } = await listening();
    const heard = new Inbox<unknown>();
    server.on('connection', (socket) => {
      socket.on('close', (code, reason) => heard.put([code, reason.toString()]));
    });
    server.once('connection', (socket) => socket.on('error', (error) => heard.put(error)));
    for (const listens of [true, false]) {
      const peer = await inspect.connect(url);
      peer.act({ type: 'frame', frame: { opcode: 1, payload: Buffer.from([0xc0]), mask: Buffer.alloc(4) } });
      if (listens) {
        const error = await heard.next();
        expect(error).toBeInstanceOf(ProtocolError);
        expect(error).toMatchObject({ rule: 'text-not-utf8', closeCode: 1007, section: 'RFC 6455 §8.1' });
      }
      expect(await heard.next()).toEqual([1007, expect.stringMatching(/§8.1/)]);
      await peer.closed;
    }
  });

  test('a listener that throws is reported, and costs no message', async () => {
    const { socket, client } = await pair();
    const seen = new Inbox<string>();
    const thrown = new Inbox<string>();
    const mine = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', ({ message }) => thrown.put(message));
    onTestFinished(() => {
      process.removeAllListeners('uncaughtException');
      for (const listener of mine) process.on('uncaughtException', listener);
    });
    socket.on('message', (data) => {
      seen.put(String(data));
      if (String(data) === 'bad') throw new Error('from the listener');
    });
    client.socket.send('bad');
    client.socket.send('good');
    expect(await seen.take(2)).toEqual(['bad', 'good']);
    expect(await thrown.next()).toBe('from the listener');
  });

  test('a client that takes nothing is waited for: bufferedAmount grows, callbacks and drain come in the end', async () => {
    const { socket, client } = await pair();
    client.socket.pause();
    const big = Buffer.alloc(4 * 1024 * 1024);
    const told = new Inbox<unknown>();
    for (let i = 0; i < 4; i++) socket.send(big, () => told.put('taken'));
    socket.once('drain', () => told.put('drain'));
    await new Promise(setImmediate);
    expect(socket.bufferedAmount).toBeGreaterThan(big.length);
    client.socket.resume();
    expect((await told.take(5)).toSorted()).toEqual(['drain', 'taken', 'taken', 'taken', 'taken']);
    expect(socket.bufferedAmount).toBe(0);
  });
});

test.each<[what: string, options: WebSocketServerOptions, code: number, size: number]>([
  ['maxPayload', { maxPayload: 10 }, 1009, 11],
  ['maxPayload inflated', { maxPayload: 1000, perMessageDeflate: true }, 1009, 100_000],
  ['limits', { limits: { maxFragments: 0 } }, 1008, 1],
])('%s bounds what a client may send', async (_, options, code, size) => {
  const { client } = await pair(options);
  client.socket.send('x'.repeat(size));
  expect(await client.ends).toMatch(new RegExp(`^${code}`));
});

describe('broadcast', () => {
  test('to all that are open, but one', async () => {
    const { server, url } = await listening();
    const clients = [await open(url), await open(url), await open(url)];
    const [first] = server.clients;
    expect(server.broadcast('to all')).toBe(3);
    expect(server.broadcast(Buffer.from('to two'), { except: first })).toBe(2);
    expect(await Promise.all(clients.map(({ inbox }) => inbox.next()))).toEqual(['to all', 'to all', 'to all']);
    expect(await Promise.all(clients.slice(1).map(({ inbox }) => inbox.next()))).toEqual(['to two', 'to two']);
  });

  test.each([
    { threshold: 0 },
    { threshold: 0, serverNoContextTakeover: true },
    { threshold: 0, serverMaxWindowBits: 9 },
    { threshold: 0, serverMaxWindowBits: 8 },
    false,
  ])('among other messages, for compressing clients and others, by %j', async (perMessageDeflate) => {
    const { server, url } = await listening({ perMessageDeflate });
    echoing(server);
    const clients = [await open(url), await inspect.connect(url, { deflate: false }), await inspect.connect(url)] as const;
    const [ws, plain, compressing] = clients;
    for (const round of [1, 2, 3]) {
      const text = `round ${round} `.repeat(50);
      ws.socket.send(text);
      plain.send(text);
      compressing.send(text);
      expect(await ws.inbox.next()).toBe(text);
      await plain.message(text);
      await compressing.message(text);
      const news = `news ${round} ${text}`;
      expect(server.broadcast(news)).toBe(3);
      expect(await ws.inbox.next()).toBe(news);
      expect((await plain.message(news)).compressed).toBe(false);
      const { compressed, wireLength } = await compressing.message(news);
      expect(compressed).toBe(perMessageDeflate !== false);
      if (compressed) expect(wireLength).toBeLessThan(text.length / 2);
    }
  });

  test('not to who is behind', async () => {
    const { server, socket, client, url } = await pair();
    const quick = await open(url);
    client.socket.pause();
    socket.send(Buffer.alloc(16 * 1024 * 1024));
    await new Promise(setImmediate);
    expect(server.broadcast('news', { maxBuffered: 1024 * 1024 })).toBe(1);
    expect(await quick.inbox.next()).toBe('news');
  });

  test('of 100 KiB by reference, and watched', async () => {
    const events: SessionEvent[] = [];
    const { server, client } = await pair({ observe: (event) => events.push(event) });
    const text = 'z'.repeat(100_000);
    server.broadcast(text);
    expect(await client.inbox.next()).toBe(text);
    expect(events.find(({ type }) => type === 'message')).toMatchObject({
      direction: 'sent',
      opcode: 'text',
      wireLength: 100_000,
    });
  });
});

test('observe is told of everything, and may throw', async () => {
  const events: SessionEvent[] = [];
  const { client, socket } = await pair({ observe: (event) => events.push(event) });
  socket.on('message', () => socket.close());
  client.socket.send('hi');
  await client.ends;
  await once(socket, 'close').catch(() => undefined);
  expect(events.map((event) => (event.type === 'frame' ? `${event.direction} ${event.frame.opcode}` : event.type))).toEqual(
    expect.arrayContaining(['hop', 'head', 'open', 'received 1', 'message', 'sent 8', 'received 8', 'closed']),
  );
  expect(new Set(events.map(({ connection }) => connection))).toEqual(new Set([socket.connection]));
});

describe('on an HTTP server', () => {
  async function http() {
    const server = createServer((_, response) => response.end('plain'));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const listen = async () => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    };
    return { server, listen };
  }

  test('it takes the upgrades and leaves the rest', async () => {
    const { server, listen } = await http();
    const sockets = new WebSocketServer({ server, path: '/ws' });
    echoing(sockets);
    const heard = once(sockets, 'listening');
    const port = await listen();
    await heard;
    expect(sockets.address()).toMatchObject({ port });
    const connection = once(sockets, 'connection');
    const client = await open(`ws://127.0.0.1:${port}/ws`);
    expect((await connection)[1]).toMatchObject({ httpVersion: '1.1', url: '/ws' });
    client.socket.send('through HTTP');
    expect(await client.inbox.next()).toBe('through HTTP');
    expect(await statusOf(port, {}, '/other')).toBe(404);
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(await response.text()).toBe('plain');
    const ended = once(sockets, 'close');
    await sockets.close({ code: 1012, reason: 'restart' });
    await ended;
    expect(await client.ends).toBe('1012 restart');
    expect(server.listening).toBe(true);
    expect(server.listenerCount('upgrade')).toBe(0);
  });

  test('frames right behind the request', async () => {
    const { server, listen } = await http();
    echoing(new WebSocketServer({ server }));
    const port = await listen();
    const socket = await rawClient(port);
    socket.write(
      Buffer.concat([Buffer.from(`${REQUEST.join('\r\n')}\r\n\r\n`), Buffer.from('818200000000', 'hex'), Buffer.from('hi')]),
    );
    let got = '';
    for await (const chunk of socket) {
      got += (chunk as Buffer).toString('latin1');
      if (got.endsWith('hi')) break;
    }
    expect(got).toMatch(/101 [\s\S]*\r\n\r\n\x81\x02hi$/);
  });

  test('noServer: handleUpgrade, by path, and not twice', async () => {
    const { server, listen } = await http();
    const [a, b] = [new WebSocketServer({ noServer: true }), new WebSocketServer({ noServer: true })];
    const errors = new Inbox<string>();
    server.on('upgrade', (request, socket, head) => {
      const chosen = request.url === '/a' ? a : b;
      chosen.handleUpgrade(request, socket, head, (client, { url }) => client.send(`welcome to ${url}`));
      try {
        chosen.handleUpgrade(request, socket, head, () => undefined);
      } catch (error) {
        errors.put((error as Error).message);
      }
    });
    const port = await listen();
    expect(await (await open(`ws://127.0.0.1:${port}/a`)).inbox.next()).toBe('welcome to /a');
    expect(await (await open(`ws://127.0.0.1:${port}/b`)).inbox.next()).toBe('welcome to /b');
    expect([a.clients.size, b.clients.size]).toEqual([1, 1]);
    expect(await errors.next()).toMatch(/already upgraded/);
    await Promise.all([a.close({}), b.close({})]);
  });
});

describe('closing', () => {
  test('gracefully: everybody is told, nobody new gets in', async () => {
    const { server, port, client } = await pair();
    const closed = server.close({ code: 1012, reason: 'back soon' });
    expect(await client.ends).toBe('1012 back soon');
    await closed;
    expect(server.clients.size).toBe(0);
    await expect(statusOf(port)).rejects.toThrow(/ECONNREFUSED|closed|hang up/);
  });

  test('who does not answer is cut off after timeout', async () => {
    const { server, url } = await listening();
    const peer = await inspect.connect(url, { automatic: false });
    await server.close({ timeout: 30 });
    expect(await peer.frame({ opcode: 'close', code: 1001 })).toBeDefined();
    expect(await peer.closed).toMatchObject({ wasClean: false });
  });

  test('without options it waits until the last one leaves', async () => {
    const { server, client } = await pair();
    const order: string[] = [];
    const closed = server.close(() => order.push('closed'));
    client.socket.on('close', () => order.push('left'));
    client.socket.close();
    await closed;
    await client.ends;
    expect(order.toSorted()).toEqual(['closed', 'left']);
  });

  test('before it listens', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await server.close();
    await new Promise(setImmediate);
    expect(server.address()).toBeNull();
  });
});

test('undici’s client', async () => {
  const { server, url } = await listening({ perMessageDeflate: { threshold: 0 } });
  echoing(server);
  const socket = new Undici(url, ['p']);
  const inbox = new Inbox<unknown>();
  socket.addEventListener('message', ({ data }) => inbox.put(data));
  await once(socket, 'open');
  expect([socket.protocol, socket.extensions]).toEqual(['p', 'permessage-deflate']);
  for (const text of ['', 'short', 'Zöe '.repeat(1000), '😀'.repeat(20_000)]) {
    socket.send(text);
    expect(await inbox.next()).toBe(text);
  }
  server.broadcast('news '.repeat(100));
  expect(await inbox.next()).toBe('news '.repeat(100));
  const closed = once(socket, 'close');
  await server.close({ code: 4000 });
  expect((await closed)[0]).toMatchObject({ code: 4000, wasClean: true });
});
