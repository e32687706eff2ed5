import type { Clock } from './clock.ts';
import type { Peer } from './server.ts';

/**
 * One message to many clients. Whoever sends waits for the slowest, but not for ever: a client that takes nothing for ten
 * seconds is dropped with 1013, so that it holds up nobody.
 */
export interface BroadcastHandler {
  /** Somebody does not keep up: send no more until `clear`. */
  blocked(): void;
  clear(): void;
}

const PATIENCE = 10_000;
const NO_EXCEPTION = {};

export class Broadcast {
  readonly #clock: Clock;
  readonly #handler: BroadcastHandler;
  /** Who does not keep up, and how to stop waiting for them. */
  readonly #slow = new Map<Peer, () => void>();

  constructor(clock: Clock, handler: BroadcastHandler) {
    this.#clock = clock;
    this.#handler = handler;
  }

  /** Whether somebody does not keep up. */
  get blocked(): boolean {
    return this.#slow.size > 0;
  }

  /** `except`: whom it came from. `lasting`: the bytes will not change; they do not, unless it says so. */
  send(
    peers: Iterable<Peer>,
    opcode: 'text' | 'binary',
    bytes: Uint8Array,
    start: number,
    end: number,
    { except, lasting = true }: { readonly except?: Peer; readonly lasting?: boolean } = NO_EXCEPTION,
  ): void {
    for (const peer of peers) {
      if (peer === except || !peer.link.open) continue;
      peer.link.send(opcode, bytes, start, end, lasting);
      if (!peer.link.writable && !this.#slow.has(peer)) this.#wait(peer);
    }
  }

  /** The peer keeps up again, or is gone. */
  relieved(peer: Peer): void {
    const stop = this.#slow.get(peer);
    if (!stop) return;
    stop();
    this.#slow.delete(peer);
    if (this.#slow.size === 0) this.#handler.clear();
  }

  #wait(peer: Peer): void {
    const first = this.#slow.size === 0;
    this.#slow.set(
      peer,
      this.#clock.after(PATIENCE, () => {
        peer.link.fail(1013, 'too slow for a broadcast');
        this.relieved(peer);
      }),
    );
    if (first) this.#handler.blocked();
  }
}
