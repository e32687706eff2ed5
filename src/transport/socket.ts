import type { Socket } from 'node:net';
import type { Transport, TransportHandler } from './transport.ts';

/** TCP, TLS and Unix sockets as a transport: they differ in how they are opened only. */
export class SocketTransport implements Transport {
  readonly #socket: Socket;
  handler: TransportHandler = UNUSED;
  readonly remote: string;
  #error: { code: string; message: string } | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    const { remoteAddress = '', remotePort = 0, remoteFamily } = socket;
    this.remote = remoteFamily === 'IPv6' ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
    // Frames are gathered here, so Nagle's algorithm would only hold them back.
    socket.setNoDelay(true);
    socket.pause();
    socket.on('data', (chunk: Buffer) => this.handler.data(chunk));
    socket.on('end', () => this.handler.end());
    socket.on('drain', () => this.handler.drain());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#error ??= { code: error.code ?? 'ERROR', message: error.message };
    });
    socket.on('close', () => this.handler.close(this.#error));
  }

  get pending(): number {
    return this.#socket.writableLength;
  }

  write(pieces: readonly Uint8Array[]): boolean {
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return true;
    const [only] = pieces;
    if (pieces.length === 1 && only) return socket.write(only);
    socket.cork();
    let accepted = true;
    for (const piece of pieces) accepted = socket.write(piece);
    socket.uncork();
    return accepted;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

const UNUSED: TransportHandler = { data: () => undefined, end: () => undefined, drain: () => undefined, close: () => undefined };
