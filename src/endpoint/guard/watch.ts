import type { Clock } from '../clock.ts';
import type { Peer, PeerWatch } from '../peer.ts';
import { Bucket } from './bucket.ts';

/** How much a client may send a second. */
export interface RateLimit {
  /** Messages, pings and pongs. */
  readonly messages: number;
  /** On the wire. */
  readonly bytes: number;
}

export interface WatchOptions {
  /** Milliseconds. */
  readonly idleTimeout: number;
  readonly rate: RateLimit;
}

/**
 * Watches one open client: closes it once nothing has gone either way for too long, as proxies and load balancers do, and
 * fails it when it sends too much. Any byte counts, those of pings too.
 */
export class Watch implements PeerWatch {
  readonly #peer: Peer;
  readonly #options: WatchOptions;
  readonly #clock: Clock;
  readonly #messages: Bucket | undefined;
  readonly #bytes: Bucket | undefined;
  #activeAt: number;
  #stopTimer: () => void;

  constructor(peer: Peer, options: WatchOptions, clock: Clock) {
    this.#peer = peer;
    this.#options = options;
    this.#clock = clock;
    const { messages, bytes } = options.rate;
    this.#activeAt = clock.now();
    this.#messages = Number.isFinite(messages) ? new Bucket(messages, this.#activeAt) : undefined;
    this.#bytes = Number.isFinite(bytes) ? new Bucket(bytes, this.#activeAt) : undefined;
    this.#stopTimer = this.#await(options.idleTimeout);
  }

  heard(bytes: number): void {
    this.#activeAt = this.#clock.now();
    if (this.#bytes?.take(bytes, this.#activeAt) === false) this.#tooFast(`more than ${this.#options.rate.bytes} bytes`);
  }

  spoke(): void {
    this.#activeAt = this.#clock.now();
  }

  said(): boolean {
    if (!this.#messages || this.#messages.take(1, this.#clock.now())) return true;
    const { messages } = this.#options.rate;
    this.#tooFast(`more than ${messages} ${messages === 1 ? 'message' : 'messages'}`);
    return false;
  }

  stop(): void {
    this.#stopTimer();
  }

  #tooFast(what: string): void {
    if (!this.#peer.link.open) return;
    this.#peer.handler.remark?.(this.#peer, `is let go: ${what} came within a second (--max-rate)`);
    this.#peer.link.connection.breach({ rule: 'too-fast', detail: `${what} came within a second` });
  }

  #await(patience: number): () => void {
    return this.#clock.after(patience, () => this.#look());
  }

  #look(): void {
    const { link } = this.#peer;
    const { idleTimeout } = this.#options;
    if (!link.open) return;
    const silence = this.#clock.now() - this.#activeAt;
    // While nothing is read nothing can be heard: that is our doing, and proves nothing.
    if (!link.reading) this.#stopTimer = this.#await(idleTimeout);
    else if (silence < idleTimeout) this.#stopTimer = this.#await(Math.ceil(idleTimeout - silence));
    else {
      this.#peer.handler.remark?.(this.#peer, `is let go: nothing went either way for ${idleTimeout / 1000} s (--idle-timeout)`);
      link.close(1001, `idle for ${idleTimeout / 1000} s`);
    }
  }
}
