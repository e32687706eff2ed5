import type { Clock } from '../clock.ts';
import { Fork, type ForkHandler } from './fork.ts';

/** The processes of all clients: there are never more than so many, and none outlives the server. */
export class Forks {
  readonly #most: number;
  readonly #running = new Set<Fork>();
  #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get full(): boolean {
    return this.#running.size >= this.#most;
  }

  /** Throws where the system does. */
  start(argv: readonly string[], variables: Readonly<Record<string, string>>, clock: Clock, handler: ForkHandler): Fork {
    const fork = new Fork(argv, variables, clock, handler, () => this.#over(fork));
    this.#running.add(fork);
    return fork;
  }

  kill(): void {
    for (const fork of [...this.#running]) fork.kill();
  }

  settled(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #over(fork: Fork): void {
    this.#running.delete(fork);
    if (this.#running.size > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
