import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket, type WebSocketOptions } from '../../src/index.ts';

/** A socket that ends with its test. */
export function socketTo(url: string, protocols?: string | string[] | WebSocketOptions): WebSocket {
  const socket = protocols === undefined ? new WebSocket(url) : new WebSocket(url, protocols);
  onTestFinished(() => socket.close());
  return socket;
}

export async function openTo(url: string, protocols?: string | string[] | WebSocketOptions): Promise<WebSocket> {
  const socket = socketTo(url, protocols);
  await once(socket, 'open');
  return socket;
}

/** Everything that happens to a socket until it is closed, in words; also when each of its events is dispatched. */
export function story(socket: WebSocket): Promise<string[]> {
  const lines: string[] = [];
  const note = (line: string) => lines.push(line);
  socket.addEventListener('open', () => note(`open ${socket.readyState}`));
  socket.addEventListener('message', ({ data }) =>
    note(`message ${typeof data === 'string' ? data : Buffer.from(data as ArrayBuffer).toString('hex')}`),
  );
  socket.addEventListener('error', () => note(`error ${socket.readyState}`));
  return new Promise((resolve) => {
    socket.addEventListener('close', ({ code, reason, wasClean }) => {
      note(`close ${code} ${JSON.stringify(reason)} ${wasClean ? 'clean' : 'unclean'} ${socket.readyState}`);
      // Whatever still came would be too much: it is waited for.
      setImmediate(() => resolve(lines));
    });
  });
}

/** The data of the first `count` messages. */
export function messages(socket: WebSocket, count: number): Promise<(string | ArrayBuffer | Blob)[]> {
  const got: (string | ArrayBuffer | Blob)[] = [];
  return new Promise((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      got.push(data);
      if (got.length === count) resolve(got);
    });
  });
}
