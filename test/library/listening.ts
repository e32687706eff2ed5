import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocketServer } from '../../src/library/server.ts';
import type { WebSocketServerOptions } from '../../src/library/server-options.ts';

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
