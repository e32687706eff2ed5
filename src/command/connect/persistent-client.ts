import { Client, type ClientEnv, type ClientOptions } from '../../endpoint/client.ts';
import type { Link } from '../../endpoint/link.ts';
import type { MessageView } from '../../protocol/message/message.ts';
import type { SessionEvent } from '../../session/event.ts';
import type { Ending } from '../session/failure.ts';
import { Continuity } from './continuity.ts';
import type { Reconnection } from './reconnect.ts';

/** A client for a person: one connection after the other to the same server, until one ends for good. */
export interface PersistentClientHandler {
  record(event: SessionEvent): void;
  /** A try begins. */
  starting(): void;
  opened(link: Link): void;
  message(link: Link, message: MessageView): void;
  drain(): void;
  /** A connection or a try ended; the next try comes after `pause` milliseconds. */
  retrying(ending: Ending, pause: number): void;
  /** The end. `broken`: the peer broke a rule. Called once. */
  ended(ending: Ending, broken: boolean): void;
}

export class PersistentClient {
  readonly #options: ClientOptions;
  readonly #env: ClientEnv;
  readonly #reconnection: Reconnection;
  readonly #handler: PersistentClientHandler;
  readonly #continuity: Continuity;
  #client: Client | undefined;
  /** The connection, while it is open or closing. */
  #link: Link | undefined;
  /** How the last connection or try ended, while the next one is waited for or tried. */
  #last: Ending | undefined;
  #stopWaiting: (() => void) | undefined;
  #again = false;
  #leaving = false;
  #broken = false;

  constructor(options: ClientOptions, env: ClientEnv, reconnection: Reconnection, handler: PersistentClientHandler) {
    this.#options = options;
    this.#env = env;
    this.#reconnection = reconnection;
    this.#handler = handler;
    this.#continuity = new Continuity(env.clock, (event) => handler.record(event));
  }

  get link(): Link | undefined {
    return this.#link;
  }

  connect(): void {
    this.#again = false;
    this.#broken = false;
    this.#stopWaiting = undefined;
    this.#continuity.begin();
    this.#handler.starting();
    this.#client = new Client(this.#options, this.#env, (event) => this.#record(event), {
      open: (link) => {
        this.#link = link;
        this.#last = undefined;
        this.#reconnection.opened();
        this.#handler.opened(link);
      },
      message: (message) => this.#link && this.#handler.message(this.#link, message),
      pong: () => undefined,
      peerClosed: () => undefined,
      drain: () => this.#handler.drain(),
      end: (ending) => this.#ended(ending),
    });
  }

  /** Closes what is open and connects anew; where the next try is waited for, tries now. */
  reconnect(): void {
    if (this.#link) {
      this.#again = true;
      this.#link.close(1000);
    } else if (this.#stopWaiting) {
      this.#stopWaiting();
      this.connect();
    }
  }

  /** A clean end, whatever the state. */
  leave(): void {
    this.#leaving = true;
    if (this.#link?.open) this.#link.close(1000);
    else if (this.#stopWaiting) {
      this.#stopWaiting();
      this.#stopWaiting = undefined;
      if (this.#last) this.#handler.ended(this.#last, this.#broken);
    } else if (!this.#link) this.#client?.stop();
  }

  /** Ends at once, without a closing handshake. */
  destroy(): void {
    this.#leaving = true;
    this.#stopWaiting?.();
    if (this.#link) this.#link.destroy();
    else this.#client?.stop();
  }

  #record(event: SessionEvent): void {
    if (event.type === 'violation' && event.fatal) this.#broken = true;
    this.#continuity.record(event);
  }

  #ended(ending: Ending): void {
    this.#link = undefined;
    const pause = this.#again ? 0 : this.#leaving ? undefined : this.#reconnection.after(ending, this.#broken);
    if (pause === undefined || this.#leaving) {
      // Given up while trying again: what counts is why that was needed.
      this.#handler.ended(this.#last ?? ending, this.#broken);
      return;
    }
    this.#last = ending;
    if (!this.#again) this.#continuity.lost();
    this.#stopWaiting = this.#env.clock.after(pause, () => this.connect());
    if (!this.#again) this.#handler.retrying(ending, pause);
  }
}
