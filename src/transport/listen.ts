import { createServer, type Server } from 'node:net';
import { SocketTransport } from './socket.ts';
import type { Transport } from './transport.ts';

/** Waits for peers at an address. */
export interface Listening {
  readonly host: string;
  /** The port that was taken, also where 0 was asked for. */
  readonly port: number;
  /** Takes no more peers; those that are there stay. `closed` is called once the last of them is gone. */
  close(closed?: () => void): void;
}

export interface ListenObserver {
  accepted(transport: Transport): void;
  /** The listener failed after it was open, for lack of descriptors, say. It stays open. */
  trouble(code: string, message: string): void;
}

/**
 * `host` empty: every address of this machine. `backlog`: how many may wait to be accepted.
 * Rejects with the system's error (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, …).
 */
export function listen(host: string, port: number, observer: ListenObserver, backlog?: number): Promise<Listening> {
  return new Promise((resolve, reject) => {
    // A peer that ends its direction may still be answered: the closing handshake needs that.
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    server.on('connection', (socket) => observer.accepted(new SocketTransport(socket)));
    server.once('error', reject);
    server.listen({ host, port, ...(backlog !== undefined && { backlog }) }, () => {
      server.off('error', reject);
      server.on('error', (error: NodeJS.ErrnoException) => observer.trouble(error.code ?? 'ERROR', error.message));
      server.on('drop', () => observer.trouble('EMFILE', 'a connection was dropped: too many are open'));
      resolve({ host: addressOf(server), port: portOf(server), close: (closed) => server.close(closed) });
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function addressOf(server: Server): string {
  const address = server.address();
  return typeof address === 'object' && address ? address.address : '';
}
