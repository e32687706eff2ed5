/**
 * Does things in the order in which they were given, though one of them may take time: to read a Blob. Where nothing takes
 * time nobody needs to ask it.
 */
export class InOrder {
  readonly #failed: (error: unknown) => void;
  /** Settles once everything so far is done. */
  #last: Promise<void> | undefined;
  #size = 0;

  /** `failed` is told what `act` threw; what comes after it goes on. */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  get waiting(): boolean {
    return this.#last !== undefined;
  }

  /** The sizes of all that waits. */
  get size(): number {
    return this.#size;
  }

  add(act: () => void | Promise<void>, size = 0): void {
    this.#size += size;
    const last = (this.#last ?? Promise.resolve())
      .then(act)
      .catch(this.#failed)
      .then(() => {
        this.#size -= size;
        if (this.#last === last) this.#last = undefined;
      });
    this.#last = last;
  }
}
