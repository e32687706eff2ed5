import type { Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketError, WebSocketStream, type WebSocketStreamOptions } from '../../src/index.ts';
import { closeFrame, echoServer, endOnData, frame, goodServer, rawServer, upgrading } from '../peer.ts';

function streamTo(url: string, options?: WebSocketStreamOptions): WebSocketStream {
  const stream = options ? new WebSocketStream(url, options) : new WebSocketStream(url);
  onTestFinished(() => stream.close());
  return stream;
}

const socketError = (closeCode: number | null = 1006, reason = '') =>
  expect.objectContaining({ name: 'WebSocketError', closeCode, reason });

async function nextTurns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

async function opened(url: string) {
  const stream = streamTo(url);
  return { stream, ...(await stream.opened) };
}

describe('new WebSocketStream', () => {
  test('knows its URL, and gives two promises and then two streams', async () => {
    const { url } = await echoServer({ handleProtocols: () => 'b' });
    const stream = streamTo(url.replace('ws:', 'http:'), { protocols: ['a', 'b'], deflate: false });
    expect(stream.url).toBe(url);
    expect(stream.opened).toBe(stream.opened);
    const { readable, writable, protocol, extensions } = await stream.opened;
    expect(readable).toBeInstanceOf(ReadableStream);
    expect(writable).toBeInstanceOf(WritableStream);
    expect({ protocol, extensions }).toEqual({ protocol: 'b', extensions: '' });
  });

  test('shows itself as the proposal has it', () => {
    expect(WebSocketStream).toHaveLength(1);
    expect(WebSocketStream.prototype.close).toHaveLength(0);
    expect(Object.keys(WebSocketStream.prototype)).toEqual(['url', 'opened', 'closed', 'close']);
    expect(String(streamTo('ws://127.0.0.1:1/'))).toBe('[object WebSocketStream]');
  });

  test.each<[args: unknown[], error: unknown]>([
    [[], TypeError],
    [['ws://127.0.0.1:1/#'], expect.objectContaining({ name: 'SyntaxError' })],
    [['invalid:'], expect.objectContaining({ name: 'SyntaxError' })],
    [['ws://127.0.0.1:1/', { protocols: ['a', 'A'] }], expect.objectContaining({ name: 'SyntaxError' })],
    [['ws://127.0.0.1:1/', { protocols: 'a' }], TypeError],
    [['ws://127.0.0.1:1/', { protocols: null }], TypeError],
    [['ws://127.0.0.1:1/', { protocols: {} }], TypeError],
    [['ws://127.0.0.1:1/', { protocols: [Symbol('x')] }], TypeError],
    [['ws://127.0.0.1:1/', { signal: 1 }], TypeError],
    [['ws://127.0.0.1:1/', { signal: null }], TypeError],
    [['ws://127.0.0.1:1/', true], TypeError],
    [['no URL', true], TypeError],
    [[Symbol('x')], TypeError],
  ])('%j throws', (args, error) => {
    expect(() => Reflect.construct(WebSocketStream, args)).toThrow(error as Error);
  });

  test.each([
    ['nobody listens', () => Promise.resolve({ url: 'ws://127.0.0.1:1/' })],
    ['the server refuses', () => rawServer((peer) => peer.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'))],
  ])('%s: both reject', async (_, serve) => {
    const stream = streamTo((await serve()).url);
    await expect(stream.opened).rejects.toThrow(socketError());
    await expect(stream.closed).rejects.toThrow(socketError());
    await expect(stream.opened).rejects.toBeInstanceOf(DOMException);
  });

  test('close while connecting: both reject', async () => {
    const { url } = await echoServer();
    const stream = streamTo(url);
    stream.close();
    await expect(stream.opened).rejects.toThrow(socketError());
    await expect(stream.closed).rejects.toThrow(socketError());
  });
});

describe('its signal', () => {
  test('given up before: nothing is connected', async () => {
    let connections = 0;
    const { url } = await rawServer(() => connections++);
    const stream = streamTo(url, { signal: AbortSignal.abort('no') });
    await expect(stream.opened).rejects.toBe('no');
    await expect(stream.closed).rejects.toBe('no');
    expect(connections).toBe(0);
  });

  test('given up while connecting: both reject with its reason', async () => {
    const { url } = await rawServer((peer) => peer.resume());
    const controller = new AbortController();
    const stream = streamTo(url, { signal: controller.signal });
    setImmediate(() => controller.abort());
    await expect(stream.opened).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    await expect(stream.closed).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });

  test('once open it does nothing', async () => {
    const { url } = await echoServer();
    const controller = new AbortController();
    const stream = streamTo(url, { signal: controller.signal });
    const { readable, writable } = await stream.opened;
    controller.abort();
    await writable.getWriter().write('still here');
    expect((await readable.getReader().read()).value).toBe('still here');
  });
});

describe('messages', () => {
  test('text comes as strings, binary as bytes, all in order', async () => {
    const { url } = await echoServer();
    const { readable, writable } = await opened(url);
    const writer = writable.getWriter();
    const written = ['Zöe \ud800', Uint8Array.of(1, 2), new Uint16Array([3]).buffer, new DataView(new ArrayBuffer(3), 1), 42, ''];
    for (const chunk of written) void writer.write(chunk as string);
    const reader = readable.getReader();
    const got: unknown[] = [];
    for (const _ of written) got.push((await reader.read()).value);
    expect(got).toEqual(['Zöe \ufffd', Uint8Array.of(1, 2), Uint8Array.of(3, 0), Uint8Array.of(0, 0), '42', '']);
    expect(got[1]?.constructor).toBe(Uint8Array);
  });

  test.each<[what: string, make: () => unknown]>([
    ['a symbol', () => Symbol('x')],
    ['an object that is no string', () => ({ toString: () => ({}) })],
    ['a resizable ArrayBuffer', () => Reflect.construct(ArrayBuffer, [2, { maxByteLength: 4 }])],
    ['a view of shared memory', () => new Uint8Array(new SharedArrayBuffer(2))],
  ])('%s cannot be a message: the writable is in error', async (_, make) => {
    const { url } = await echoServer();
    const { stream, writable } = await opened(url);
    await expect(writable.getWriter().write(make() as string)).rejects.toThrow(TypeError);
    stream.close();
    await stream.closed;
  });

  test('what is not read is not asked of the server', async () => {
    let sent = 0;
    let blocked = false;
    const message = frame(0x82, Buffer.alloc(60_000));
    const { url } = await upgrading((peer) => {
      const pump = () => {
        while (sent < 4000 && !blocked) {
          sent++;
          if (!peer.write(message)) {
            blocked = true;
            peer.once('drain', () => {
              blocked = false;
              pump();
            });
          }
        }
        if (sent === 4000) peer.end(closeFrame(1000));
      };
      pump();
      peer.resume();
    });
    const { stream, readable } = await opened(url);
    const reader = readable.getReader();
    await reader.read();
    // As long as the server is not held up something moves at every turn.
    for (let quiet = 0, before = -1; quiet < 50; before = sent) {
      await new Promise((resolve) => setImmediate(resolve));
      quiet = sent === before ? quiet + 1 : 0;
    }
    expect(sent).toBeLessThan(4000);
    let read = 1;
    while (!(await reader.read()).done) read++;
    expect(read).toBe(4000);
    expect(await stream.closed).toEqual({ closeCode: 1000, reason: '' });
  });

  test('write waits until the server takes it', async () => {
    let peer: Socket | undefined;
    const { url } = await upgrading((socket) => {
      peer = socket;
      socket.pause();
    });
    const { stream, writable } = await opened(url);
    const writer = writable.getWriter();
    const chunk = Buffer.alloc(1024 * 1024);
    let done = 0;
    for (let i = 0; i < 64; i++) void writer.write(chunk).then(() => done++);
    for (let quiet = 0, before = -1; quiet < 200; before = done) {
      await new Promise((resolve) => setImmediate(resolve));
      quiet = done === before ? quiet + 1 : 0;
    }
    expect(done).toBeLessThan(64);
    expect(writer.desiredSize).toBeLessThan(0);
    peer?.resume();
    await writer.ready;
    expect(done).toBe(64);
    stream.close();
  });
});

describe('close', () => {
  test.each<[info: object | undefined, code: number, reason: string]>([
    [undefined, 1005, ''],
    [{}, 1005, ''],
    [{ reason: '' }, 1005, ''],
    [{ reason: 'non-empty' }, 1000, 'non-empty'],
    [{ closeCode: 3456, reason: 'pizza' }, 3456, 'pizza'],
    [{ closeCode: '1000' }, 1000, ''],
  ])('%j', async (info, closeCode, reason) => {
    const { url } = await echoServer();
    const { stream, readable, writable } = await opened(url);
    expect(stream.close(info)).toBeUndefined();
    expect(await stream.closed).toEqual({ closeCode, reason });
    expect(await readable.getReader().read()).toEqual({ done: true, value: undefined });
    const late = writable.getWriter().write('late');
    await expect(late).rejects.toThrow(expect.objectContaining({ name: 'InvalidStateError' }));
  });

  test.each<[info: unknown, error: unknown]>([
    [true, TypeError],
    [{ closeCode: -1 }, TypeError],
    [{ closeCode: 70_000 }, TypeError],
    [{ closeCode: 1001 }, expect.objectContaining({ name: 'InvalidAccessError' })],
    [{ closeCode: 2999 }, expect.objectContaining({ name: 'InvalidAccessError' })],
    [{ reason: 'x'.repeat(124) }, expect.objectContaining({ name: 'SyntaxError' })],
  ])('%j throws', async (info, error) => {
    const { url } = await echoServer();
    const { stream } = await opened(url);
    expect(() => Reflect.apply(stream.close, stream, [info])).toThrow(error as Error);
  });

  test('closing the writable closes cleanly, and is done when the server has answered', async () => {
    let release: () => void = () => undefined;
    const { url } = await upgrading((peer) => {
      peer.once('data', () => {
        release = () => peer.end(frame(0x88));
      });
    });
    const { stream, writable } = await opened(url);
    let done = false;
    const closing = writable.close().then(() => {
      done = true;
    });
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(done).toBe(false);
    release();
    await closing;
    expect(await stream.closed).toEqual({ closeCode: 1005, reason: '' });
  });

  test.each<[stream: 'writable' | 'readable', reason: unknown, code: number, text: string]>([
    ['writable', undefined, 1005, ''],
    ['writable', { closeCode: 3456, reason: 'ignored' }, 1005, ''],
    ['writable', new WebSocketError('x', { closeCode: 3333, reason: 'abort' }), 3333, 'abort'],
    ['readable', undefined, 1005, ''],
    ['readable', new WebSocketError('x', { reason: 'cancel' }), 1000, 'cancel'],
  ])('giving up the %s with %o', async (which, reason, closeCode, text) => {
    const { url } = await echoServer();
    const { stream, readable, writable } = await opened(url);
    if (which === 'writable') void writable.abort(reason);
    else void readable.cancel(reason);
    expect(await stream.closed).toEqual({ closeCode, reason: text });
  });

  test('comes through where messages wait that nobody reads', async () => {
    const { url } = await goodServer((client) => {
      for (let i = 0; i < 100; i++) client.send('x'.repeat(10_000));
    });
    const { stream, readable } = await opened(url);
    await readable.getReader().read();
    stream.close({ closeCode: 3000 });
    expect(await stream.closed).toEqual({ closeCode: 3000, reason: '' });
  });
});

describe('the server ends it', () => {
  const sending = (bytes: Uint8Array) =>
    upgrading((peer) => {
      peer.write(bytes);
      endOnData(peer);
    });

  test('with a Close: what came before can be read', async () => {
    const { url } = await sending(Buffer.concat([frame(0x81, 'one'), frame(0x81, 'two'), closeFrame(4000, 'done')]));
    const { stream, readable, writable } = await opened(url);
    const got: unknown[] = [];
    for await (const message of readable) got.push(message);
    expect(got).toEqual(['one', 'two']);
    expect(await stream.closed).toEqual({ closeCode: 4000, reason: 'done' });
    await expect(writable.getWriter().closed).rejects.toThrow(expect.objectContaining({ name: 'InvalidStateError' }));
  });

  test.each([
    ['without one', Buffer.from('8105', 'hex')],
    ['breaking the protocol', Buffer.from('8300', 'hex')],
  ])('%s: everything fails with one error', async (_, bytes) => {
    const { url } = await upgrading((peer) => {
      peer.end(bytes);
      peer.resume();
    });
    const { stream, readable, writable } = await opened(url);
    await expect(stream.closed).rejects.toThrow(socketError());
    const error: unknown = await stream.closed.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WebSocketError);
    await expect(readable.getReader().read()).rejects.toBe(error);
    await expect(writable.getWriter().write('x')).rejects.toBe(error);
  });

  test('before a write has left: the write fails, and it was not clean', async () => {
    const peer = await upgrading((socket) => socket.pause());
    const { stream, readable, writable } = await opened(peer.url);
    const writer = writable.getWriter();
    const write = writer.write(new Uint8Array(32 * 1024 * 1024));
    await nextTurns(5);
    for (const socket of peer.sockets) socket.write(closeFrame(4567, 'enough'));
    const error: unknown = await write.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'InvalidStateError' });
    // However much of it is taken after all.
    for (const socket of peer.sockets) endOnData(socket);
    await expect(stream.closed).rejects.toThrow(socketError(4567, 'enough'));
    await expect(writer.write('word')).rejects.toBe(error);
    await expect(readable.getReader().read()).rejects.toThrow(socketError(4567, 'enough'));
  });

  test('and only then something is written: that fails as well', async () => {
    const peer = await upgrading((socket) => {
      socket.write(closeFrame(1000));
      socket.resume();
    });
    let came = false;
    const stream = streamTo(peer.url, {
      observe: (event) => {
        came ||= event.type === 'frame' && event.direction === 'received';
      },
    });
    const { writable } = await stream.opened;
    while (!came) await nextTurns(1);
    const write = writable.getWriter().write('x');
    await expect(write).rejects.toThrow(expect.objectContaining({ name: 'InvalidStateError' }));
    for (const socket of peer.sockets) socket.end();
    await expect(stream.closed).rejects.toThrow(socketError(1000));
  });

  test('after everything was written, however slowly it was taken: that is clean', async () => {
    const peer = await upgrading((socket) => socket.pause());
    const { stream, writable } = await opened(peer.url);
    const write = writable.getWriter().write(new Uint8Array(32 * 1024 * 1024));
    await nextTurns(5);
    for (const socket of peer.sockets) socket.resume();
    await write;
    for (const socket of peer.sockets) {
      socket.write(closeFrame(1000));
      endOnData(socket);
    }
    expect(await stream.closed).toEqual({ closeCode: 1000, reason: '' });
  });

  test('while a write waits', async () => {
    const peer = await upgrading((socket) => socket.pause());
    const { stream, writable } = await opened(peer.url);
    const writer = writable.getWriter();
    const chunk = Buffer.alloc(1024 * 1024);
    const writes = Array.from({ length: 64 }, () => writer.write(chunk));
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    for (const socket of peer.sockets) socket.resetAndDestroy();
    await expect(stream.closed).rejects.toThrow(socketError());
    expect((await Promise.allSettled(writes)).some(({ status }) => status === 'rejected')).toBe(true);
  });
});

