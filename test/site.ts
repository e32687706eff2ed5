import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';

/** A server whose every answer the test writes: a head, or `ws` for a WebSocket that is closed at once. */
export interface Asked {
  readonly path: string;
  readonly head: string;
  /** Common name of the client's certificate, where it showed one. */
  readonly certificate: string | undefined;
  /** The first value of a field. */
  field(name: string): string | undefined;
}

export type Answer = string | ((asked: Asked) => string);

export interface Site {
  readonly port: number;
  /** Requests so far. */
  readonly asked: Asked[];
}

/** `answers` by path; what has none is a 404. An answer is `ws`, a status line and
 * fields, or both: `ws\nSet-Cookie: a=1`; `drop` opens and is gone. */
export async function site(answers: Readonly<Record<string, Answer>>, tls?: TlsOptions, host = '127.0.0.1'): Promise<Site> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  const serve = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      const request = { ...read(text), certificate: commonName(socket) };
      text = '';
      asked.push(request);
      const answer = answers[request.path.split('?', 1)[0] ?? ''] ?? '404 Not Found';
      reply(socket, request, typeof answer === 'string' ? answer : answer(request));
    });
  };
  const server: Server = tls ? createTlsServer(tls, serve) : createServer(serve);
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as { port: number }).port, asked };
}

function commonName(socket: Socket): string | undefined {
  const name = socket instanceof TLSSocket ? socket.getPeerCertificate()?.subject?.CN : undefined;
  return name === undefined ? undefined : String(name);
}

function read(text: string): Omit<Asked, 'certificate'> {
  const [, path = ''] = text.split(' ', 2);
  const field = (name: string) => new RegExp(`^${name}: *(.*)\r$`, 'im').exec(text)?.[1];
  return { path, head: text, field };
}

function reply(socket: Socket, request: Asked, answer: string): void {
  const [first = '', ...fields] = answer.split('\n');
  const isDropped = first === 'drop';
  if (first !== 'ws' && !isDropped) {
    socket.end(`${[`HTTP/1.1 ${first}`, ...fields, 'Content-Length: 0'].join('\r\n')}\r\n\r\n`);
    return;
  }
  const key = `${request.field('Sec-WebSocket-Key')}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = `Sec-WebSocket-Accept: ${createHash('sha1').update(key).digest('base64')}`;
  const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', accept, ...fields];
  if (isDropped) {
    socket.end(`${head.join('\r\n')}\r\n\r\n`);
    return;
  }
  socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from([0x88, 2, 3, 232])]));
  socket.removeAllListeners('data');
  socket.once('data', () => socket.end());
}
