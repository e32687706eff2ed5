import type { DialectName } from '../protocol/dialect/name.ts';
import type { Frame } from '../protocol/frame/frame.ts';
import type { Cause } from '../protocol/handshake/cause-facts.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import type { Head } from '../protocol/http/head.ts';
import type { Violation } from '../protocol/rule.ts';

/** Which way something went, seen from us. */
export type Direction = 'sent' | 'received';

/** A step on the way to the server, in the order in which they are taken. */
export type HopName = 'dns' | 'tcp' | 'unix' | 'proxy' | 'proxy-tls' | 'tls' | 'http' | 'http2';

/** A certificate. Strings come from the peer: escape before printing. */
export interface CertificateLink {
  readonly subject: string;
  readonly issuer: string;
  /** Subject alternative names, e.g. `DNS:localhost`. */
  readonly names: readonly string[];
  /** ISO 8601. */
  readonly validFrom: string;
  readonly validTo: string;
  /** `RSA 2048 bits`, `EC P-256`, `Ed25519`. */
  readonly key: string;
  /** `ECDSA with SHA-256`; the number of the algorithm where it is not a common one. */
  readonly signature: string;
  /** Hexadecimal. */
  readonly serial: string;
  readonly fingerprint256: string;
}

/** The peer's certificate as TLS gave it, and its issuers, up to the root as far as they are known. */
export interface CertificateFacts extends CertificateLink {
  /** When it was judged, ISO 8601, where the time was known: what days left are counted from. */
  readonly judgedAt?: string;
  /** `sent`: the peer sent it along; else it is one that this machine trusts. */
  readonly issuers: readonly (CertificateLink & { readonly sent: boolean })[];
  /** The URL at which the issuer's certificate lies, as this one says. */
  readonly issuerAt?: string;
  /** `undefined` when the chain verified; else OpenSSL's reason, e.g. `DEPTH_ZERO_SELF_SIGNED_CERT`. */
  readonly untrusted?: string;
}

/** `slower`: another address was connected first; `unanswered`: nothing came until the whole was given up. */
export type AttemptOutcome = 'connected' | 'failed' | 'slower' | 'unanswered';

/** One address that was tried within a hop. Times have the scale of the event's `at`. */
export interface Attempt {
  /** `127.0.0.1:80`, `[::1]:80`. */
  readonly address: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: AttemptOutcome;
  /** The system's, where it failed: `ECONNREFUSED`. */
  readonly code?: string | undefined;
}

/** Why a server is asked once more: elsewhere, with credentials, or in an older version of the protocol. */
export type RetryReason = 'redirect' | 'challenge' | 'draft';

export interface Http2Parameter {
  readonly name: string;
  readonly value: number | string;
}

export type Happening =
  /** A hop was completed. `startedAt` has the scale of `at`; the hop ended at `at`. */
  | {
      readonly type: 'hop';
      readonly hop: HopName;
      readonly startedAt: number;
      readonly detail: string;
      readonly certificate?: CertificateFacts;
      /** Of `dns`: all that the name stands for, in the order of trying. */
      readonly addresses?: readonly string[];
      /** Of `tcp`: each address that was tried. */
      readonly attempts?: readonly Attempt[];
    }
  /**
   * A frame that is about a whole HTTP/2 connection: its parameters by their names in RFC 9113 §6.5.2 and RFC 8441 §3, those of
   * SETTINGS as far as they differ from their initial values; of GOAWAY `error` and, where it says more, `debug` by the peer.
   */
  | {
      readonly type: 'http2';
      readonly direction: Direction;
      readonly frame: 'SETTINGS' | 'GOAWAY';
      readonly parameters: readonly Http2Parameter[];
    }
  /**
   * A head of the opening handshake. `raw` is as on the wire, up to and with the blank line; over HTTP/2, where the wire has
   * it compressed, it is its text, and pseudo-header fields come first among the fields. `body`: raw bytes behind it that
   * belong to the handshake, the third key and the proof of hixie-76.
   */
  | {
      readonly type: 'head';
      readonly direction: Direction;
      readonly head: Head;
      readonly raw: Uint8Array;
      readonly body?: Uint8Array | undefined;
    }
  /** The opening handshake is over and the connection open. `dialect`: what is spoken; RFC 6455 where it is left out. */
  | {
      readonly type: 'open';
      readonly subprotocol: string;
      readonly extensions: string;
      readonly findings: readonly Finding[];
      readonly dialect?: DialectName | undefined;
    }
  /** The opening handshake failed: `findings` says why; `body` is the start of the answer's body. */
  | {
      readonly type: 'refused';
      readonly findings: readonly Finding[];
      readonly body: Uint8Array;
      readonly bodyCut: boolean;
      /** What whoever decides about further tries has to say; it may quote the peer. */
      readonly cause?: Cause;
    }
  /**
   * That answer opens nothing, and the server is asked once more: what follows is of that try. `to` is its URL. No `status`:
   * the server closed without an answer. `dialect`: what it is asked for now, after what was `learnt`, a sentence that may
   * quote the peer.
   */
  | {
      readonly type: 'again';
      readonly reason: RetryReason;
      readonly status?: number | undefined;
      readonly to: string;
      readonly dialect?: DialectName | undefined;
      readonly learnt?: string | undefined;
    }
  /** The connection was lost and is open again: after so many milliseconds, at the `tries`th try. */
  | { readonly type: 'gap'; readonly duration: number; readonly tries: number }
  | {
      readonly type: 'frame';
      readonly direction: Direction;
      readonly frame: Frame;
      readonly violations: readonly Violation[];
      readonly inflated?: Uint8Array | undefined;
    }
  | {
      readonly type: 'message';
      readonly direction: Direction;
      readonly opcode: 'text' | 'binary';
      readonly data: Uint8Array;
      readonly wireLength: number;
      readonly compressed: boolean;
    }
  /** A pong that answers a ping of ours. `rtt` in milliseconds. */
  | { readonly type: 'rtt'; readonly rtt: number }
  /** What we got wrong on purpose, asked to: its name in `wstap listen --fault list`, and what was done, which may quote the peer. */
  | { readonly type: 'fault'; readonly name: string; readonly detail: string }
  /** The peer broke a rule. `frame` events carry their own; this says that the connection fails for it (or, lenient, goes on). */
  | { readonly type: 'violation'; readonly violation: Violation; readonly fatal: boolean }
  /** The network failed at a hop, or later (`stream`). `message` may quote the system or the peer. */
  | {
      readonly type: 'failure';
      readonly hop: HopName | 'stream';
      readonly code: string;
      readonly message: string;
      /** What to try. */
      readonly hint?: string;
      /** When the hop that failed began, where it was one. */
      readonly startedAt?: number;
      readonly attempts?: readonly Attempt[];
    }
  /** The end. `code` 1005: no code was given; 1006: no closing handshake. `by`: who sent the first Close frame; `network`: nobody. */
  | {
      readonly type: 'closed';
      readonly code: number;
      readonly reason: string;
      readonly wasClean: boolean;
      readonly by: 'us' | 'peer' | 'network';
    };

/** What happened, stamped: the one type that views print, recorders write and the tally counts. */
export type SessionEvent = Happening & {
  /** Milliseconds since the session began, monotonic, with a fraction. */
  readonly at: number;
  /** Which connection: 1 for a client's only one; a server numbers its clients from 1. */
  readonly connection: number;
};

/** Where endpoints put what happened; `command/` decides what it is. */
export type EventSink = (event: SessionEvent) => void;
