import {
  createServer,
  type Http2Server as NodeServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerStreamResponseOptions,
  type Settings,
} from 'node:http2';
import type { Field } from '../../protocol/http/head.ts';
import type { Http2Parameter } from '../../session/event.ts';
import type { SocketTransport } from '../socket.ts';
import { fieldsOf, headersOf } from './fields.ts';
import { Http2StreamTransport, type NetworkError } from './stream.ts';
import { CONNECTION_WINDOW, goAwayParameters, STREAM_WINDOW, settingsParameters } from './words.ts';

/**
 * HTTP/2 connections from the server's side: each request is told alone, with its stream as a transport. What one client may
 * open, send and hold is bounded, and a connection on which nothing happens is ended.
 */
export interface Http2Request {
  /** As on the wire, pseudo-header fields first. */
  readonly fields: readonly Field[];
  /** The stream's identifier: odd, from 1. */
  readonly stream: number;
  readonly transport: Http2StreamTransport;
  /** What was handed over to carry the connection. */
  readonly carrier: SocketTransport;
  /** Of the connection's first request: the SETTINGS of both sides. */
  readonly settings: { readonly sent: readonly Http2Parameter[]; readonly received: readonly Http2Parameter[] } | undefined;
  /** Sends the answer's head. */
  answer(fields: readonly Field[]): void;
}

export interface Http2ServerOptions {
  /** Of a request's head: bytes as HTTP/2 counts them, and field lines. */
  readonly maxHeaderListSize: number;
  readonly maxFields: number;
  /** Milliseconds that a connection without a stream stays. */
  readonly idleTimeout: number;
}

/** Streams at once on one connection, open WebSockets among them (SETTINGS_MAX_CONCURRENT_STREAMS). */
const MAX_STREAMS = 100;
/** Megabytes that Node holds for one connection before it takes no more streams. */
const MAX_MEMORY = 10;
/** Milliseconds for the last words of a connection. */
const PARTING = 1000;

export class Http2Server {
  readonly #server: NodeServer;
  readonly #settings: Settings;
  readonly #options: Http2ServerOptions;
  readonly #requested: (request: Http2Request) => void;
  readonly #connections = new Map<ServerHttp2Session, Connection>();
  /** What is being handed over. */
  #arriving: SocketTransport | undefined;

  constructor(options: Http2ServerOptions, requested: (request: Http2Request) => void) {
    this.#options = options;
    this.#requested = requested;
    this.#settings = {
      enableConnectProtocol: true,
      initialWindowSize: STREAM_WINDOW,
      maxConcurrentStreams: MAX_STREAMS,
      maxHeaderListSize: options.maxHeaderListSize,
    };
    // It never listens itself: sockets are handed to it. What floods are bounded by besides is Node's own: 10 SETTINGS and 10
    // PINGs that wait for an answer, 1000 invalid frames, and 1000 streams reset at once, 33 a second after (CVE-2023-44487).
    this.#server = createServer({
      settings: this.#settings,
      maxHeaderListPairs: options.maxFields,
      maxSessionMemory: MAX_MEMORY,
    });
    this.#server.on('session', (session) => this.#begun(session));
    this.#server.on('sessionError', () => undefined);
    // Node answers 405 itself to a CONNECT that nobody listens for, once somebody listens for requests: nobody does here.
    this.#server.on('stream', (...[stream, , , raw]: Received) => this.#received(stream, raw ?? []));
  }

  /** Takes over a socket on which HTTP/2 is spoken; `early` are bytes that were read from it already. */
  take(transport: SocketTransport, early: Uint8Array): void {
    const socket = transport.release();
    // A connection of HTTP/2 has no use for a half of itself.
    socket.allowHalfOpen = false;
    // A server's TLS socket that was made by hand is told to be connecting for ever; Node would wait for a client's event.
    if ('secureConnecting' in socket) socket.secureConnecting = false;
    if (early.length > 0) socket.unshift(early);
    this.#arriving = transport;
    this.#server.emit('connection', socket);
  }

  /** Takes no more requests; open streams stay. */
  stop(): void {
    for (const session of this.#connections.keys()) session.close();
  }

  destroy(): void {
    for (const session of this.#connections.keys()) session.destroy();
  }

  #begun(session: ServerHttp2Session): void {
    if (!session.destroyed && !session.connecting) session.setLocalWindowSize(CONNECTION_WINDOW);
    if (!this.#arriving) return;
    const connection = new Connection(session, this.#arriving, this.#options.idleTimeout, settingsParameters(this.#settings));
    this.#connections.set(session, connection);
    session.on('error', () => undefined);
    session.on('goaway', (code, _last, debug) => connection.wentAway(code, debug));
    session.once('close', () => {
      connection.closed();
      this.#connections.delete(session);
    });
  }

  #received(stream: ServerHttp2Stream, raw: readonly string[]): void {
    const connection = stream.session && this.#connections.get(stream.session as ServerHttp2Session);
    if (!connection) return;
    const settings = connection.opened(stream);
    const transport = new Http2StreamTransport(stream, connection.carrier.remote, () => connection.lost);
    this.#requested({
      fields: fieldsOf(raw),
      stream: stream.id ?? 0,
      transport,
      carrier: connection.carrier,
      settings,
      answer: (fields) => respond(stream, transport, fields),
    });
  }
}

