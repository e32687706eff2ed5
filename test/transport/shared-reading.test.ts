import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { arenaInUse } from '../../src/bytes/arena.ts';
import { readShared } from '../../src/transport/shared-reading.ts';
import { rawServer } from '../peer.ts';

/** Two connections; what the peer sends on each, and what came of it. */
async function pair() {
  const peer = await rawServer(() => undefined);
  const sockets = await Promise.all(
    [0, 1].map(async () => {
      const socket = connect(peer.port, '127.0.0.1');
      onTestFinished(() => void socket.destroy());
      await once(socket, 'connect');
      return socket;
    }),
  );
  while (peer.sockets.length < 2) await new Promise(setImmediate);
  return { sockets: sockets as [Socket, Socket], peers: peer.sockets as [Socket, Socket] };
}

test('all sockets read into one memory, each its own bytes', async () => {
  const { sockets, peers } = await pair();
  const memories = new Set<ArrayBufferLike>();
  const places = new Set<number>();
  const heard = new Map(sockets.map((socket) => [socket.localPort, '']));
  const whole = '0123456789'.repeat(100);
  await new Promise<void>((resolve) => {
    for (const socket of sockets) {
      const taken = readShared(socket, (bytes) => {
        memories.add(bytes.buffer);
        places.add(bytes.byteOffset);
        heard.set(socket.localPort, heard.get(socket.localPort) + bytes.toString('latin1'));
        if ([...heard.values()].every((text) => text.length === whole.length + 1)) resolve();
      });
      expect(taken).toBe(true);
      socket.on('data', () => expect.unreachable('bytes came as an event, too'));
    }
    for (const peer of peers) peer.write(`${peer.remotePort === sockets[0].localPort ? 'a' : 'b'}${whole}`);
  });
  expect([memories.size, places.size]).toEqual([1, 1]);
  expect(sockets.map((socket) => heard.get(socket.localPort))).toEqual([`a${whole}`, `b${whole}`]);
});

test('pause and resume, and the end, are as ever', async () => {
  const { sockets, peers } = await pair();
  const [socket] = sockets;
  const peer = peers.find(({ remotePort }) => remotePort === socket.localPort) as Socket;
  let heard = '';
  readShared(socket, (bytes) => {
    heard += bytes.toString('latin1');
  });
  socket.pause();
  peer.write('x');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(heard).toBe('');
  const ended = once(socket, 'end');
  socket.resume();
  peer.end('y');
  await ended;
  expect(heard).toBe('xy');
});

test('what is no plain socket reads as before', () => {
  const stream = new PassThrough();
  expect(readShared(stream, () => expect.unreachable())).toBe(false);
  expect(readShared(new Duplex(), () => undefined)).toBe(false);
});

test('nor one that is closed, or that has such a buffer already', async () => {
  const { sockets } = await pair();
  const [one, two] = sockets;
  expect(readShared(one, () => undefined)).toBe(true);
  expect(readShared(one, () => undefined)).toBe(false);
  two.destroy();
  expect(readShared(two, () => undefined)).toBe(false);
});

test('once a process reads much all its sockets read into the arena, and not a byte is lost on the way', async () => {
  const { sockets, peers } = await pair();
  const heard = new Map(sockets.map((socket) => [socket.localPort, '']));
  const last = new Map<number | undefined, ArrayBufferLike>();
  for (const socket of sockets) {
    readShared(socket, (bytes) => {
      last.set(socket.localPort, bytes.buffer);
      heard.set(socket.localPort, heard.get(socket.localPort) + bytes.toString('latin1'));
    });
  }
  const sent = Array.from({ length: 60 }, (_, index) => `${index},`.repeat(index));
  for (const part of sent) {
    for (const peer of peers) peer.write(part);
    await new Promise(setImmediate);
  }
  const whole = sent.join('');
  await expect.poll(() => [...heard.values()].map(({ length }) => length)).toEqual([whole.length, whole.length]);
  expect([...heard.values()]).toEqual([whole, whole]);
  const memory = arenaInUse()?.memory;
  expect(memory).toBeDefined();
  expect([...last.values()].every((each) => each === memory)).toBe(true);
});
