/** Texts that wait: the newest of them, where they become too many or too long; how many older ones went is counted. */
export class Newest {
  readonly #most: number;
  readonly #room: number;
  #texts: string[] = [];
  #length = 0;
  #lost = 0;

  /** At most so many, of so many characters together. */
  constructor(most: number, room: number) {
    this.#most = most;
    this.#room = room;
  }

  get isEmpty(): boolean {
    return this.#texts.length === 0 && this.#lost === 0;
  }

  add(text: string): void {
    this.#texts.push(text);
    this.#length += text.length;
    while (this.#texts.length > this.#most || this.#length > this.#room) {
      this.#length -= this.#texts.shift()?.length ?? 0;
      this.#lost++;
    }
  }

  /** Hands them out, the oldest first: it is empty then. */
  take(): { readonly texts: readonly string[]; readonly lost: number } {
    const taken = { texts: this.#texts, lost: this.#lost };
    this.#texts = [];
    this.#length = 0;
    this.#lost = 0;
    return taken;
  }
}
