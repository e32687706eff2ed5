import type { Link } from '../link.ts';

/** What is read from a client: nothing, while anybody has a reason against it. */
export class Intake {
  readonly #link: Link;
  #heldBySession = false;
  #heldByBehaviour = false;
  #free = false;

  constructor(link: Link) {
    this.#link = link;
  }

  /** For whoever runs the server. */
  hold(on: boolean): void {
    this.#heldBySession = on;
    this.#steer();
  }

  /** For what is done with this client. */
  pause(): void {
    this.#heldByBehaviour = true;
    this.#steer();
  }

  resume(): void {
    if (!this.#heldByBehaviour) return;
    this.#heldByBehaviour = false;
    this.#steer();
  }

  /** It is about to go: from now on everything is read, so that its Close is, and nobody takes it. */
  free(): void {
    this.#free = true;
    this.#steer();
  }

  #steer(): void {
    if (!this.#free && (this.#heldBySession || this.#heldByBehaviour)) this.#link.pause();
    else this.#link.resume();
  }
}
