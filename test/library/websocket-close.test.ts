import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { WebSocket } from '../../src/index.ts';
import { Inbox } from '../interop/inbox.ts';
import { answering, clientFrames, closeFrame, echoServer, frame, goodServer, rawServer, SWITCHING, upgrading } from '../peer.ts';
import { openTo, socketTo, story } from './watch.ts';

/** A server that sends `bytes` once it is open, and keeps what it gets. */
async function sending(bytes: Uint8Array, extra = '') {
  const got: { opcode: number; payload: Buffer }[] = [];
  const { url } = await upgrading((peer) => {
    peer.on('data', (chunk) => {
      got.push(...clientFrames(chunk));
      if (got.some(({ opcode }) => opcode === 8)) peer.end();
    });
    peer.write(bytes);
  }, extra);
  return { url, got };
}

describe('we close', () => {
  test.each<[args: unknown[], code: number, reason: string]>([
    [[], 1005, ''],
    [[undefined], 1005, ''],
    [[undefined, undefined], 1005, ''],
    [[undefined, ''], 1005, ''],
    [[undefined, 'only a reason'], 1000, 'only a reason'],
    [[1000], 1000, ''],
    [[1000, ''], 1000, ''],
    [[3000, 'bye'], 3000, 'bye'],
    [[4999, 'é'.repeat(61)], 4999, 'é'.repeat(61)],
    [['1000', 7], 1000, '7'],
    [[3000.4, null], 3000, 'null'],
    [[1000, 'lone \ud800'], 1000, 'lone \ufffd'],
  ])('close(%j)', async (args, code, reason) => {
    const got = new Inbox<[number, string]>();
    const { url } = await goodServer((client) => client.on('close', (code, reason) => got.put([code, reason.toString()])));
    const socket = socketTo(url);
    const told = story(socket);
    await once(socket, 'open');
    expect(Reflect.apply(socket.close, socket, args)).toBeUndefined();
    expect(socket.readyState).toBe(2);
    expect(await told).toEqual(['open 1', `close ${code} ${JSON.stringify(reason)} clean 3`]);
    expect(await got.next()).toEqual([code, reason]);
  });

  test.each<[args: unknown[], name: string]>([
    [[0], 'InvalidAccessError'],
    [[null], 'InvalidAccessError'],
    [['string'], 'InvalidAccessError'],
    [[Number.NaN], 'InvalidAccessError'],
    [[999], 'InvalidAccessError'],
    [[1001], 'InvalidAccessError'],
    [[1005], 'InvalidAccessError'],
    [[2999], 'InvalidAccessError'],
    [[5000], 'InvalidAccessError'],
    [[67_536], 'InvalidAccessError'],
    [[1000, 'x'.repeat(124)], 'SyntaxError'],
    [[undefined, 'é'.repeat(62)], 'SyntaxError'],
  ])('close(%j) is a %s, in every state, and changes nothing', async (args, name) => {
    const { url } = await echoServer();
    const socket = socketTo(url);
    const told = story(socket);
    const attempt = () => Reflect.apply(socket.close, socket, args);
    const error = expect.objectContaining({ name });
    expect(attempt).toThrow(error);
    expect(socket.readyState).toBe(0);
    await once(socket, 'open');
    expect(attempt).toThrow(error);
    expect(socket.readyState).toBe(1);
    socket.close();
    expect(attempt).toThrow(error);
    await told;
    expect(attempt).toThrow(error);
  });

  test('a second close does nothing', async () => {
    const { url } = await echoServer();
    const socket = await openTo(url);
    socket.close(3001, 'first');
    socket.close(3002, 'second');
    const [event] = await once(socket, 'close');
    expect(event).toMatchObject({ code: 3001, reason: 'first' });
    socket.close(3003);
    expect(socket.readyState).toBe(3);
  });

  test('the code is the one that the server sent', async () => {
    const { url } = await upgrading((peer) => peer.once('data', () => peer.end(closeFrame(4001, 'mine'))));
    const socket = await openTo(url);
    socket.close(4000, 'yours');
    const [event] = await once(socket, 'close');
    expect(event).toMatchObject({ code: 4001, reason: 'mine', wasClean: true });
  });

  test('messages that come after that are not handed over', async () => {
    const { url } = await upgrading((peer) =>
      peer.once('data', () => peer.end(Buffer.concat([frame(0x81, 'late'), closeFrame(1000)]))),
    );
    const socket = socketTo(url);
    const told = story(socket);
    await once(socket, 'open');
    socket.close();
    expect(await told).toEqual(['open 1', 'close 1000 "" clean 3']);
  });

  test('nor are those that had already come', async () => {
    const { url } = await sending(Buffer.concat([frame(0x81, '1'), frame(0x81, '2'), frame(0x81, '3')]));
    const socket = socketTo(url);
    const told = story(socket);
    socket.addEventListener('message', ({ data }) => {
      if (data === '2') socket.close();
    });
    expect(await told).toEqual(['open 1', 'message 1', 'message 2', 'error 3', 'close 1006 "" unclean 3']);
  });

  test('a server that ends TCP without a Close is an error, and 1006', async () => {
    const { url, got } = await sending(Buffer.alloc(0));
    const socket = socketTo(url);
    const told = story(socket);
    await once(socket, 'open');
    socket.close(1000);
    expect(await told).toEqual(['open 1', 'error 3', 'close 1006 "" unclean 3']);
    expect(got).toEqual([{ opcode: 8, payload: Buffer.from([3, 232]) }]);
  });

  test('a server that never answers is not waited for beyond closeTimeout', async () => {
    const { url } = await upgrading((peer) => peer.resume());
    const socket = socketTo(url, { closeTimeout: 20 });
    const told = story(socket);
    await once(socket, 'open');
    socket.close();
    expect(await told).toEqual(['open 1', 'error 3', 'close 1006 "" unclean 3']);
  });
});

