import type { DialectName } from '../protocol/dialect/name.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import { fieldValues, type HeadLimits, type RequestHead, type ResponseHead } from '../protocol/http/head.ts';
import type { HopName } from '../session/event.ts';
import type { Transport } from '../transport/transport.ts';
import type { Clock } from './clock.ts';
import type { DialectLink } from './dialect-link.ts';
import type { Tell } from './stamp.ts';

/**
 * What the client's opening handshakes have in common: by an HTTP/1.1 upgrade (`upgrade.ts`) or by an extended CONNECT on
 * an HTTP/2 connection (`extended-connect.ts`). Each tells its heads and its hop, and calls `done` once.
 */
export interface OpeningEnv {
  readonly clock: Clock;
  readonly tell: Tell;
  /** The limits of the answer's head; those of a client where it is left out. */
  readonly headLimits: HeadLimits | undefined;
  /** Refuses a server that chooses none of the subprotocols that it was asked for. */
  readonly subprotocolRequired: boolean;
  /** A hop begins; returns its start on the session's scale. */
  readonly begin: (hop: HopName) => number;
  readonly done: (outcome: Outcome) => void;
}

export type Outcome =
  | {
      readonly type: 'open';
      readonly transport: Transport;
      readonly request: RequestHead;
      readonly response: ResponseHead;
      readonly findings: readonly Finding[];
      /** Bytes that came behind the answer: frames already. */
      readonly rest: Uint8Array;
      /** What was said, where it was not RFC 6455 as it is spoken today. */
      readonly speech?: Speech | undefined;
    }
  | Refused
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly hint?: string | undefined };

/** What a client says in an HTTP/1.1 upgrade, and what it makes of the answer, in one version of the protocol. */
export interface Speech {
  readonly dialect: DialectName;
  readonly request: RequestHead;
  /** Raw bytes behind the head that belong to the handshake. */
  readonly requestBody: Uint8Array;
  /** How many raw bytes of the handshake follow the head of this answer. */
  readonly answerBodyLength: (answer: ResponseHead) => number;
  readonly judge: (answer: ResponseHead, body: Uint8Array) => readonly Finding[];
  /** What the connection takes from it; the usual where it is left out. */
  readonly link?: (answer: ResponseHead, terms: { readonly compressFrom: number; readonly maxMessage: number }) => DialectLink;
}

export interface Refused {
  readonly type: 'refused';
  readonly request: RequestHead;
  /** `undefined`: the answer was none. */
  readonly response: ResponseHead | undefined;
  readonly findings: readonly Finding[];
  /** The start of the answer's body. */
  readonly body: Uint8Array;
  readonly bodyCut: boolean;
}

/** An opening handshake on its way. */
export interface Opening {
  /** Ends it at once, with what carries it; `done` is not called any more. Nothing once it is over. */
  abandon(): void;
}

/** The start of a refusal's body that is kept, in bytes. */
export const BODY_LIMIT = 64 * 1024;
/** Milliseconds that a body that does not end is waited for. */
export const BODY_PATIENCE = 1000;
/** Interim 1xx answers before the real one. */
export const MAX_INTERIM = 8;

/** As browsers judge: a server that chose no subprotocol although it was asked for one is not what was wanted. */
export function requireSubprotocol(findings: readonly Finding[], response: ResponseHead): readonly Finding[] {
  if (fieldValues(response, 'Sec-WebSocket-Protocol').length > 0) return findings;
  return findings.map((finding) => {
    // All that may be odd about none is that one was asked for.
    if (finding.id !== 'subprotocol' || finding.level !== 'warn') return finding;
    return { ...finding, level: 'fail', hint: 'The server took none of the subprotocols that it was asked for.' };
  });
}

/**
 * Whether it is TLS that failed, late: in TLS 1.3 a client is through before the server has seen its certificate, so that
 * the refusal comes in place of an answer.
 */
export function isTlsCode(code: string): boolean {
  return code.startsWith('ERR_SSL_');
}
