import type { Options } from '../../cli/value.ts';
import type { Ending } from '../session/failure.ts';

/** When to connect again, and how long to wait first. */
export class Reconnection {
  readonly #most: number;
  readonly #random: () => number;
  #tries = 0;

  /** `--reconnect` without a number has no limit; `random` gives 0–1. */
  constructor(options: Options, random: () => number) {
    const given = options.number('reconnect');
    this.#most = given ?? (options.has('reconnect') && !options.off('reconnect') ? Number.POSITIVE_INFINITY : 0);
    this.#random = random;
  }

  /** It is open: the next trouble is the first one again. */
  opened(): void {
    this.#tries = 0;
  }

  /** Milliseconds to wait before the next try, or `undefined` where it is over for good. */
  after(ending: Ending, broken: boolean): number | undefined {
    if (broken || ending.type === 'refused' || (ending.type === 'closed' && ending.wasClean && ending.code === 1000))
      return undefined;
    if (ending.type === 'closed' && ending.by === 'us') return undefined;
    if (this.#tries >= this.#most) return undefined;
    this.#tries++;
    // "reconnecting clients should use a randomized exponential backoff" is the sense of RFC 6455 §7.2.3.
    const base = Math.min(FIRST * 2 ** (this.#tries - 1), LONGEST);
    return base * (0.5 + this.#random() / 2);
  }
}

const FIRST = 500;
const LONGEST = 30_000;
