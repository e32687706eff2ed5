/**
 * What unfinished messages hold, over all connections of a process: a peer cannot pin memory by opening many
 * connections and finishing nothing. Every holder reports its changes; when the sum passes the limit the one that
 * holds most is told to fail.
 */
export interface Holder {
  /** Bytes held now. */
  readonly held: number;
  /** Must let go. */
  evict(): void;
}

export class PinnedBudget {
  readonly #limit: number;
  readonly #holders = new Set<Holder>();
  #total = 0;

  /** `limit` in bytes; a part counts as `PART` bytes on top of its own. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** `holder.held` changed by `delta`. */
  change(holder: Holder, delta: number): void {
    this.#total += delta;
    if (holder.held > 0) this.#holders.add(holder);
    else this.#holders.delete(holder);
    while (this.#total > this.#limit) {
      const worst = this.#worst();
      if (!worst) return;
      worst.evict();
    }
  }

  #worst(): Holder | undefined {
    let worst: Holder | undefined;
    for (const holder of this.#holders) if (!worst || holder.held > worst.held) worst = holder;
    return worst;
  }
}

/** What each fragment costs besides its bytes: 256 Ki parts weigh as much as the 64 MiB that are allowed. */
export const PART = 256;
