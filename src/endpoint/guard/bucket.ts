/** So much a second on average, and at most a second's worth at once. */
export class Bucket {
  readonly #rate: number;
  #left: number;
  #filledAt: number;

  /** `now` in milliseconds. */
  constructor(rate: number, now: number) {
    this.#rate = rate;
    this.#left = rate;
    this.#filledAt = now;
  }

  /** Whether there was so much. */
  take(amount: number, now: number): boolean {
    this.#left = Math.min(this.#rate, this.#left + ((now - this.#filledAt) * this.#rate) / 1000);
    this.#filledAt = now;
    if (amount > this.#left) return false;
    this.#left -= amount;
    return true;
  }
}
