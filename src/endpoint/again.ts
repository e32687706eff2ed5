import type { DialectName } from '../protocol/dialect/name.ts';
import type { Cause } from '../protocol/handshake/cause-facts.ts';
import type { RequestParts } from '../protocol/handshake/request.ts';
import type { ResponseHead } from '../protocol/http/head.ts';
import type { RetryReason } from '../session/event.ts';
import type { Target } from '../transport/route.ts';

/** A server that did not open may be asked once more, elsewhere or otherwise: who decides that is handed in. */

/** What a server is asked. `dialect`: in which version of the protocol; RFC 6455 where it is left out. */
export type Asking = Omit<RequestParts, 'key'> & { readonly dialect?: DialectName | undefined };

/** An answer, and what it answers. */
export interface Answered {
  readonly response: ResponseHead;
  readonly target: Target;
  readonly request: Asking;
  /** Counts a client's requests, from 1. */
  readonly attempt: number;
}

/** An answer that opens nothing. */
export interface Refusal extends Answered {
  /** The start of its body. */
  readonly body: Uint8Array;
}

/** Where and how to ask next. */
export interface Retry {
  readonly reason: RetryReason;
  /** The URL, for people; secrets are left out where it is shown. */
  readonly to: string;
  readonly target: Target;
  readonly request: Asking;
  /** What the last answer taught, as a sentence; may quote the peer. */
  readonly learnt?: string | undefined;
}

/** Why not, where there is something to say. */
export interface NoRetry {
  readonly cause: Cause;
}

/** A request to which nothing was answered. `late`: the connection is there, but the time is over. */
export interface Silence extends Omit<Answered, 'response'> {
  readonly late: boolean;
}

/** `undefined`: the refusal stands, and its own words say why. */
export type Again = (refusal: Refusal) => Retry | NoRetry | undefined | Promise<Retry | NoRetry | undefined>;
