import type { Limits } from '../protocol/connection/limits.ts';
import type { SessionEvent } from '../session/event.ts';

/**
 * What a client can be told beyond the standard. Everything has a default, and with all of it left out a `WebSocket` is
 * what the WHATWG standard says.
 */
export interface ConnectionOptions {
  /**
   * Sent with the opening request, in this order. A name that the request has anyway, such as `Host`, takes its place.
   * A pair, a list of pairs or a `Headers`. A line break in one is a `TypeError`.
   */
  readonly headers?: HeaderList | undefined;
  /** Sent as `Origin`; left out, none is sent. */
  readonly origin?: string | undefined;
  /** For `wss:` URLs. */
  readonly tls?: TlsOptions | undefined;
  /** Whether permessage-deflate is offered, as browsers do (the default); a string is the exact offer. */
  readonly deflate?: boolean | string | undefined;
  /** Messages shorter than this go uncompressed, in bytes; 1024. */
  readonly compressFrom?: number | undefined;
  /** What the server may send before the connection is failed. */
  readonly limits?: Partial<Limits> | undefined;
  /** Milliseconds for the whole way to an open connection; 30,000. `Infinity` waits for ever. */
  readonly handshakeTimeout?: number | undefined;
  /** Milliseconds for the closing handshake, and then for the server's end of TCP; 10,000. */
  readonly closeTimeout?: number | undefined;
  /**
   * Is told of everything that happens: hops, heads, findings, frames and messages both ways, and the end. Watching costs
   * time for every frame; without it none is made. What it throws is reported as uncaught and harms no connection.
   */
  readonly observe?: ((event: SessionEvent) => void) | undefined;
}

/** Header names and values. */
export type HeaderList = Iterable<readonly [name: string, value: string]> | Readonly<Record<string, string | readonly string[]>>;

export interface TlsOptions {
  /** Certificates in PEM that are trusted besides Node's and the system's. */
  readonly ca?: string | readonly string[] | undefined;
  /** Goes on with a certificate that does not verify; `false`. */
  readonly insecure?: boolean | undefined;
  /** The name that the certificate must have and that is asked for by SNI; the URL's host. */
  readonly serverName?: string | undefined;
}