describe('while connecting', () => {
  test.each<[what: string, give: (socket: WebSocket) => void]>([
    ['close()', (socket) => socket.close()],
    ['close(1000, "x")', (socket) => socket.close(1000, 'x')],
  ])('%s gives up: later, an error and 1006', async (_, give) => {
    const { url } = await echoServer();
    const socket = socketTo(url);
    const told = story(socket);
    give(socket);
    expect(socket.readyState).toBe(2);
    await undefined;
    expect(socket.readyState).toBe(2);
    expect(await told).toEqual(['error 3', 'close 1006 "" unclean 3']);
  });

  test('close in the middle of the handshake', async () => {
    const { url } = await rawServer((peer) => peer.once('data', () => peer.write(SWITCHING)));
    const socket = socketTo(url, {
      observe: ({ type }) => {
        if (type === 'hop') setImmediate(() => socket.close());
      },
    });
    expect(await story(socket)).toEqual(['error 3', 'close 1006 "" unclean 3']);
  });
});

describe('the server closes', () => {
  test.each<[code: number, reason: string]>([
    [1000, ''],
    [1000, 'bye'],
    [1001, 'going'],
    [1011, 'oh'],
    [3000, 'é💚'],
    [4999, 'x'.repeat(123)],
    [1000, '\ufeffnot a mark'],
  ])('%i %j', async (code, reason) => {
    const { url, got } = await sending(closeFrame(code, reason));
    const told = story(socketTo(url));
    expect(await told).toEqual(['open 1', `close ${code} ${JSON.stringify(reason)} clean 3`]);
    expect(got.map(({ opcode, payload }) => [opcode, payload.readUInt16BE(0)])).toEqual([[8, code]]);
  });

  test('without a code: 1005', async () => {
    const { url, got } = await sending(frame(0x88));
    expect(await story(socketTo(url))).toEqual(['open 1', 'close 1005 "" clean 3']);
    expect(got).toEqual([{ opcode: 8, payload: Buffer.alloc(0) }]);
  });

  test('while it takes nothing, and goes: its words, but not clean', async () => {
    const peer = await upgrading((socket) => socket.pause());
    const socket = await openTo(peer.url);
    const events = story(socket);
    socket.send(new Uint8Array(32 * 1024 * 1024));
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
    const closing = new Promise<void>((resolve) => {
      const look = () => (socket.readyState === 2 ? resolve() : setImmediate(look));
      look();
    });
    for (const raw of peer.sockets) raw.write(closeFrame(4000, 'enough'));
    await closing;
    for (const raw of peer.sockets) raw.resetAndDestroy();
    expect(await events).toEqual(['error 3', 'close 4000 "enough" unclean 3']);
  });

  test('between the two it is closing, and what is sent counts and goes nowhere', async () => {
    const { url, got } = await sending(Buffer.concat([frame(0x81, 'last'), closeFrame(1000)]));
    const socket = socketTo(url);
    const states: number[] = [];
    socket.onmessage = () => {
      states.push(socket.readyState);
      socket.send('answer');
      setImmediate(() => states.push(socket.readyState));
    };
    await once(socket, 'close');
    expect(states).toEqual([1, 2]);
    expect(socket.bufferedAmount).toBe(6);
    expect(got.map(({ opcode }) => opcode)).toEqual([8]);
  });
});

