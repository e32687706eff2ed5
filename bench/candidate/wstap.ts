import { randomFillSync } from 'node:crypto';
import { type MessageView, type ServerWebSocket, WebSocket, WebSocketServer } from '../../src/index.ts';
import { Connection } from '../../src/protocol/connection/connection.ts';
import { CLIENT_LIMITS, SERVER_LIMITS } from '../../src/protocol/connection/limits.ts';
import { maskingKeySource } from '../../src/protocol/frame/masking-key.ts';
import { Tally } from '../../src/session/tally.ts';

/** wstap through its public face, used as `ws` is: event listeners, strings and Buffers. Parser and builder have none. */

export interface Counter {
  messages: number;
  openedAt?: number;
  firstAt?: number;
  lastAt?: number;
}

interface ServeOptions {
  /** `once` sends the first message back and closes. */
  readonly mode: 'echo' | 'flood' | 'sink' | 'once';
  readonly payload: string | Uint8Array;
  readonly deflate: boolean;
  /** Every frame is watched and counted. */
  readonly observed: boolean;
  /** The server is handed messages where they lie, by `each`, in place of `message` events. */
  readonly each?: boolean;
}

interface ConnectOptions {
  readonly port: number;
  readonly deflate: boolean;
  readonly observed: boolean;
}

const nothing = (): void => undefined;
const counted = (observed: boolean) => (observed ? { observe: new Tally().record } : {});

export function serve(options: ServeOptions, counter: Counter): Promise<number> {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    perMessageDeflate: options.deflate && { threshold: 0 },
    ...counted(options.observed),
  });
  server.on('connection', (socket) => {
    counter.openedAt ??= performance.now();
    if (options.mode === 'flood') pump(socket, options, counter);
    else if (options.each && options.mode === 'echo') socket.each(echo(socket, counter));
    else socket.on('message', listener(socket, options.mode, counter));
  });
  return new Promise((resolve) => server.on('listening', () => resolve((server.address() as { port: number }).port)));
}

function echo(socket: ServerWebSocket, counter: Counter) {
  return (message: MessageView) => {
    counter.messages++;
    socket.send(message);
  };
}

function listener(socket: ServerWebSocket, mode: ServeOptions['mode'], counter: Counter) {
  if (mode === 'sink') {
    return () => {
      counter.messages++;
      counter.firstAt ??= performance.now();
      counter.lastAt = performance.now();
    };
  }
  return (data: Buffer | ArrayBuffer, binary: boolean) => {
    counter.messages++;
    socket.send(data, { binary });
    if (mode === 'once') socket.close(1000);
  };
}

/** Bytes that may wait to be written. */
const HIGH_WATER = 256 * 1024;

function pump(socket: ServerWebSocket, { payload }: ServeOptions, counter: Counter): void {
  const send = () => {
    while (socket.readyState === 1 && socket.bufferedAmount < HIGH_WATER) {
      socket.send(payload);
      counter.messages++;
    }
  };
  socket.on('drain', send);
  send();
}

export function connect({ port, deflate, observed }: ConnectOptions, _counter: Counter, received: (length: number) => void) {
  return new Promise<{ send(payload: string | Uint8Array): void; extensions: string }>((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { deflate, compressFrom: 0, ...counted(observed) });
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => resolve({ send: (payload) => socket.send(payload), extensions: socket.extensions });
    socket.onclose = ({ code, reason }) => reject(new Error(`the connection ended: ${code} ${reason}`));
    socket.onmessage = ({ data }) => received(typeof data === 'string' ? data.length : (data as ArrayBuffer).byteLength);
  });
}

const maskingKeys = maskingKeySource((target: Uint8Array) => {
  randomFillSync(target);
});

export function parser({ masked }: { readonly masked: boolean }, received: (length: number) => void): (chunk: Buffer) => void {
  const connection = new Connection(
    { role: masked ? 'server' : 'client', limits: { ...SERVER_LIMITS }, maskingKeys },
    { message: (message) => received(message.end - message.start), event: nothing },
  );
  return (chunk) => connection.receive(chunk);
}

export function builder(): { text(text: string): void; flush(): void } {
  const connection = new Connection({ role: 'client', limits: CLIENT_LIMITS, maskingKeys }, { message: nothing, event: nothing });
  const flush = () => {
    connection.take();
    // As a socket says once it has written all.
    connection.recycle(0);
  };
  return { text: (text) => connection.sendText(text), flush };
}
