/** Unanswered pings whose time is remembered; of more than these the oldest are forgotten. */
const MOST = 4096;

/** When each ping that was sent and is not answered yet left, by its payload. Times are milliseconds of the caller's clock. */
export class UnansweredPings {
  readonly #sentAt = new Map<string, number>();

  sent(payload: Uint8Array, now: number): void {
    if (this.#sentAt.size >= MOST) this.#sentAt.delete(this.#sentAt.keys().next().value ?? '');
    this.#sentAt.set(keyOf(payload), now);
  }

  has(payload: Uint8Array): boolean {
    return this.#sentAt.has(keyOf(payload));
  }

  /** How long the answer with this payload took; undefined where it answers no ping, or one that was answered before. */
  answered(payload: Uint8Array, now: number): number | undefined {
    const key = keyOf(payload);
    const sentAt = this.#sentAt.get(key);
    if (sentAt === undefined) return undefined;
    this.#sentAt.delete(key);
    return now - sentAt;
  }
}

function keyOf(payload: Uint8Array): string {
  return Buffer.from(payload).toString('latin1');
}
