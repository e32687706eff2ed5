import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { readShared } from './shared-reading.ts';
import type { NetworkError, Transport, TransportHandler } from './transport.ts';

/** What is asked of a stream where it is a socket; one that is none has nothing to say. */
export type SocketLike = Duplex &
  Partial<Pick<Socket, 'remoteAddress' | 'remotePort' | 'remoteFamily' | 'setNoDelay' | 'setTimeout'>> & {
    /** What ALPN chose, of a TLS socket. */
    readonly alpnProtocol?: string | false | null;
  };

/** TCP, TLS and Unix sockets as a transport: they differ in how they are opened only. */
export class SocketTransport implements Transport {
  readonly socket: SocketLike;
  handler: TransportHandler = UNUSED;
  #remote: string | undefined;
  written = 0;
  #sent = 0;
  /** Bytes that the socket had been given before. */
  readonly #before: number;
  /** Nagle's algorithm is still on. */
  #nagles = false;
  /** Why the network ended, once it did not do so in good order. */
  error: NetworkError | undefined;

  /** By what it has: the program is bundled in parts, and each has a class of its own. */
  static is(transport: Transport): transport is SocketTransport {
    return 'socket' in transport;
  }

  /** `remote`: where the peer is, if the socket does not know. */
  constructor(socket: SocketLike, remote?: string) {
    this.socket = socket;
    this.#remote = remote;
    this.#before = socket instanceof Socket ? socket.bytesWritten : 0;
    if (socket instanceof Socket && !('encrypted' in socket) && this.#before === 0) this.#nagles = true;
    else socket.setNoDelay?.(true);
    socket.pause();
    // Listeners that all sockets share: ten thousand idle connections keep no functions of their own.
    (socket as Owned)[OWNER] = this;
    socket.on('data', onData);
    socket.on('end', onEnd);
    socket.on('drain', onDrain);
    socket.on('error', onError);
    socket.on('close', onClose);
  }

  /** Asked of the system when first wanted: that must be while the socket is open. */
  get remote(): string {
    this.#remote ??= addressOf(this.socket);
    return this.#remote;
  }

  get pending(): number {
    return this.socket.writableLength;
  }

  get held(): number {
    // Streams of other kinds may hand the memory itself on, to a reader in this process.
    return this.socket instanceof Socket ? this.socket.writableLength : this.written;
  }

  get sent(): number {
    const { socket } = this;
    // A socket that fails forgets what it did not write: that has not left.
    if (socket.destroyed || socket.errored) return this.#sent;
    if (socket.writableLength === 0) this.#sent = this.written;
    else this.#sent = Math.max(this.#sent, takenByKernel(socket, this.#before) ?? this.written - socket.writableLength);
    return this.#sent;
  }

  write(pieces: readonly Uint8Array[]): boolean {
    const { socket } = this;
    const before = this.written;
    for (const piece of pieces) this.written += piece.length;
    if (this.#nagles && (before > 0 || this.written > FIRST)) this.#hurry();
    if (socket.destroyed || socket.writableEnded) return true;
    const [only] = pieces;
    if (pieces.length === 1 && only) return socket.write(only);
    socket.cork();
    let accepted = true;
    for (const piece of pieces) accepted = socket.write(piece);
    socket.uncork();
    return accepted;
  }

  borrow(): void {
    readShared(this.socket, (bytes) => this.handler.data(bytes, true));
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  reset(): void {
    const { socket } = this;
    // Neither TLS nor a Unix socket has a reset of its own. `resetAndDestroy` would send a FIN first; this is what it sets.
    const isTcp = socket instanceof Socket && !('encrypted' in socket) && socket.remoteAddress !== undefined;
    if (isTcp) (socket as Socket & { resetAndClosing?: boolean }).resetAndClosing = true;
    socket.destroy();
  }

  /**
   * Frames are gathered here, so Nagle's algorithm would only hold them back. It holds what is small while something else is on
   * its way: the first answer goes at once, and one system call less opens a connection that says nothing.
   */
  #hurry(): void {
    this.#nagles = false;
    this.socket.setNoDelay?.(true);
  }

  /** Lets go of the socket: what happens to it is somebody else's business from now on. */
  release(): SocketLike {
    const { socket } = this;
    if (this.#nagles) this.#hurry();
    socket.off('data', onData);
    socket.off('end', onEnd);
    socket.off('drain', onDrain);
    socket.off('close', onClose);
    return socket;
  }
}

function addressOf({ remoteAddress = '', remotePort = 0, remoteFamily }: SocketLike): string {
  return remoteFamily === 'IPv6' ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}

/**
 * Of what a stream of the operating system was given after the first `before` bytes, how many it took. Node counts all that
 * goes out in one write as waiting until the last byte has left; libuv knows better. `undefined` where a Node does not say.
 */
function takenByKernel(socket: SocketLike, before: number): number | undefined {
  // TLS counts what is not encrypted yet, and other streams have a meaning of their own.
  if (!(socket instanceof Socket) || 'encrypted' in socket) return undefined;
  const { bytesWritten, writeQueueSize } = (socket as Socket & { readonly _handle?: Handle | null })._handle ?? {};
  return typeof bytesWritten === 'number' && typeof writeQueueSize === 'number'
    ? bytesWritten - writeQueueSize - before
    : undefined;
}

interface Handle {
  readonly bytesWritten?: unknown;
  readonly writeQueueSize?: unknown;
}

const OWNER = Symbol('transport');
type Owned = SocketLike & { [OWNER]: SocketTransport };

function onData(this: SocketLike, chunk: Buffer): void {
  (this as Owned)[OWNER].handler.data(chunk);
}

function onEnd(this: SocketLike): void {
  const { handler, error } = (this as Owned)[OWNER];
  // After a TLS alert Node tells the error and then, as if nothing had been, an end: what counts is the error.
  if (error) this.destroy();
  else handler.end();
}

function onDrain(this: SocketLike): void {
  (this as Owned)[OWNER].handler.drain();
}

function onError(this: SocketLike, error: NodeJS.ErrnoException & { readonly hint?: string }): void {
  (this as Owned)[OWNER].error ??= { code: error.code ?? 'ERROR', message: error.message, hint: error.hint };
}

function onClose(this: SocketLike): void {
  const { handler, error } = (this as Owned)[OWNER];
  handler.close(error);
}

/** Bytes that go out as one segment whatever the network. */
const FIRST = 512;
const UNUSED: TransportHandler = { data: () => undefined, end: () => undefined, drain: () => undefined, close: () => undefined };
