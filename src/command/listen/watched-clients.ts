import type { Connection } from '../../protocol/connection/connection.ts';

/** A server's clients whose frames are watched for as long as somebody looks at them. */
export class WatchedClients {
  readonly #isSeen: (number: number) => boolean;
  readonly #open = new Map<number, Watchable>();
  /** Watched for nobody but those who look. */
  readonly #ours = new Set<number>();

  constructor(isSeen: (number: number) => boolean) {
    this.#isSeen = isSeen;
  }

  opened(number: number, connection: Watchable): void {
    this.#open.set(number, connection);
    this.#settle(number, connection);
  }

  closed(number: number): void {
    this.#open.delete(number);
    this.#ours.delete(number);
  }

  /** Who is seen may have changed. */
  settle(): void {
    for (const [number, connection] of this.#open) this.#settle(number, connection);
  }

  #settle(number: number, connection: Watchable): void {
    if (this.#isSeen(number)) {
      if (connection.watched) return;
      this.#ours.add(number);
      connection.watch(true);
    } else if (this.#ours.delete(number)) connection.watch(false);
  }
}

type Watchable = Pick<Connection, 'watch' | 'watched'>;
