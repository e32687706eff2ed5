import { Blob } from 'node:buffer';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { WebSocket } from '../../src/index.ts';
import { clientFrames, echoServer, rawServer, upgrading } from '../peer.ts';
import { messages, openTo, socketTo } from './watch.ts';

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** An echo of ws that knows of no deflate, so that what is sent is what goes over the wire. */
async function opened(): Promise<WebSocket> {
  const socket = await openTo((await echoServer()).url);
  socket.binaryType = 'arraybuffer';
  return socket;
}

const hex = (data: unknown) => (typeof data === 'string' ? data : Buffer.from(data as ArrayBuffer).toString('hex'));

describe('send', () => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

  test.each<[what: string, data: unknown, echo: string, length: number]>([
    ['a string', 'Hello', 'Hello', 5],
    ['an empty string', '', '', 0],
    ['other alphabets', 'Zöe 💚', 'Zöe 💚', 9],
    ['a lone high surrogate', 'a\ud83db', 'a\ufffdb', 5],
    ['a lone low surrogate', '\udc9a', '\ufffd', 3],
    ['surrogates the wrong way round', '\udc9a\ud83d', '\ufffd\ufffd', 6],
    ['a long string with a lone surrogate', `${'x'.repeat(70_000)}\ud800`, `${'x'.repeat(70_000)}\ufffd`, 70_003],
    ['an ArrayBuffer', bytes.buffer, '0102030405060708', 8],
    ['an empty ArrayBuffer', new ArrayBuffer(0), '', 0],
    ['a Uint8Array in a larger buffer', bytes.subarray(2, 5), '030405', 3],
    ['a Uint16Array', new Uint16Array(bytes.buffer, 2, 2), '03040506', 4],
    ['a Float64Array', new Float64Array(bytes.buffer), '0102030405060708', 8],
    ['a DataView', new DataView(bytes.buffer, 7), '08', 1],
    ['a Buffer', Buffer.from('buf'), '627566', 3],
    ['a Blob', new Blob(['blob']), '626c6f62', 4],
    ['an empty Blob', new Blob([]), '', 0],
    ['null', null, 'null', 4],
    ['undefined', undefined, 'undefined', 9],
    ['a number', 1.5, '1.5', 3],
    ['an object', { toString: () => 'me' }, 'me', 2],
    ['an array', [1, 2], '1,2', 3],
    ['shared memory itself, which is none of the kinds', new SharedArrayBuffer(2), '[object SharedArrayBuffer]', 26],
  ])('%s', async (_, data, echo, length) => {
    const socket = await opened();
    const answer = messages(socket, 1);
    socket.send(data as string);
    expect(socket.bufferedAmount).toBe(length);
    expect((await answer).map(hex)).toEqual([echo]);
    expect(socket.bufferedAmount).toBe(0);
  });

  test('without an argument, or with what cannot be sent, is a TypeError', async () => {
    const socket = await opened();
    expect(() => Reflect.apply(socket.send, socket, [])).toThrow(TypeError);
    expect(() => socket.send(Symbol('x') as unknown as string)).toThrow(TypeError);
    expect(() => socket.send(new Uint8Array(new SharedArrayBuffer(2)))).toThrow(TypeError);
    const resizable: ArrayBuffer = Reflect.construct(ArrayBuffer, [2, { maxByteLength: 4 }]);
    expect(() => socket.send(resizable)).toThrow(TypeError);
    expect(() => socket.send(new Uint8Array(resizable))).toThrow(TypeError);
    expect(() => socket.send(new DataView(resizable))).toThrow(TypeError);
    expect(socket.bufferedAmount).toBe(0);
  });

  test('what is detached is empty', async () => {
    const socket = await opened();
    const answer = messages(socket, 3);
    const buffers = [new ArrayBuffer(8), new ArrayBuffer(8), new ArrayBuffer(8)] as const;
    const data = [new Uint8Array(buffers[0]), new DataView(buffers[1]), buffers[2]];
    for (const buffer of buffers) structuredClone(buffer, { transfer: [buffer] });
    for (const each of data) socket.send(each);
    expect((await answer).map(hex)).toEqual(['', '', '']);
  });

  test('what cannot be sent is a TypeError while connecting too', () => {
    const socket = socketTo('ws://127.0.0.1:1/');
    expect(() => socket.send(Symbol('x') as unknown as string)).toThrow(TypeError);
  });

  test('while connecting is an InvalidStateError, and counts for nothing', () => {
    const socket = socketTo('ws://127.0.0.1:1/');
    expect(() => socket.send('x')).toThrow(expect.objectContaining({ name: 'InvalidStateError', code: 11 }));
    expect(socket.bufferedAmount).toBe(0);
  });

  test('takes bytes as they are at that moment', async () => {
    const socket = await opened();
    const small = Buffer.from('small');
    const large = Buffer.alloc(100_000, 'L');
    const answer = messages(socket, 2);
    socket.send(small);
    socket.send(large);
    small.fill('x');
    large.fill('x');
    const [first, second] = await answer;
    expect(Buffer.from(first as ArrayBuffer).toString()).toBe('small');
    expect(Buffer.from(second as ArrayBuffer).equals(Buffer.alloc(100_000, 'L'))).toBe(true);
  });

  test('many of one turn leave in one write', async () => {
    const reads: number[] = [];
    const { url } = await upgrading((peer) => {
      peer.on('data', (chunk) => {
        reads.push(clientFrames(chunk).length);
        peer.end();
      });
    });
    const socket = await openTo(url, { deflate: false });
    for (let i = 0; i < 100; i++) socket.send(`message ${i}`);
    await once(socket, 'close');
    expect(reads).toEqual([100]);
  });
});

