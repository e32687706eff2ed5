import type { AttemptOutcome, CertificateFacts, HopName } from '../session/event.ts';

/**
 * The way to a server as a list of hops: resolve → connect → proxy → TLS → upgrade or HTTP/2 stream. Each hop that is
 * completed is told with its time; a failure names the hop at which it happened.
 */
/** Where to go, and by which road. */
export interface Target {
  /** A name or address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** `undefined`: plain TCP. */
  readonly tls?: TlsChoice | undefined;
  /** A proxy that is asked for a tunnel to `host` and `port`. */
  readonly proxy?: ProxyServer | undefined;
  readonly road?: Road | undefined;
}

/** How the first connection is made: to the proxy where there is one, else to the server. */
export interface Road {
  /** Only IPv4 or only IPv6 addresses. */
  readonly family?: 4 | 6 | undefined;
  /** Addresses for a name and port, in place of what name servers say (curl's `--resolve`). Port `undefined`: any. */
  readonly resolve?: readonly Resolution[] | undefined;
  /** Where to connect in place of a name and port (curl's `--connect-to`). */
  readonly connectTo?: readonly Detour[] | undefined;
  /** The address of this machine that the connection comes from, or the name of an interface. */
  readonly from?: string | undefined;
  /** A Unix socket to connect to, whatever host and port say; `@NAME` is an abstract one (Linux). */
  readonly unixSocket?: string | undefined;
}

export interface Resolution {
  /** `*`: any. */
  readonly host: string;
  readonly port: number | undefined;
  readonly addresses: readonly string[];
}

export interface Detour {
  /** Empty: any. */
  readonly fromHost: string;
  readonly fromPort: number | undefined;
  /** Empty or `undefined`: as it was. */
  readonly toHost: string;
  readonly toPort: number | undefined;
}

export interface ProxyServer {
  readonly scheme: 'http' | 'https' | 'socks4' | 'socks4a' | 'socks5' | 'socks5h';
  /** A name or address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly credentials?: { readonly user: string; readonly password: string } | undefined;
  /** To an `https` proxy. */
  readonly tls?: TlsChoice | undefined;
  /** It is asked for no tunnel: what is sent is for itself. */
  readonly tunnels?: false | undefined;
  /** Lines that go along with a CONNECT, as `RequestParts.headers`. */
  readonly headers?: readonly string[] | undefined;
  /** Where it was named, for people: `--proxy`, `https_proxy`. */
  readonly origin: string;
}

export interface TlsChoice {
  /** For SNI and the certificate's names; an address is never sent as SNI (RFC 6066 §3). */
  readonly serverName: string;
  /** Certificates in PEM that are trusted besides the system's. */
  readonly extraCa: readonly string[];
  /** Nothing but `extraCa` is trusted. */
  readonly onlyExtraCa?: boolean | undefined;
  /** Goes on with a certificate that does not verify. */
  readonly insecure: boolean;
  /** Shown to a server that asks for a client certificate. */
  readonly identity?: TlsIdentity | undefined;
  /** TLS 1.2 where it is left out, or `maxVersion` where that is older. */
  readonly minVersion?: TlsVersion | undefined;
  readonly maxVersion?: TlsVersion | undefined;
  /** Protocols offered by ALPN, best first; `['http/1.1']` where it is left out; empty: the extension is not sent. */
  readonly alpn?: readonly string[] | undefined;
  /** Takes lines of NSS's key log format, each with its line end. */
  readonly keylog?: ((line: Buffer) => void) | undefined;
  /** Milliseconds since the epoch: since when a certificate has expired is said only where it is known what the time is. */
  readonly now?: (() => number) | undefined;
}

/** A certificate with its private key, in PEM or as PKCS#12. */
export type TlsIdentity =
  | { readonly form: 'pem'; readonly certificate: string; readonly key: string; readonly passphrase?: string | undefined }
  | { readonly form: 'pkcs12'; readonly data: Buffer; readonly passphrase?: string | undefined };

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

export interface RouteObserver {
  /** A hop begins. */
  begin(hop: HopName): void;
  /** A hop is done; `detail` says with whom or how. `addresses`: all that a name stands for, in the order of trying. */
  done(hop: HopName, detail: string, certificate?: CertificateFacts, addresses?: readonly string[]): void;
  /** Within a hop one of several addresses is tried, maybe beside others; the answer is called once with what came of it. */
  attempt?(address: string): (outcome: AttemptOutcome, code?: string) => void;
}

/** Why a route could not be completed. `message` may quote the system or the peer. */
export class RouteError extends Error {
  override readonly name = 'RouteError';
  readonly hop: HopName;
  readonly code: string;
  /** What stands well after “try:”. */
  readonly hint: string | undefined;

  constructor(hop: HopName, code: string, message: string, hint?: string) {
    super(message);
    this.hop = hop;
    this.code = code;
    this.hint = hint;
  }

  /** By name: the program is bundled in two parts, and each has a class of its own. */
  static is(error: unknown): error is RouteError {
    return error instanceof Error && error.name === 'RouteError';
  }
}
