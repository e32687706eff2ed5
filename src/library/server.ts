import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Answer, PolicyRefusal } from '../endpoint/admitting.ts';
import { type Peer, Server, type ServerHandler } from '../endpoint/server.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import { encodeHead, type RequestHead, type ResponseHead } from '../protocol/http/head.ts';
import { readHead } from '../protocol/http/head-reader.ts';
import { PreparedMessage } from '../protocol/message/prepared.ts';
import type { Listening } from '../transport/listen.ts';
import { SocketTransport } from '../transport/socket.ts';
import type { Transport } from '../transport/transport.ts';
import { environment } from './environment.ts';
import { nameClass } from './expose.ts';
import { reportException } from './report.ts';
import { bytesToSend, isBinary, type SendableNow } from './sending.ts';
import { checkOptions, engineOptions, type WebSocketServerOptions } from './server-options.ts';
import { clientOf, ServerWebSocket } from './server-websocket.ts';
import { headOf, requestOf, type UpgradeRequest } from './upgrade-request.ts';
import { verifier } from './verify.ts';

/**
 * A WebSocket server with the names and shapes of npm `ws`, over the engine of the command line: standing alone, on an HTTP
 * server, or for single sockets. What one client does ends that client's connection and nothing else.
 */
export interface WebSocketServerEvents {
  listening: [];
  /** A client is open. Nothing is read from it before the listeners return. */
  connection: [socket: ServerWebSocket, request: UpgradeRequest];
  /** The lines of a 101 before it is sent: add, change or remove them in place. */
  headers: [lines: string[], request: UpgradeRequest];
  /** It cannot listen, or the system runs out of something while it does. */
  error: [error: Error];
  /** A request was no correct opening handshake. Where somebody listens, answering and ending `socket` is theirs. */
  wsClientError: [error: Error, socket: Duplex, request: UpgradeRequest];
  /** `close` was called, and the last client is gone. */
  close: [];
}

export interface CloseOptions {
  /** For the Close frame that every client gets; 1001. */
  readonly code?: number | undefined;
  readonly reason?: string | undefined;
  /** Milliseconds until clients that have not answered are cut off; `closeTimeout`. */
  readonly timeout?: number | undefined;
}

export interface BroadcastOptions {
  readonly binary?: boolean | undefined;
  /** Left out: the client that the message came from, say. */
  readonly except?: ServerWebSocket | undefined;
  /** Clients with more bytes than this waiting are left out; no limit. */
  readonly maxBuffered?: number | undefined;
}

export interface AddressInfo {
  readonly address: string;
  readonly family: string;
  readonly port: number;
}

type Upgraded = (socket: ServerWebSocket, request: UpgradeRequest) => void;

export class WebSocketServer extends EventEmitter<WebSocketServerEvents> {
  readonly options: WebSocketServerOptions;
  readonly #engine: Server;
  /** Kept from the first look at it on. */
  #clients: Set<ServerWebSocket> | undefined;
  /** Those for which a function of the caller's threw: they get 500. */
  readonly #failed = new WeakSet<Transport>();
  #listening: Listening | undefined;
  #state: 'running' | 'closing' | 'closed' = 'running';
  #stopPatience: () => void = () => undefined;
  #detach: () => void = () => undefined;

  /**
   * Throws a `TypeError` unless exactly one of `port`, `server` and `noServer` is given, and a `TypeError` or `RangeError` for an
   * option that cannot be meant.
   */
  constructor(options: WebSocketServerOptions, listening?: () => void) {
    super();
    checkOptions(options);
    this.options = options;
    const { observe, handleProtocols, protocols, verifyClient } = options;
    const requestFor = (head: RequestHead, transport: Transport) => this.#requestOf(head, transport);
    const engine = engineOptions(options, {
      subprotocols:
        (typeof protocols === 'string' ? [protocols] : protocols) ??
        ((offered, head, transport) => {
          if (!handleProtocols) return offered[0];
          return this.#ask(transport, () => handleProtocols(new Set(offered), requestFor(head, transport)) || undefined);
        }),
      policy: (head, transport) => this.#policy(head, transport),
      answer: (head, usual, transport) => this.#answer(head, usual, transport),
      rejected: (head, findings, transport) => this.#rejected(head, findings, transport),
      ...(verifyClient && { verify: verifier(verifyClient, requestFor) }),
    });
    this.#engine = new Server(engine, environment(), observe && quiet(observe), this.#handler());
    if (listening) this.once('listening', listening);
    if (options.port !== undefined) this.#listen();
    else if (options.server) this.#attach(options.server);
  }

  /** The open clients and those that are closing; empty where `clientTracking` is false. */
  get clients(): Set<ServerWebSocket> {
    this.#clients ??= new Set(this.#tracked());
    return this.#clients;
  }