describe('WebSocketError', () => {
  test.each<[args: unknown[], message: string, closeCode: number | null, reason: string]>([
    [[], '', null, ''],
    [['why'], 'why', null, ''],
    [['why', {}], 'why', null, ''],
    [['', { closeCode: 1000 }], '', 1000, ''],
    [['', { closeCode: 3000, reason: 'r' }], '', 3000, 'r'],
    [['', { reason: 'r' }], '', 1000, 'r'],
    [['', { reason: '\ud800' }], '', 1000, '\ufffd'],
  ])('new WebSocketError(%j)', (args, message, closeCode, reason) => {
    const error = Reflect.construct(WebSocketError, args);
    expect(error).toBeInstanceOf(DOMException);
    expect(error).toMatchObject({ name: 'WebSocketError', code: 0, message, closeCode, reason });
  });

  test.each<[init: unknown, error: unknown]>([
    [{ closeCode: 1006 }, expect.objectContaining({ name: 'InvalidAccessError' })],
    [{ closeCode: 65_536 }, TypeError],
    [{ reason: 'x'.repeat(124) }, expect.objectContaining({ name: 'SyntaxError' })],
    [{ closeCode: 1000n }, TypeError],
    [{ reason: Symbol('x') }, TypeError],
    [1, TypeError],
  ])('%o throws', (init, error) => {
    expect(() => Reflect.construct(WebSocketError, ['', init])).toThrow(error as Error);
  });

  test('a message that is none throws before all else', () => {
    expect(() => Reflect.construct(WebSocketError, [Symbol('x'), { closeCode: 1006 }])).toThrow(TypeError);
  });
});

test('a stream that nobody waits for ends in silence', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => {
    process.off('unhandledRejection', note);
  });
  await new Promise<void>((resolve) => {
    new WebSocketStream('ws://127.0.0.1:1/', {
      observe: ({ type }) => {
        if (type === 'failure') resolve();
      },
    });
  });
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled).toEqual([]);
});
