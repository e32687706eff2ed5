import type { Clock } from '../../endpoint/clock.ts';

/** Says what is waited for, where it takes longer than a moment: no user should have to guess. */
export class Reminder {
  readonly #clock: Clock;
  readonly #say: (text: string) => void;
  #stop: (() => void) | undefined;

  constructor(clock: Clock, say: (text: string) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  /** Replaces what would have been said. */
  expect(text: string): void {
    this.cancel();
    this.#stop = this.#clock.after(MOMENT, () => this.#say(text));
  }

  /** It came. */
  cancel(): void {
    this.#stop?.();
    this.#stop = undefined;
  }
}

const MOMENT = 700;
