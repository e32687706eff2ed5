import { HTTP_2_PREFACE } from '../protocol/handshake/extended-connect.ts';
import { type HeadLimits, SERVER_HEAD_LIMITS } from '../protocol/http/head.ts';
import { type Http2Request, Http2Server } from '../transport/h2/server.ts';
import { SocketTransport } from '../transport/socket.ts';
import type { Transport } from '../transport/transport.ts';
import type { Clock } from './clock.ts';

/**
 * HTTP/1.1 and HTTP/2 on one port. Over TLS ALPN has chosen; on plain TCP the client preface tells (RFC 9113 §3.3, prior
 * knowledge). Each client is told apart within its handshake's deadline, whatever it sends.
 */
export interface BothVersionsOptions {
  readonly headLimits?: HeadLimits | undefined;
  /** Milliseconds for a whole request, and for a connection of HTTP/2 without any. */
  readonly handshakeTimeout: number;
}

export interface BothVersionsObserver {
  /** HTTP/1.1, or nothing that is known; `early` was read already. `patience`: milliseconds that are left for its request. */
  plain(transport: Transport, hop: 'tcp' | 'unix', early: Uint8Array, patience: number): void;
  /** A request on an HTTP/2 stream: each is a client of its own. */
  requested(request: Http2Request): void;
}

export class BothVersions {
  readonly #options: BothVersionsOptions;
  readonly #clock: Clock;
  readonly #observer: BothVersionsObserver;
  readonly #http2: Http2Server;
  /** Those that have not said enough yet. */
  readonly #undecided = new Set<Transport>();

  constructor(options: BothVersionsOptions, clock: Clock, observer: BothVersionsObserver) {
    this.#options = options;
    this.#clock = clock;
    this.#observer = observer;
    const { maxBytes, maxFields } = options.headLimits ?? SERVER_HEAD_LIMITS;
    const limits = { maxHeaderListSize: maxBytes, maxFields, idleTimeout: options.handshakeTimeout };
    this.#http2 = new Http2Server(limits, (request) => observer.requested(request));
  }

  /** How many have not said enough to be told apart. */
  get undecided(): number {
    return this.#undecided.size;
  }

  take(transport: Transport, hop: 'tcp' | 'unix'): void {
    const { handshakeTimeout } = this.#options;
    const alpn = SocketTransport.is(transport) ? transport.socket.alpnProtocol : undefined;
    if (!SocketTransport.is(transport)) this.#observer.plain(transport, hop, NOTHING, handshakeTimeout);
    else if (alpn === 'h2') this.#http2.take(transport, NOTHING);
    // Over TLS HTTP/2 without ALPN is not allowed (RFC 9113 §3.2).
    else if (alpn !== undefined && alpn !== null) this.#observer.plain(transport, hop, NOTHING, handshakeTimeout);
    else this.#listen(transport, hop);
  }

  /** Takes no more clients; those that are open stay. */
  stop(): void {
    for (const transport of this.#undecided) transport.destroy();
    this.#http2.stop();
  }

  destroy(): void {
    this.stop();
    this.#http2.destroy();
  }

  #listen(transport: SocketTransport, hop: 'tcp' | 'unix'): void {
    const { handshakeTimeout } = this.#options;
    const startedAt = this.#clock.now();
    let heard: Uint8Array = NOTHING;
    this.#undecided.add(transport);
    const settle = () => {
      stopWaiting();
      transport.pause();
      this.#undecided.delete(transport);
    };
    const plain = () => {
      settle();
      this.#observer.plain(transport, hop, heard, Math.max(0, handshakeTimeout - (this.#clock.now() - startedAt)));
    };
    const stopWaiting = this.#clock.after(handshakeTimeout, plain);
    transport.handler = {
      data: (chunk) => {
        heard = heard.length === 0 ? chunk : Buffer.concat([heard, chunk]);
        const seen = Math.min(heard.length, HTTP_2_PREFACE.length);
        if (!HTTP_2_PREFACE.subarray(0, seen).equals(heard.subarray(0, seen))) plain();
        else if (seen === HTTP_2_PREFACE.length) {
          settle();
          this.#http2.take(transport, heard);
        }
      },
      end: () => {
        plain();
        transport.handler.end();
      },
      drain: () => undefined,
      close: (error) => {
        plain();
        transport.handler.close(error);
      },
    };
    transport.resume();
  }
}

const NOTHING = new Uint8Array(0);
