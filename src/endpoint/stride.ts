/** So many answers leave before all of a chunk's messages are answered. */
const FIRST = 50;

/**
 * When answers to messages that came together leave, while more of them are being made: after so many messages, then after
 * twice as many, and so on. The peer reads the first while the rest is made, and thousands of small ones still leave in few
 * writes.
 */
export class Stride {
  #passed = 0;
  #length = FIRST;

  /** Messages of another chunk. */
  begin(): void {
    this.#passed = 0;
    this.#length = FIRST;
  }

  /** One more message was dealt with; returns whether what was sent meanwhile is to leave. */
  pass(): boolean {
    return ++this.#passed >= this.#length;
  }

  /** It left. */
  next(): void {
    this.#passed = 0;
    this.#length *= 2;
  }
}
