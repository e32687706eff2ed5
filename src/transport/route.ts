import type { CertificateFacts, HopName } from '../session/event.ts';

/**
 * The way to a server as a list of hops. Each hop that is completed is told with its time; a failure names the hop at
 * which it happened. Proxies and HTTP/2 will take their places between TCP and TLS, and after it.
 */
/** Where to go. */
export interface Target {
  /** A name or address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** `undefined`: plain TCP. */
  readonly tls?: TlsChoice | undefined;
}

export interface TlsChoice {
  /** For SNI and the certificate's names; an address is never sent as SNI (RFC 6066 §3). */
  readonly serverName: string;
  /** Certificates in PEM that are trusted besides the system's. */
  readonly extraCa: readonly string[];
  /** Goes on with a certificate that does not verify. */
  readonly insecure: boolean;
}

export interface RouteObserver {
  /** A hop begins. */
  begin(hop: HopName): void;
  /** A hop is done; `detail` says with whom or how. */
  done(hop: HopName, detail: string, certificate?: CertificateFacts): void;
}

/** Why a route could not be completed. `message` may quote the system or the peer. */
export class RouteError extends Error {
  override readonly name = 'RouteError';
  readonly hop: HopName;
  readonly code: string;

  constructor(hop: HopName, code: string, message: string) {
    super(message);
    this.hop = hop;
    this.code = code;
  }

  /** By name: the program is bundled in two parts, and each has a class of its own. */
  static is(error: unknown): error is RouteError {
    return error instanceof Error && error.name === 'RouteError';
  }
}
