import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { WebSocket } from '../../src/index.ts';
import { goodServer } from '../peer.ts';

test('another address for a name', async () => {
  const { port } = await goodServer((client, { host }) => client.send(String(host)));
  const socket = new WebSocket(`ws://a.test:${port}/`, {
    road: { resolve: [{ host: 'a.test', port: undefined, addresses: ['127.0.0.1'] }] },
  });
  const [event] = (await once(socket, 'message')) as [MessageEvent];
  expect(event.data).toBe(`a.test:${port}`);
  socket.close();
  await once(socket, 'close');
});

test('a Unix socket', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'road-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const server = createServer().listen(join(folder, 's'));
  onTestFinished(() => {
    server.close();
  });
  new WebSocketServer({ server }).on('connection', (client, { url }) => client.send(String(url)));
  await once(server, 'listening');
  const socket = new WebSocket('ws://localhost/chat', { road: { unixSocket: join(folder, 's') } });
  const [event] = (await once(socket, 'message')) as [MessageEvent];
  expect(event.data).toBe('/chat');
  socket.close();
  await once(socket, 'close');
});
