import { hash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type ClientOptions, type ServerOptions, WebSocket, WebSocketServer } from 'ws';

/** Peers for the program under test: well-behaved ones (ws) and raw ones that do as they like. All end with their test. */

export interface RawPeer {
  readonly port: number;
  readonly url: string;
  /** Connections taken so far. */
  readonly sockets: readonly Socket[];
}

/** A TCP server; `talk` gets each connection. */
export async function rawServer(talk: (socket: Socket) => void, port = 0): Promise<RawPeer> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    talk(socket);
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { ...(await listening(server, port)), sockets };
}

async function listening(server: Server, port: number): Promise<{ port: number; url: string }> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return { port: address.port, url: `ws://127.0.0.1:${address.port}/` };
}

/** Answers every request with `answer`, whatever it asks, and ends. */
export function answering(answer: string | Uint8Array): Promise<RawPeer> {
  return rawServer((socket) => socket.once('data', () => socket.end(answer)));
}

/** Does the opening handshake by hand, then hands over: `talk` may break every rule. */
export function upgrading(talk: (socket: Socket, request: string) => void, extra = ''): Promise<RawPeer> {
  return rawServer((socket) => {
    let head = '';
    const take = (chunk: Buffer) => {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', take);
      const rest = Buffer.from(head.slice(end + 4), 'latin1');
      const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1] ?? '';
      socket.write(`${SWITCHING}Sec-WebSocket-Accept: ${acceptFor(key)}\r\n${extra}\r\n`);
      talk(socket, head.slice(0, end));
      if (rest.length > 0) socket.unshift(rest);
    };
    socket.on('data', take);
  });
}

const acceptFor = (key: string): string => hash('sha1', `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`, 'base64');

export const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';

/** A short unmasked frame, as a server sends it: FIN and opcode in `first`. */
export function frame(first: number, payload: string | Uint8Array = ''): Buffer {
  const data = Buffer.from(payload as string);
  if (data.length > 65_535) throw new Error('too long for a test');
  const length = data.length < 126 ? [data.length] : [126, data.length >> 8, data.length & 255];
  return Buffer.concat([Buffer.from([first, ...length]), data]);
}

export const closeFrame = (code: number, reason = ''): Buffer =>
  frame(0x88, Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]));

/** The short masked frames that a client sent, read without the code under test. */
export function clientFrames(bytes: Buffer): { opcode: number; payload: Buffer }[] {
  const frames = [];
  for (let at = 0; at + 6 <= bytes.length; ) {
    const length = bytes.readUInt8(at + 1) & 0x7f;
    const key = bytes.subarray(at + 2, at + 6);
    const payload = Buffer.from(bytes.subarray(at + 6, at + 6 + length)).map((byte, index) => byte ^ (key[index % 4] ?? 0));
    frames.push({ opcode: bytes.readUInt8(at) & 15, payload: Buffer.from(payload) });
    at += 6 + length;
  }
  return frames;
}

/** Ends TCP in good order once the client has sent its Close, or anything at all. */
export function endOnData(socket: Socket): void {
  socket.once('data', () => socket.end());
  socket.resume();
}

/** A server by ws: `serve` gets each client. */
export async function goodServer(
  serve: (client: WebSocket, headers: Readonly<Record<string, string | string[] | undefined>>, rawHeaders: string[]) => void,
  options: ServerOptions = {},
): Promise<{ port: number; url: string; server: WebSocketServer }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...options });
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  server.on('connection', (client, request) => {
    client.on('error', () => undefined);
    serve(client, request.headers, request.rawHeaders);
  });
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { port, url: `ws://127.0.0.1:${port}/`, server };
}

/** Sends every message back as it came. */
export function echoServer(options: ServerOptions = {}) {
  return goodServer((client) => client.on('message', (data, binary) => client.send(data, { binary })), options);
}

/** A client by ws that remembers what it got. */
export class GoodClient {
  readonly socket: WebSocket;
  readonly messages: string[] = [];
  readonly #waiting = new Set<() => void>();
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(port: number, options: ClientOptions = {}, protocols: string[] = [], path = '') {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/${path}`, protocols, { perMessageDeflate: false, ...options });
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data: Buffer) => {
      this.messages.push(data.toString());
      for (const look of this.#waiting) look();
    });
    this.closed = new Promise((resolve) => {
      this.socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    onTestFinished(() => this.socket.terminate());
  }

  async open(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }

  /** The status of a refusal, and its body. */
  async refused(): Promise<{ status: number | undefined; body: string }> {
    const [, response] = await once(this.socket, 'unexpected-response');
    let body = '';
    for await (const chunk of response) body += chunk;
    return { status: response.statusCode, body };
  }

  /** The first `count` messages. */
  got(count: number): Promise<string[]> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.messages.length < count) return;
        this.#waiting.delete(look);
        resolve(this.messages.slice(0, count));
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** A TCP client. */
export async function rawClient(port: number, host = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host, noDelay: true });
  socket.on('error', () => undefined);
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return socket;
}

/** Everything that comes until the peer ends. */
export async function allOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += (chunk as Buffer).toString('latin1');
  return text;
}

export const REQUEST = [
  'GET / HTTP/1.1',
  'Host: localhost',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
];