describe('Blobs', () => {
  test('keep their place among all that is sent', async () => {
    const socket = await opened();
    const answer = messages(socket, 6);
    socket.send('one');
    socket.send(new Blob(['two']));
    socket.send('three');
    socket.send(Buffer.from('four'));
    socket.send(new Blob(['five', new Blob(['!'])]));
    socket.send('six');
    expect(socket.bufferedAmount).toBe(3 + 3 + 5 + 4 + 5 + 3);
    expect((await answer).map(hex)).toEqual(['one', '74776f', 'three', '666f7572', '6669766521', 'six']);
    await nextTurn();
    expect(socket.bufferedAmount).toBe(0);
  });

  test('bytes that wait for a Blob are those that they were', async () => {
    const socket = await opened();
    const bytes = Buffer.from('before');
    const answer = messages(socket, 2);
    socket.send(new Blob(['x']));
    socket.send(bytes);
    bytes.fill('y');
    expect(hex((await answer)[1])).toBe(Buffer.from('before').toString('hex'));
  });

  test('leave before the Close', async () => {
    const { url, server } = await echoServer();
    const got: string[] = [];
    server.on('connection', (client) => client.on('message', (data) => got.push(String(data))));
    const socket = await openTo(url);
    socket.send(new Blob(['last words']));
    socket.send('and more');
    socket.close(1000, 'done');
    expect(socket.readyState).toBe(2);
    const [event] = await once(socket, 'close');
    expect(event).toMatchObject({ code: 1000, wasClean: true });
    expect(got).toEqual(['last words', 'and more']);
  });
});

describe('bufferedAmount', () => {
  test('does not fall in the turn in which it was sent, however long its microtasks go on', async () => {
    const socket = await opened();
    socket.send('x'.repeat(10));
    for (let i = 0; i < 20; i++) await undefined;
    expect(socket.bufferedAmount).toBe(10);
    await nextTurn();
    expect(socket.bufferedAmount).toBe(0);
  });

  test('does not fall while a server takes nothing, and stays when the connection is lost', async () => {
    const peer = await upgrading((socket) => socket.pause());
    const socket = await openTo(peer.url);
    const chunk = Buffer.alloc(1024 * 1024);
    let sent = 0;
    // Until more waits than all the buffers of the system between us take.
    do {
      for (let i = 0; i < 8; i++) {
        socket.send(chunk);
        sent += chunk.length;
      }
      await nextTurn();
    } while (socket.bufferedAmount < 8 * chunk.length);
    const waiting = await steady(() => socket.bufferedAmount);
    expect(waiting).toBeGreaterThan(0);
    expect(waiting).toBeLessThanOrEqual(sent);
    const closed = once(socket, 'close');
    for (const each of peer.sockets) each.resetAndDestroy();
    await closed;
    expect(socket.readyState).toBe(3);
    expect(socket.bufferedAmount).toBeGreaterThan(0);
    const after = socket.bufferedAmount;
    socket.send('12345');
    expect(socket.bufferedAmount).toBe(after + 5);
    await nextTurn();
    expect(socket.bufferedAmount).toBe(after + 5);
  });

  test('of one large message, what the system took counts no more', async () => {
    const peer = await upgrading((socket) => socket.pause());
    const socket = await openTo(peer.url, { deflate: false });
    const message = new Uint8Array(64 * 1024 * 1024);
    socket.send(message);
    expect(socket.bufferedAmount).toBe(message.length);
    const waiting = await steady(() => socket.bufferedAmount);
    expect(waiting).toBeGreaterThan(0);
    expect(waiting).toBeLessThan(message.length);
    for (const each of peer.sockets) each.resume();
    await expect.poll(() => socket.bufferedAmount).toBe(0);
  });

  test('grows by what is sent after close, which goes nowhere', async () => {
    const frames: number[] = [];
    const { url } = await upgrading((peer) =>
      peer.on('data', (chunk) => {
        frames.push(...clientFrames(chunk).map(({ opcode }) => opcode));
        peer.end(Buffer.from('8800', 'hex'));
      }),
    );
    const socket = await openTo(url);
    socket.close();
    socket.send('text é');
    socket.send(new Uint8Array(10));
    socket.send(new Blob(['blob']));
    expect(socket.bufferedAmount).toBe(7 + 10 + 4);
    await once(socket, 'close');
    socket.send('x');
    await nextTurn();
    expect(socket.bufferedAmount).toBe(22);
    expect(frames).toEqual([8]);
  });

  test('counts after a connection that never was', async () => {
    const { url } = await rawServer((peer) => peer.destroy());
    const socket = socketTo(url);
    await once(socket, 'close');
    socket.send('abc');
    expect(socket.bufferedAmount).toBe(3);
  });
});

/** A value once it has not changed for a while. */
async function steady(read: () => number): Promise<number> {
  let value = read();
  for (let same = 0; same < 200; same++) {
    await nextTurn();
    if (read() !== value) same = 0;
    value = read();
  }
  return value;
}
