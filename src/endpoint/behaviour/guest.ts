import type { MessageView } from '../../protocol/message/message.ts';
import type { Violation } from '../../protocol/rule.ts';
import type { Ending } from '../client.ts';
import type { Peer, PeerHandler } from '../peer.ts';
import type { Behaviour, BehaviourKind, RequestFacts, Visit } from './behaviour.ts';

/** Who runs the server. */
export interface GuestHandler extends Omit<PeerHandler, 'message'> {
  /** `dropped`: it is of no interest. */
  message(peer: Peer, message: MessageView, dropped?: boolean): void;
}

/**
 * One client on its way through: everything goes to what is done with the client and to whoever runs the server. A message goes
 * there last, as the session may end with it, and what is sent back comes before its end.
 */
export class Guest implements PeerHandler {
  readonly kind: BehaviourKind;
  readonly visit: Visit;
  readonly #session: GuestHandler;
  /** What is done besides, as long as it is there. */
  #stopSending: (() => void) | undefined;
  #behaviour: Behaviour | undefined;
  readonly #gone: () => void;

  constructor(kind: BehaviourKind, visit: Visit, session: GuestHandler, gone: () => void) {
    this.kind = kind;
    this.visit = visit;
    this.#session = session;
    this.#gone = gone;
  }

  /** `send` begins to send by itself, and returns how to stop that. */
  begin(request: RequestFacts, send: ((peer: Peer) => () => void) | undefined): void {
    const { peer } = this.visit;
    this.#behaviour = this.kind.open(this.visit, request);
    if (peer.link.open) this.#stopSending = send?.(peer);
  }

  message(peer: Peer, message: MessageView): void {
    if (peer.link.open) this.#behaviour?.message(message);
    this.#session.message(peer, message, this.kind.drops);
  }

  pong(peer: Peer, payload: Uint8Array): void {
    this.#session.pong(peer, payload);
  }

  cannotSend(peer: Peer, text: string): void {
    this.#session.cannotSend?.(peer, text);
  }

  ping(peer: Peer, payload: Uint8Array): void {
    this.#session.ping?.(peer, payload);
  }

  violated(peer: Peer, violation: Violation): void {
    this.#session.violated?.(peer, violation);
  }

  remark(peer: Peer, text: string): void {
    this.#session.remark?.(peer, text);
  }

  drain(peer: Peer): void {
    this.#session.drain(peer);
    this.#behaviour?.drain?.();
  }

  peerClosed(peer: Peer): void {
    this.#stopSending?.();
    this.#session.peerClosed(peer);
  }

  ended(peer: Peer, ending: Ending): void {
    this.#stopSending?.();
    this.#gone();
    this.#behaviour?.ended?.();
    this.#session.ended(peer, ending);
  }
}
