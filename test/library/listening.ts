import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { WebSocketServer } from '../../src/library/server.ts';
import type { WebSocketServerOptions } from '../../src/library/server-options.ts';
import type { ServerWebSocket } from '../../src/library/server-websocket.ts';
import { Inbox } from '../interop/inbox.ts';

/** A server of ours on a free port of loopback that ends with its test. */
export async function listening(
  options: WebSocketServerOptions = {},
): Promise<{ server: WebSocketServer; url: string; port: number }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...options });
  onTestFinished(() => server.close({ timeout: 0 }));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, port, url: `ws://127.0.0.1:${port}/` };
}

/** Every message goes back as it came. */
export function echoing(server: WebSocketServer): void {
  server.on('connection', (socket) => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })));
}

export async function open(url: string, protocols: string[] = [], headers: Record<string, string> = {}) {
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
export async function statusOf(port: number, headers: Record<string, string> = {}, path = '/'): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  onTestFinished(() => socket.terminate());
  socket.on('error', () => undefined);
  const status = once(socket, 'unexpected-response').then(([, response]) => response.statusCode as number);
  return Promise.race([status, once(socket, 'open').then(() => 101)]);
}

export async function pair(options: WebSocketServerOptions = {}) {
  const { server, url, port } = await listening(options);
  const connection = once(server, 'connection');
  const client = await open(url);
  const [socket, request] = (await connection) as [ServerWebSocket, { url: string }];
  return { server, url, port, socket, request, client };
}
