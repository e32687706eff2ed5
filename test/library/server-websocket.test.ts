import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { inspect } from '../../src/library/inspect.ts';
import { ProtocolError } from '../../src/library/protocol-error.ts';
import type { WebSocketServerOptions } from '../../src/library/server-options.ts';
import { ServerWebSocket } from '../../src/library/server-websocket.ts';
import type { SessionEvent } from '../../src/session/event.ts';
import { Inbox } from '../interop/inbox.ts';
import { echoing, listening, open, pair } from './listening.ts';
import { uncaught } from './uncaught.ts';

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
    client.socket.send('text is no ArrayBuffer');
    expect(await seen.next()).toEqual([Buffer.from('text is no ArrayBuffer'), false]);
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
    socket.addEventListener('message', (event) => seen.put([event.type, event.data, Object.is(event.target, socket)]));
    socket.onmessage = ({ data }) => seen.put(data);
    client.socket.send('one');
    expect(await seen.take(2)).toEqual([['message', 'one', true], 'one']);
    socket.binaryType = 'arraybuffer';
    client.socket.send('two');
    expect(await seen.take(2)).toEqual([['message', 'two', true], 'two']);
    socket.binaryType = 'nodebuffer';
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
    server.once('connection', (socket) => {
      socket.on('error', (error) => heard.put(error));
      socket.onerror = ({ message }) => heard.put(message);
    });
    for (const listens of [true, false]) {
      const peer = await inspect.connect(url);
      peer.act({ type: 'frame', frame: { opcode: 1, payload: Buffer.from([0xc0]), mask: Buffer.alloc(4) } });
      if (listens) {
        const error = await heard.next();
        expect(error).toBeInstanceOf(ProtocolError);
        expect(error).toMatchObject({ rule: 'text-not-utf8', closeCode: 1007, section: 'RFC 6455 §8.1' });
        expect(await heard.next()).toBe((error as Error).message);
      }
      expect(await heard.next()).toEqual([1007, expect.stringMatching(/§8.1/)]);
      await peer.closed;
    }
  });

  test('a listener that throws is reported, and costs no message', async () => {
    const { socket, client } = await pair();
    const seen = new Inbox<string>();
    const thrown = uncaught();
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
  ['limits', { limits: { maxMessage: 5 } }, 1009, 6],
])('%s bounds what a client may send', async (_, options, code, size) => {
  const { client } = await pair(options);
  client.socket.send('x'.repeat(size));
  expect(await client.ends).toMatch(new RegExp(`^${code}`));
});

describe('clients', () => {
  test('looked at late, they are those who are there, and from then on whoever comes and goes', async () => {
    const { server, url } = await listening();
    const [stays, leaves] = [await open(url), await open(url)];
    leaves.socket.close();
    await leaves.ends;
    const { clients } = server;
    await expect.poll(() => clients.size).toBe(1);
    const third = await open(url);
    await expect.poll(() => clients.size).toBe(2);
    for (const { socket, ends } of [stays, third]) {
      socket.close();
      await ends;
    }
    await expect.poll(() => clients.size).toBe(0);
    expect(server.clients).toBe(clients);
  });

  test('a client is among them while listeners of connection run, and no more while those of close do', async () => {
    const { server, url } = await listening();
    const seen: boolean[] = [];
    const left = new Promise<void>((resolve) => {
      server.on('connection', (socket) => {
        seen.push(server.clients.has(socket));
        socket.on('close', () => {
          seen.push(server.clients.has(socket));
          resolve();
        });
      });
    });
    (await open(url)).socket.close();
    await left;
    expect(seen).toEqual([true, false]);
  });

  test('without clientTracking there are none, and a broadcast goes to nobody', async () => {
    const { server, url } = await listening({ clientTracking: false });
    expect(server.clients.size).toBe(0);
    await open(url);
    expect([server.clients.size, server.broadcast('to all')]).toEqual([0, 0]);
  });
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