  /** Where it listens, `null` before it does. Throws where it has no server. */
  address(): AddressInfo | string | null {
    if (this.options.noServer) throw new Error('a server with noServer has no address');
    if (this.options.server) return this.options.server.address();
    if (!this.#listening) return null;
    const { host, port } = this.#listening;
    return { address: host, family: isIPv6(host) ? 'IPv6' : 'IPv4', port };
  }

  /** Whether a request is this server's business: by `path`. To be overridden. */
  shouldHandle(request: UpgradeRequest): boolean {
    const { path } = this.options;
    return path === undefined || pathOf(request.url ?? '') === path;
  }

  /**
   * Answers one upgrade of an HTTP server. `upgraded` is called where the client is let in; every other answer is given
   * here, and none to a client that is gone by now. Throws where the same socket comes a second time.
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array, upgraded: Upgraded): void {
    if (taken.has(socket)) throw new Error('this socket was already upgraded: is handleUpgrade called by two servers?');
    taken.add(socket);
    if (!socket.readable || !socket.writable) {
      socket.destroy();
      return;
    }
    const transport = new SocketTransport(socket);
    transport.socket.setTimeout?.(0);
    this.#engine.adopt(transport, headOf(request), head, (peer) => this.#welcome(peer, request, upgraded));
  }

  /**
   * Sends one message to every open client. Its frame is built once, and once more for those that agreed to compression.
   * Returns to how many it went.
   */
  broadcast(data: SendableNow, options: BroadcastOptions = {}): number {
    const { except, maxBuffered = Infinity } = options;
    const message = new PreparedMessage(isBinary(data, options) ? 'binary' : 'text', bytesToSend(data));
    let count = 0;
    for (const client of this.#tracked()) {
      if (client === except || client.bufferedAmount > maxBuffered) continue;
      if (client.sendPrepared(message)) count++;
    }
    return count;
  }

  /**
   * Takes no more clients; the promise is kept, and `close` comes, when the last one is gone. Without options it leaves
   * those that are there alone, as `ws` does; with options, if only `{}`, it closes them and in the end cuts them off.
   */
  close(options?: CloseOptions | ((error?: Error) => void), callback?: (error?: Error) => void): Promise<void> {
    const done = typeof options === 'function' ? options : callback;
    if (this.#state === 'closed') {
      if (done) setImmediate(() => done(new Error('the server is not running')));
      return Promise.resolve();
    }
    const closed = new Promise<void>((resolve) => this.once('close', resolve));
    if (done) this.once('close', () => done());
    if (this.#state === 'running') {
      this.#state = 'closing';
      this.#detach();
      this.#engine.stopAccepting();
      setImmediate(() => this.#closeIfOver());
    }
    if (typeof options === 'object') this.#farewell(options);
    return closed;
  }

  #listen(): void {
    this.#engine.start().then(
      (listening) => {
        if (this.#state !== 'running') return;
        this.#listening = listening;
        this.emit('listening');
      },
      (error: Error) => queueMicrotask(() => this.emit('error', error)),
    );
  }

  #attach(server: NonNullable<WebSocketServerOptions['server']>): void {
    const listening = () => this.emit('listening');
    const failed = (error: Error) => this.emit('error', error);
    const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // Another server on the same HTTP server has answered.
      if (taken.has(socket)) return;
      this.handleUpgrade(request, socket, head, (client) => this.emit('connection', client, request));
    };
    server.on('listening', listening).on('error', failed).on('upgrade', upgrade);
    this.#detach = () => server.off('listening', listening).off('error', failed).off('upgrade', upgrade);
  }

  #handler(): ServerHandler {
    const nothing = () => undefined;
    return {
      opened: (peer, head, transport) => {
        this.#welcome(peer, this.#requestOf(head, transport), (client, request) => this.emit('connection', client, request));
      },
      refused: nothing,
      trouble: (code, message) => {
        if (this.listenerCount('error') > 0) this.emit('error', Object.assign(new Error(message), { code }));
      },
      // From its opening on every client has a handler of its own.
      message: nothing,
      pong: nothing,
      drain: nothing,
      peerClosed: nothing,
      ended: nothing,
    };
  }

  #welcome(peer: Peer, request: UpgradeRequest, upgraded: Upgraded): void {
    const { observe } = this.options;
    if (observe) peer.link.connection.watch(true);
    const client = new ServerWebSocket(peer, this.#left);
    if (this.#tracks) this.#clients?.add(client);
    try {
      upgraded(client, request);
    } catch (error) {
      reportException(error);
    }
  }

  readonly #left = (client: ServerWebSocket): void => {
    this.#clients?.delete(client);
    if (this.#state === 'closing') setImmediate(() => this.#closeIfOver());
  };

  get #tracks(): boolean {
    return this.options.clientTracking !== false;
  }

  *#tracked(): Iterable<ServerWebSocket> {
    if (!this.#tracks) return;
    for (const peer of this.#engine.peers) {
      const client = clientOf(peer);
      if (client) yield client;
    }
  }

  #closeIfOver(): void {
    if (this.#state !== 'closing' || this.#engine.peers.size > 0) return;
    this.#state = 'closed';
    this.#stopPatience();
    this.emit('close');
  }

  #farewell({ code = 1001, reason = '', timeout }: CloseOptions): void {
    this.#engine.stop(code, reason);
    this.#stopPatience();
    const { clock } = environment();
    this.#stopPatience = clock.after(timeout ?? this.options.closeTimeout ?? 30_000, () => this.#engine.destroy());
  }

  #requestOf(head: RequestHead, transport: Transport): UpgradeRequest {
    if (!SocketTransport.is(transport)) throw new Error('a request without a socket');
    return requestOf(head, transport.socket);
  }

  #policy(head: RequestHead, transport: Transport): PolicyRefusal | undefined {
    const isOurs = this.options.path === undefined && this.shouldHandle === byPath;
    if (isOurs || this.#ask(transport, () => this.shouldHandle(this.#requestOf(head, transport)))) return undefined;
    if (this.#failed.has(transport)) return FAILED;
    const requirement = 'The path is one that is served here';
    const finding = { id: 'path', level: 'fail', side: 'client', section: 'path', requirement, actual: head.target } as const;
    return { status: 404, finding, why: 'nothing is served at this path' };
  }

  #answer(head: RequestHead, usual: ResponseHead, transport: Transport): Answer {
    const failed = this.#failed.has(transport);
    if (!failed && this.listenerCount('headers') === 0) return { head: usual };
    const lines = Buffer.from(encodeHead(usual)).toString('latin1').trimEnd().split('\r\n');
    if (!failed) this.#ask(transport, () => this.emit('headers', lines, this.#requestOf(head, transport)));
    if (this.#failed.has(transport)) return { head: INTERNAL_ERROR, next: 'end' };
    const read = readHead(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), 'response', HEAD_LIMITS);
    if (read.state === 'complete') return { head: read.head };
    reportException(new TypeError(`a listener of headers left lines that are no HTTP: ${JSON.stringify(lines)}`));
    return { head: usual };
  }

  #rejected(head: RequestHead | undefined, findings: readonly Finding[], transport: Transport): boolean {
    if (!head || this.listenerCount('wsClientError') === 0 || !SocketTransport.is(transport)) return false;
    const request = this.#requestOf(head, transport);
    const failed = findings.find(({ level }) => level === 'fail');
    const { requirement = 'The request is a WebSocket opening handshake', actual } = failed ?? {};
    const error = new Error(actual === undefined ? requirement : `${requirement}: ${actual}`);
    const socket = transport.release();
    this.#ask(transport, () => this.emit('wsClientError', error, socket, request));
    if (this.#failed.has(transport)) socket.destroy();
    return true;
  }

  /** Calls a function of the caller's; `undefined` where it throws, which is its client's end and no other's. */
  #ask<Value>(transport: Transport, call: () => Value): Value | undefined {
    try {
      return call();
    } catch (error) {
      reportException(error);
      this.#failed.add(transport);
      return undefined;
    }
  }
}

