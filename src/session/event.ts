import type { Frame } from '../protocol/frame/frame.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import type { Head } from '../protocol/http/head.ts';
import type { Violation } from '../protocol/rule.ts';

/** Which way something went, seen from us. */
export type Direction = 'sent' | 'received';

/** A step on the way to the server, in the order in which they are taken. */
export type HopName = 'dns' | 'tcp' | 'unix' | 'proxy' | 'proxy-tls' | 'tls' | 'http' | 'http2';

/** The server's certificate as TLS gave it. Strings come from the peer: escape before printing. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** Subject alternative names, e.g. `DNS:localhost`. */
  readonly names: readonly string[];
  /** ISO 8601. */
  readonly validFrom: string;
  readonly validTo: string;
  readonly fingerprint256: string;
  /** `undefined` when the chain verified; else OpenSSL's reason, e.g. `DEPTH_ZERO_SELF_SIGNED_CERT`. */
  readonly untrusted?: string;
}

export type Happening =
  /** A hop was completed. `startedAt` has the scale of `at`; the hop ended at `at`. */
  | {
      readonly type: 'hop';
      readonly hop: HopName;
      readonly startedAt: number;
      readonly detail: string;
      readonly certificate?: CertificateFacts;
    }
  /** A head of the opening handshake. `raw` is as on the wire, up to and with the blank line. */
  | { readonly type: 'head'; readonly direction: Direction; readonly head: Head; readonly raw: Uint8Array }
  /** The opening handshake is over and the connection open. */
  | { readonly type: 'open'; readonly subprotocol: string; readonly extensions: string; readonly findings: readonly Finding[] }
  /** The opening handshake failed: `findings` says why; `body` is the start of the answer's body. */
  | { readonly type: 'refused'; readonly findings: readonly Finding[]; readonly body: Uint8Array; readonly bodyCut: boolean }
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
  /** The peer broke a rule. `frame` events carry their own; this says that the connection fails for it (or, lenient, goes on). */
  | { readonly type: 'violation'; readonly violation: Violation; readonly fatal: boolean }
  /** The network failed at a hop, or later (`stream`). `message` may quote the system or the peer. */
  | {
      readonly type: 'failure';
      readonly hop: HopName | 'stream';
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
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
