import type { Limits } from '../protocol/connection/limits.ts';
import type { SessionEvent } from '../session/event.ts';
import type { Road } from '../transport/route.ts';

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
  /** Sent as `Origin`; left out, that of the page (`location`), as in jsdom, and none where there is none. */
  readonly origin?: string | undefined;
  /**
   * Opens the WebSocket on an HTTP/2 stream (RFC 8441): for `wss:` where ALPN chooses `h2`, for `ws:` without asking; false.
   * A server whose SETTINGS do not allow it is a failed connection.
   */
  readonly http2?: boolean | undefined;
  /** For `wss:` URLs. */
  readonly tls?: TlsOptions | undefined;
  /**
   * Asked for a tunnel to the server, for `ws:` as for `wss:`: `http://[USER:PASSWORD@]HOST:PORT`, or `https`, `socks4`, `socks4a`,
   * `socks5`, `socks5h` in its place; `'environment'` takes what `https_proxy`, `all_proxy`, `no_proxy` and their kin
   * say. Left out, the environment is not looked at. A `TypeError` for what is no proxy; a proxy that fails is a failure
   * of the connection, and `observe` is told of the hop `proxy`.
   */
  readonly proxy?: ProxyOption | undefined;
  /** Where several roads lead there, or another one shall: a family of addresses, other addresses, a Unix socket. */
  readonly road?: Road | undefined;
  /**
   * The version of the protocol: `'rfc6455'` (the default), or an older one such as `'hixie-76'`, `'hybi-07'` or `'8'`, for devices
   * that speak nothing newer. A `TypeError` for a name that no version has. What a version cannot express fails: binary
   * messages in hixie-75 and -76 throw, and extensions before hybi-07 are not offered.
   */
  readonly dialect?: string | undefined;
  /** Whether permessage-deflate is offered, as browsers do (the default); a string is the exact offer. */
  readonly deflate?: boolean | string | undefined;
  /** Messages shorter than this go uncompressed, in bytes; 1024. */
  readonly compressFrom?: number | undefined;
  /** What the server may send before the connection is failed. */
  readonly limits?: Partial<Limits> | undefined;
  /**
   * Whether it waits while another connection to the same host and port is being opened, as RFC 6455 §4.1 asks of clients
   * and browsers do; true. `false` connects at once.
   */
  readonly serial?: boolean | undefined;
  /** `true` connects to every port; `false`, the default, not to those that browsers do not connect to, 6667 for example. */
  readonly anyPort?: boolean | undefined;
  /** Milliseconds for the whole way to an open connection, once it is its turn; 30,000. `Infinity` waits for ever. */
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

export type ProxyOption = 'environment' | (string & {}) | URL | ProxyOptions;

export interface ProxyOptions {
  readonly url: string | URL;
  /** In place of user and password in the URL. HTTP Basic, or those of SOCKS5; of SOCKS4 the user alone. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Sent to an HTTP proxy with CONNECT, and not to the server. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** For an `https:` proxy; `tls` beside `proxy` is for the server alone. */
  readonly tls?: TlsOptions | undefined;
}

/** TLS to the server. What OpenSSL does not take, a wrong passphrase say, fails the connection at its hop `tls`. */
export interface TlsOptions {
  /** Certificates in PEM that are trusted besides Node's and the system's. */
  readonly ca?: string | readonly string[] | undefined;
  /** Goes on with a certificate that does not verify; `false`. */
  readonly insecure?: boolean | undefined;
  /** The name that the certificate must have and that is asked for by SNI; the URL's host. */
  readonly serverName?: string | undefined;
  /** Shown to a server that asks for a client certificate: PEM, with the certificates up to the root behind it. Needs `key`. */
  readonly cert?: string | undefined;
  /** The private key of `cert`, in PEM. */
  readonly key?: string | undefined;
  /** In place of `cert` and `key`: both as PKCS#12. */
  readonly pfx?: Uint8Array | undefined;
  /** Opens `key` or `pfx`, where that is encrypted. */
  readonly passphrase?: string | undefined;
  /** TLS 1.2, or `maxVersion` where that is older. From `TLSv1.1` down the weak ciphers and keys of that time are allowed too. */
  readonly minVersion?: TlsVersion | undefined;
  /** TLS 1.3. */
  readonly maxVersion?: TlsVersion | undefined;
  /** Protocols offered by ALPN, best first; `['http/1.1']`. Empty: the extension is not sent. */
  readonly alpn?: readonly string[] | undefined;
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