nameClass(WebSocketServer, 'WebSocketServer');

const { shouldHandle: byPath } = WebSocketServer.prototype;

/** Sockets that were handed to `handleUpgrade`, of whatever server. */
const taken = new WeakSet<Duplex>();

/** Of a request-target in origin-form or, which "a server MUST accept" too (RFC 9112 §3.2.2), in absolute-form. */
function pathOf(target: string): string {
  return target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '').replace(/\?.*$/s, '') || '/';
}

const INTERNAL_ERROR: ResponseHead = {
  kind: 'response',
  version: 'HTTP/1.1',
  status: 500,
  reason: 'Internal Server Error',
  fields: [
    { name: 'Connection', value: 'close' },
    { name: 'Content-Length', value: '0' },
  ],
};
const FAILED: PolicyRefusal = {
  status: 500,
  why: 'the server failed',
  finding: {
    id: 'hook',
    level: 'fail',
    side: 'client',
    section: 'shouldHandle',
    requirement: 'The server can tell what it serves',
  },
};

const HEAD_LIMITS = { maxBytes: 64 * 1024, maxFields: 1000 };

/** What a caller's function throws is reported and goes no further. */
function quiet<Value>(listener: (value: Value) => void): (value: Value) => void {
  return (value) => {
    try {
      listener(value);
    } catch (error) {
      reportException(error);
    }
  };
}
