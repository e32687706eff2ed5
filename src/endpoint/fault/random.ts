/** Numbers that look random and can be had again: the same seed gives the same ones (mulberry32's recurrence). Not for secrets. */
export class SeededRandom {
  #state: number;

  /** `seed`: a whole number up to 2^32. `stream`: which of the sequences that a seed stands for. */
  constructor(seed: number, stream = 0) {
    this.#state = (seed ^ Math.imul(stream, 0x9e3779b1)) >>> 0;
  }

  /** From 0 to 1, without 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => Math.floor(this.next() * 256));
  }
}
