import type { MessageView } from '../../protocol/message/message.ts';
import type { PolicyRefusal } from '../admitting.ts';
import type { Clock } from '../clock.ts';
import type { Peer } from '../peer.ts';
import type { Intake } from './intake.ts';

/**
 * What a server does with a client by itself. The promise of this folder: one client's behaviour never holds up, or ends,
 * another client, and holds memory of a bounded size however fast the one side talks and however slowly the other reads.
 */
export interface Behaviour {
  /** A message, valid until return. The client is open. */
  message(message: MessageView): void;
  /** What was sent has left: there is room again. */
  drain?(): void;
  /** It is gone. */
  ended?(): void;
}

/** One way to treat clients: it makes a behaviour for each. */
export interface BehaviourKind {
  /** For people: `echo`, `exec ./count.sh`. */
  readonly name: string;
  /** Whether what clients send is of no interest to anybody else. */
  readonly drops?: boolean;
  /** Why no more clients are taken just now. */
  refusal?(): PolicyRefusal | undefined;
  /** A client has opened; nothing was read from it yet. */
  open(visit: Visit, request: RequestFacts): Behaviour;
  /** Ends at once whatever runs for clients; nothing more is done. */
  kill?(): void;
  /** Resolves once nothing of it is left, where all its clients are gone. */
  settled?(): Promise<void>;
}

/** One client, and all that its behaviour may use. */
export interface Visit {
  readonly peer: Peer;
  readonly intake: Intake;
  readonly stage: Stage;
}

/** What the request said, for those who hand it on. */
export interface RequestFacts {
  /** The request-target as written. */
  readonly target: string;
  /** The path of the route, without a slash at its end; empty where there is none, or for `/`. */
  readonly route: string;
  /** What of the target's path stands behind the route, percent-encoding decoded. */
  readonly rest: string;
  /** `HTTP/1.1`. */
  readonly version: string;
  readonly host: string;
  readonly origin: string;
  readonly userAgent: string;
}

/** Who runs the server: shows what there is to tell, and has the clock. */
export interface Stage {
  readonly clock: Clock;
  /** Where clients are served. */
  readonly place: { readonly host: string; readonly port: number; readonly secure: boolean };
  /** Something to tell of a client, which may quote anybody. Where a promise comes back the next should wait for it. */
  tell(peer: Peer, text: string): Promise<unknown> | undefined;
  /** Clients wait for one that takes nothing, or they need not any more. */
  waiting(isWaiting: boolean): void;
}