/** An answer that Node does not take is the end of its stream alone. */
function respond(stream: ServerHttp2Stream, transport: Http2StreamTransport, fields: readonly Field[]): void {
  if (stream.destroyed || stream.headersSent) return;
  try {
    stream.respond(headersOf(fields), WITHOUT_DATE);
  } catch (error) {
    const { code = 'ANSWER', message } = error as NodeJS.ErrnoException;
    transport.fail({ code, message: `HTTP/2 cannot carry the answer: ${message}` });
  }
}

/** What is shown is what is sent: Node would add a Date of its own. Its types do not know the option. */
const WITHOUT_DATE = { sendDate: false } as ServerStreamResponseOptions;

/** Node gives the field lines as they came last: names and values in turn. */
type Received = [stream: ServerHttp2Stream, headers: unknown, flags: number, raw?: string[]];

/** What is known of one connection beyond its session. */
class Connection {
  readonly carrier: SocketTransport;
  /** Why it ended. */
  lost: NetworkError | undefined;
  readonly #session: ServerHttp2Session;
  readonly #idleTimeout: number;
  readonly #sent: readonly Http2Parameter[];
  #streams = 0;
  #isFirst = true;
  #timer: NodeJS.Timeout | undefined;

  constructor(session: ServerHttp2Session, carrier: SocketTransport, idleTimeout: number, sent: readonly Http2Parameter[]) {
    this.#session = session;
    this.#idleTimeout = idleTimeout;
    this.#sent = sent;
    this.carrier = carrier;
    this.#rest();
  }

  /** A stream was opened; of the first one, the SETTINGS of both sides are given. */
  opened(stream: ServerHttp2Stream): Http2Request['settings'] {
    clearTimeout(this.#timer);
    this.#streams += 1;
    stream.once('close', () => {
      this.#streams -= 1;
      if (this.#streams === 0) this.#rest();
    });
    if (!this.#isFirst) return undefined;
    this.#isFirst = false;
    return { sent: this.#sent, received: settingsParameters(this.#session.remoteSettings) };
  }

  wentAway(code: number, debug: Buffer | undefined): void {
    if (code === 0) return;
    const said = goAwayParameters(code, debug).map(({ value }) => value);
    this.lost = { code: 'GOAWAY', message: `the peer ended the HTTP/2 connection: GOAWAY ${said.join(', ')}` };
  }

  closed(): void {
    clearTimeout(this.#timer);
    this.lost ??= { code: 'EMPTY', message: 'the HTTP/2 connection ended' };
  }

  /** Nothing goes on: it may stay for a while. */
  #rest(): void {
    if (this.#session.destroyed) return;
    this.#timer = setTimeout(() => {
      this.#session.close();
      this.#timer = setTimeout(() => this.#session.destroy(), PARTING);
    }, this.#idleTimeout);
  }
}
