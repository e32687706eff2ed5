import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocket as Undici } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { inspect } from '../../src/library/inspect.ts';
import { WebSocketServer } from '../../src/library/server.ts';
import type { WebSocketServerOptions } from '../../src/library/server-options.ts';
import type { SessionEvent } from '../../src/session/event.ts';
import { Inbox } from '../interop/inbox.ts';
import { describeWith } from '../need.ts';
import { allOf, REQUEST, rawClient } from '../peer.ts';
import { makeCertificates, OPENSSL } from '../transport/certificates.ts';
import { echoing, listening, open, pair, statusOf } from './listening.ts';
import { uncaught } from './uncaught.ts';

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

  test.each<[string, Partial<WebSocketServerOptions>, (server: WebSocketServer) => void]>([
    ['handleProtocols', { handleProtocols: blunder }, () => undefined],
    ['shouldHandle', {}, (server) => Object.assign(server, { shouldHandle: blunder })],
    ['a listener of headers', {}, (server) => server.on('headers', blunder)],
  ])('%s that throws is reported, and its client gets 500', async (_, options, prepare) => {
    const thrown = uncaught();
    const { server, port } = await listening(options);
    prepare(server);
    expect(await statusOf(port, { 'Sec-WebSocket-Protocol': 'chat' })).toBe(500);
    expect(await thrown.next()).toBe('a blunder');
    expect(server.clients.size).toBe(0);
  });

  test('a listener of wsClientError that throws is reported, and its client is let go', async () => {
    const thrown = uncaught();
    const { server, port } = await listening();
    server.on('wsClientError', blunder);
    const socket = await rawClient(port);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    expect((await allOf(socket)).length).toBe(0);
    expect(await thrown.next()).toBe('a blunder');
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

describeWith(OPENSSL, 'on an HTTPS server', () => {
  const { ca, good } = makeCertificates();

  test('verifyClient knows that it is secure, and 256 KiB come and go', async () => {
    const server = createTlsServer({ cert: good.cert, key: good.key });
    onTestFinished(() => {
      server.close();
    });
    const secure: boolean[] = [];
    const sockets = new WebSocketServer({
      server,
      verifyClient: (info) => {
        secure.push(info.secure);
        return true;
      },
    });
    onTestFinished(() => sockets.close({ timeout: 0 }));
    echoing(sockets);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const peer = await inspect.connect(`wss://localhost:${port}/`, { tls: { ca: ca.cert } });
    const text = 'secret '.repeat(40_000);
    peer.send(text);
    expect((await peer.message()).text === text).toBe(true);
    expect(secure).toEqual([true]);
    peer.close(1000);
    expect(await peer.closed).toMatchObject({ code: 1000, wasClean: true });
  });
});

function blunder(): never {
  throw new Error('a blunder');
}
