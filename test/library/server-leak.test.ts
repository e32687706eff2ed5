import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { ServerWebSocket } from '../../src/library/server-websocket.ts';
import { REQUEST } from '../peer.ts';
import { listening } from './listening.ts';

/** A few hundred connections; `node bench/soak.js` does the same with ten thousand. */
const COUNT = 300;

const CLOSE = Buffer.from('88820000000003e8', 'hex');
const HALF_A_MESSAGE = Buffer.from('01820000000061', 'hex');

/** How a client goes: in good order, without a Close, with a reset, in the middle of a message, cut off by us. */
const WAYS: readonly ((socket: Socket) => void)[] = [
  (socket) => socket.write(CLOSE),
  (socket) => socket.end(),
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.end(HALF_A_MESSAGE),
  () => undefined,
];

async function openOne(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  socket.write(`${REQUEST.join('\r\n')}\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n`);
  await once(socket, 'data');
  return socket;
}

async function collect(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let i = 0; i < 3; i++) {
    await new Promise(setImmediate);
    gc();
  }
}

const descriptors = () => readdirSync('/proc/self/fd').length;

test.runIf(process.platform === 'linux')('connections that ended leave nothing behind', async () => {
  const { server, port } = await listening({ perMessageDeflate: { threshold: 0 } });
  const refs: WeakRef<ServerWebSocket>[] = [];
  server.on('connection', (socket) => {
    refs.push(new WeakRef(socket));
    socket.on('message', () => undefined);
    socket.send('a message for which a context of deflate is made');
  });
  const before = descriptors();
  const sockets = await Promise.all(Array.from({ length: COUNT }, () => openOne(port)));
  expect([server.clients.size, descriptors()]).toEqual([COUNT, before + 2 * COUNT]);
  const gone = sockets.map((socket) => once(socket, 'close'));
  sockets.forEach((socket, index) => {
    socket.resume();
    WAYS[index % WAYS.length]?.(socket);
  });
  refs.forEach((ref, index) => {
    if (index % WAYS.length === WAYS.length - 1) ref.deref()?.terminate();
  });
  await Promise.all(gone);
  for (const client of server.clients) client.terminate();
  while (server.clients.size > 0) await new Promise(setImmediate);
  await collect();
  expect(refs).toHaveLength(COUNT);
  // This function's own stack may still hold the last one that it touched.
  expect(refs.filter((ref) => ref.deref() !== undefined).length).toBeLessThanOrEqual(2);
  expect(descriptors()).toBe(before);
});
