import type { DialectName } from '../protocol/dialect/name.ts';
import type { DeflateParameters, ServerPreference } from '../protocol/extension/permessage-deflate.ts';
import type { Finding } from '../protocol/handshake/finding.ts';
import type { Field, HeadLimits, RequestHead, ResponseHead } from '../protocol/http/head.ts';
import type { Transport } from '../transport/transport.ts';
import type { Aside } from './aside.ts';
import type { DialectLink } from './dialect-link.ts';

/** What a server decides about who comes in, and what is known of who did. */
export interface AdmissionOptions {
  /** How much of a request is read; `SERVER_HEAD_LIMITS` where it is left out. */
  readonly headLimits?: HeadLimits;
  /** Those that are spoken, of which the client's first choice is taken; or who chooses among the client's. */
  readonly subprotocols: readonly string[] | SubprotocolChooser;
  /** Header lines added to every 101. */
  readonly headers: readonly string[];
  /** `undefined`: permessage-deflate is never accepted. */
  readonly deflate: ServerPreference | undefined;
  /** Milliseconds for the whole request. */
  readonly handshakeTimeout: number;
  /** Who may not come in, beyond the protocol. */
  readonly policy: (request: RequestHead, transport: Transport) => PolicyRefusal | undefined;
  /** Asked last, of whom all the rest let in; may take its time, within `handshakeTimeout`. `decide` without a refusal lets in. */
  readonly verify?: (request: RequestHead, transport: Transport, decide: (refusal?: PolicyRefusal) => void) => void;
  /** Has the last word on the answer to a request that is let in. */
  readonly answer?: (request: RequestHead, usual: ResponseHead, transport: Transport) => Answer;
  /** Told of a request that breaks the protocol; returns true where it answers in our place. No request: it was none. */
  readonly rejected?: (request: RequestHead | undefined, findings: readonly Finding[], transport: Transport) => boolean;
  /** Asked before everybody else, of plain HTTP too: who does not say who it is gets nothing else. */
  readonly identify?: ((request: RequestHead) => PolicyRefusal | undefined) | undefined;
  /** Asked first of every request that may be asked at all: where it takes one, the admission is over. */
  readonly aside?: Aside | undefined;
  /** Whether there is no room for one more. */
  readonly full: () => boolean;
  /** The versions that are on; RFC 6455 alone where it is left out. */
  readonly dialects?: readonly DialectName[] | undefined;
  /** Whether clients come by TLS, where their transport does not tell. */
  readonly secure?: boolean | undefined;
}

/** `offered` is never empty, in the client's order of preference. */
type SubprotocolChooser = (offered: readonly string[], request: RequestHead, transport: Transport) => string | undefined;

export interface Answer {
  readonly head: ResponseHead;
  /** Sent in place of the head, for whoever wants it wrong; empty: nothing is. */
  readonly raw?: Uint8Array;
  /** `open`, the default: frames follow. `end`: our direction ends. `wait`: nothing follows. */
  readonly next?: 'open' | 'end' | 'wait';
}

export interface PolicyRefusal {
  readonly status: number;
  /** What is refused. */
  readonly finding: Finding;
  /** A clause that says what is wrong, for the body and for the one who runs the server; the finding's words where it is left out. */
  readonly why?: string;
  /** The reason phrase; the usual one where it is left out. */
  readonly reason?: string;
  readonly headers?: readonly Field[];
  /** In place of `why`. */
  readonly body?: string;
}

export interface Admitted {
  readonly request: RequestHead;
  readonly subprotocol: string;
  readonly extensions: string;
  readonly deflate: DeflateParameters | undefined;
  readonly findings: readonly Finding[];
  /** Bytes that came behind the request: frames already. */
  readonly rest: Uint8Array;
  /** What is spoken; RFC 6455 where it is left out. */
  readonly dialect?: DialectName;
  /** What the connection takes from it, `deflate` included. */
  readonly link?: DialectLink;
}
