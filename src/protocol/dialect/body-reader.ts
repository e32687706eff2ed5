/** Waits for the raw bytes behind a head: they often come in a packet of their own, and frames may follow in the same. */
export class BodyReader {
  readonly #length: number;
  #received: Buffer = Buffer.alloc(0);

  /** `length`: how many bytes; 0 is complete with the first push, which may be empty. */
  constructor(length: number) {
    this.#length = length;
  }

  /** How many bytes are still to come. */
  get missing(): number {
    return Math.max(0, this.#length - this.#received.length);
  }

  /** The bytes and what came behind them, once all are here. */
  push(bytes: Uint8Array): { readonly body: Uint8Array; readonly rest: Uint8Array } | undefined {
    this.#received = Buffer.concat([this.#received, bytes]);
    if (this.missing > 0) return undefined;
    return { body: this.#received.subarray(0, this.#length), rest: this.#received.subarray(this.#length) };
  }
}
