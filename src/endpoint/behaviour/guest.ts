import type { MessageView } from '../../protocol/message/message.ts';
import type { Ending } from '../client.ts';
import type { Peer, PeerHandler } from '../peer.ts';
import type { Behaviour, BehaviourKind, Visit } from './behaviour.ts';

/** One client on its way through: everything goes to whoever runs the server first, then to what is done with the client. */
export class Guest implements PeerHandler {
  readonly kind: BehaviourKind;
  readonly visit: Visit;
  readonly #session: PeerHandler;
  /** What is done besides, as long as it is there. */
  #stopSending: (() => void) | undefined;
  #behaviour: Behaviour | undefined;
  readonly #gone: () => void;

  constructor(kind: BehaviourKind, visit: Visit, session: PeerHandler, gone: () => void) {
    this.kind = kind;
    this.visit = visit;
    this.#session = session;
    this.#gone = gone;
  }

  /** `send` begins to send by itself, and returns how to stop that. */
  begin(send: ((peer: Peer) => () => void) | undefined): void {
    const { peer } = this.visit;
    this.#behaviour = this.kind.open(this.visit);
    if (peer.link.open) this.#stopSending = send?.(peer);
  }

  message(peer: Peer, message: MessageView): void {
    if (!this.kind.drops) this.#session.message(peer, message);
    if (peer.link.open) this.#behaviour?.message(message);
  }

  pong(peer: Peer, payload: Uint8Array): void {
    this.#session.pong(peer, payload);
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
