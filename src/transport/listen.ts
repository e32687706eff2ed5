import { createServer, type Server, type Socket } from 'node:net';
import { opened } from './opened.ts';
import { SocketTransport } from './socket.ts';
import type { Transport } from './transport.ts';

/** Waits for peers at a door. */
export interface Listening {
  /** Empty where it is a Unix socket. */
  readonly host: string;
  /** The port that was taken, also where 0 was asked for; 0 where it is a Unix socket. */
  readonly port: number;
  /** Its path; an abstract one begins with `@`; empty where it was handed down, as Node cannot ask for it. `undefined`: TCP. */
  readonly unixSocket: string | undefined;
  /** Takes no more peers; those that are there stay. `closed` is called once the last of them is gone. A Unix socket's file is removed. */
  close(closed?: () => void): void;
}

/** Where peers come in. */
export type Door =
  /** `host` empty: every address of this machine. `port` 0: a free one. */
  | { readonly host: string; readonly port: number }
  /** A path, which only this user may then use, or `@NAME` for an abstract one, which every user may (Linux). */
  | { readonly unixSocket: string }
  /** A listening socket that whoever started us has opened: its descriptor. */
  | { readonly fd: number };

export interface ListenObserver {
  accepted(transport: Transport, hop: 'tcp' | 'unix'): void;
  /** The listener failed after it was open, for lack of descriptors, say. It stays open. */
  trouble(code: string, message: string): void;
}

/**
 * `backlog`: how many may wait to be accepted. Rejects with the system's error (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, …);
 * of a path that is taken by something else than a socket, with `ENOTSOCK`.
 */
export async function listen(door: Door, observer: ListenObserver, backlog?: number): Promise<Listening> {
  // A peer that ends its direction may still be answered: the closing handshake needs that.
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  if ('unixSocket' in door) await (await import('./listen-unix.ts')).openUnixSocket(server, door.unixSocket, backlog);
  else await opened(server, { ...door, ...(backlog !== undefined && { backlog }) });
  const at = placeOf(server);
  const hop = at.unixSocket === undefined ? 'tcp' : 'unix';
  const remote = at.unixSocket === undefined ? undefined : `unix:${at.unixSocket || 'handed down'}`;
  server.on('connection', (socket: Socket) => observer.accepted(new SocketTransport(socket, remote), hop));
  server.on('error', (error: NodeJS.ErrnoException) => observer.trouble(error.code ?? 'ERROR', error.message));
  server.on('drop', () => observer.trouble('EMFILE', 'a connection was dropped: too many are open'));
  return { ...at, close: (closed) => server.close(closed) };
}

function placeOf(server: Server): Pick<Listening, 'host' | 'port' | 'unixSocket'> {
  const address = server.address();
  if (typeof address === 'object' && address) return { host: address.address, port: address.port, unixSocket: undefined };
  return { host: '', port: 0, unixSocket: (address ?? '').replace(/^\0/, '@') };
}
