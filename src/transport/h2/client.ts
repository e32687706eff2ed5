import { type ClientHttp2Session, type ClientHttp2Stream, connect, type Settings } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Field } from '../../protocol/http/head.ts';
import type { Direction, Http2Parameter } from '../../session/event.ts';
import { fieldsOf, headersOf } from './fields.ts';
import { Http2StreamTransport, type NetworkError } from './stream.ts';
import { CONNECTION_WINDOW, errorName, goAwayParameters, STREAM_WINDOW, settingsParameters } from './words.ts';

/**
 * A client's HTTP/2 connection over a stream that is open already. It carries one request: what is asked on it once the
 * server's SETTINGS are there; when that is over the connection is too.
 */
export interface Http2ClientObserver {
  told(direction: Direction, frame: 'SETTINGS' | 'GOAWAY', parameters: readonly Http2Parameter[]): void;
  /** The server's SETTINGS arrived. `connectProtocol`: whether an extended CONNECT may be sent (RFC 8441 §3). */
  ready(connectProtocol: boolean): void;
  /** The connection ended before `ready`. */
  failed(error: NetworkError): void;
}

/** Listens to the one answer there is. */
export interface Http2Answer {
  /** A head; `interim` for 1xx. */
  head(fields: readonly Field[], interim: boolean): void;
}

export interface Http2ClientOptions {
  /** TLS carries it. */
  readonly secure: boolean;
  /** Bytes of an answer's head, as SETTINGS_MAX_HEADER_LIST_SIZE counts them. */
  readonly maxHeaderListSize: number;
}

export class Http2Client {
  readonly #session: ClientHttp2Session;
  readonly #observer: Http2ClientObserver;
  readonly #remote: string;
  #lost: NetworkError | undefined;
  #ready = false;

  constructor(socket: Duplex, remote: string, options: Http2ClientOptions, observer: Http2ClientObserver) {
    this.#observer = observer;
    this.#remote = remote;
    const settings: Settings = {
      enablePush: false,
      initialWindowSize: STREAM_WINDOW,
      maxHeaderListSize: options.maxHeaderListSize,
    };
    // The authority is said by the request itself; Node only wants one to be there.
    const session = connect(options.secure ? 'https://unused' : 'http://unused', {
      createConnection: () => socket as Socket,
      settings,
    });
    this.#session = session;
    observer.told('sent', 'SETTINGS', settingsParameters(settings));
    // Node opens with the default window and takes another one only once it has sent its preface.
    session.once('connect', () => {
      if (!session.destroyed) session.setLocalWindowSize(CONNECTION_WINDOW);
    });
    session.once('remoteSettings', (received) => this.#settled(received));
    session.on('goaway', (code, _last, debug) => this.#wentAway(code, debug));
    session.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
    session.once('close', () => this.#closed());
    // Node does not hear of an end that came before it took the socket over.
    socket.once('end', () => session.destroy());
    if (socket.destroyed) session.destroy();
    else setImmediate(() => socket.read(0));
  }

  /** Sends the request; its stream, once there is an answer, is the transport. Throws where Node takes no such request. */
  request(fields: readonly Field[], answer: Http2Answer): Http2StreamTransport {
    const stream: ClientHttp2Stream = this.#session.request(headersOf(fields), { endStream: false });
    stream.on('headers', (_headers, _flags, raw?: string[]) => answer.head(fieldsOf(raw ?? []), true));
    stream.once('response', (...[, , raw]: Received) => answer.head(fieldsOf(raw ?? []), false));
    stream.once('close', () => this.#session.close());
    return new Http2StreamTransport(stream, this.#remote, () => this.#lost);
  }

  destroy(): void {
    this.#session.destroy();
  }

  #settled(received: Settings): void {
    this.#ready = true;
    this.#observer.told('received', 'SETTINGS', settingsParameters(received));
    this.#observer.ready(received.enableConnectProtocol ?? false);
  }

  #wentAway(code: number, debug: Buffer | undefined): void {
    const parameters = goAwayParameters(code, debug);
    this.#observer.told('received', 'GOAWAY', parameters);
    if (code === 0) return;
    const said = parameters.map(({ value }) => value).join(', ');
    this.#lost = { code: 'GOAWAY', message: `the peer ended the HTTP/2 connection: GOAWAY ${said}` };
  }

  #failed(error: NodeJS.ErrnoException): void {
    this.#lost ??= wordsFor(error, this.#ready);
  }

  #closed(): void {
    this.#lost ??= { code: 'EMPTY', message: 'the peer ended the HTTP/2 connection' };
    if (!this.#ready) this.#observer.failed(this.#lost);
  }
}

/** Node gives the field lines as they came beside what it made of them: names and values in turn. */
type Received = [headers: unknown, flags: number, raw?: string[]];

/** Node's errors about HTTP/2 in words. */
function wordsFor({ code = 'ERROR', message }: NodeJS.ErrnoException, ready: boolean): NetworkError {
  const named = /NGHTTP2_(\w+)$|error code (\d+)$/.exec(message);
  const reason = named?.[1] ?? (named?.[2] === undefined ? message : errorName(Number(named[2])));
  if (code === 'ECONNRESET') return { code, message: 'the peer reset the connection' };
  if (!code.startsWith('ERR_HTTP2_')) return { code, message };
  if (!ready) return { code: 'NOT_HTTP2', message: `what answers does not speak HTTP/2 (${reason})` };
  return { code: 'HTTP2', message: `the HTTP/2 connection broke: ${reason}` };
}