describe('a connection that fails after it was open: error, then close with 1006, whatever our Close said', () => {
  test.each<[what: string, bytes: string, sentCode: number | undefined]>([
    ['a masked frame', '8180 00000000', 1002],
    ['a reserved opcode', '8300', 1002],
    ['a reserved bit', 'a100', 1002],
    ['text that is not UTF-8', '8101ff', 1007],
    ['a Close of one byte', '880103', 1002],
    ['a close code that must not be sent', '880203ed', 1002],
    ['a close reason that is not UTF-8', '880303e8ff', 1007],
    ['a frame beyond the limit', '827f 0000000004000001', 1009],
  ])('%s', async (_, hex, sentCode) => {
    const { url, got } = await sending(Buffer.from(`810161${hex}`.replaceAll(' ', ''), 'hex'));
    const told = story(socketTo(url, { deflate: false }));
    expect(await told).toEqual(['open 1', 'message a', 'error 3', 'close 1006 "" unclean 3']);
    expect(got.map(({ payload }) => payload.readUInt16BE(0))).toEqual([sentCode]);
  });

  test.each<[what: string, end: (peer: import('node:net').Socket) => void]>([
    ['TCP ends', (peer) => peer.end(frame(0x81, 'a'))],
    ['TCP ends inside a frame', (peer) => peer.end(Buffer.from('8101618105', 'hex'))],
    ['TCP is reset', (peer) => peer.write(frame(0x81, 'a'), () => setImmediate(() => peer.resetAndDestroy()))],
  ])('%s', async (_, end) => {
    const { url } = await upgrading(end);
    const told = await story(socketTo(url));
    expect(told.filter((line) => line !== 'message a')).toEqual(['open 1', 'error 3', 'close 1006 "" unclean 3']);
  });
});

describe('a connection that does not open: error, then close with 1006, and never open', () => {
  const failed = ['error 3', 'close 1006 "" unclean 3'];
  const accept = 'Sec-WebSocket-Accept: ';

  test('nobody listens', async () => {
    expect(await story(socketTo('ws://127.0.0.1:1/'))).toEqual(failed);
  });

  test('a name that is none', async () => {
    expect(await story(socketTo('ws://name.invalid/'))).toEqual(failed);
  });

  test.each<[what: string, answer: string]>([
    ['200', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['401', 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n'],
    ['a redirect, which is not followed', 'HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n'],
    ['a wrong Accept', `${SWITCHING}${accept}AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n`],
    ['no Accept', `${SWITCHING}\r\n`],
    ['no HTTP', 'hello\r\n\r\n'],
    ['nothing', ''],
  ])('%s', async (_, answer) => {
    const { url } = await answering(answer);
    expect(await story(socketTo(url))).toEqual(failed);
  });

  test.each<[what: string, protocols: string[], extra: string]>([
    ['a subprotocol that was not asked for', ['a'], 'Sec-WebSocket-Protocol: b\r\n'],
    ['one where none was asked for', [], 'Sec-WebSocket-Protocol: b\r\n'],
    ['none where one was asked for', ['a'], ''],
    ['another case', ['a'], 'Sec-WebSocket-Protocol: A\r\n'],
    ['two', ['a', 'b'], 'Sec-WebSocket-Protocol: a, b\r\n'],
    ['an extension that was not offered', [], 'Sec-WebSocket-Extensions: x-unknown\r\n'],
  ])('%s', async (_, protocols, extra) => {
    const { url } = await upgrading((peer) => peer.write(frame(0x81, 'x')), extra);
    const socket = socketTo(url, protocols);
    expect(await story(socket)).toEqual(failed);
    expect(socket).toMatchObject({ protocol: '', extensions: '' });
  });

  test('a server that is silent, after handshakeTimeout', async () => {
    const { url } = await rawServer((peer) => peer.resume());
    expect(await story(socketTo(url, { handshakeTimeout: 20 }))).toEqual(failed);
  });
});
