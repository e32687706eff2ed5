import { nextTick } from '../env.ts';

/**
 * What is to happen to an object, in order and one at a time, as the tasks of an event loop promise it to a page: nothing
 * happens while somebody else's code runs, and the microtasks that one task leaves behind run before the next one.
 *
 * To wait until no microtask is left, whatever those queue included, costs as much as all the rest of a short message. So a
 * task says whether it ran code that goes on in microtasks, as far as that shows. Behind one that did not say so, while more
 * are waiting, only the microtasks that it queued itself are sure to have run, and not what those have queued in turn.
 */
export class Tasks<Task> {
  readonly #perform: (task: Task) => boolean;
  readonly #idle: () => void;
  #queue: Task[] = [];
  #at = 0;
  #busy = false;

  /**
   * `perform` must not throw, and returns whether what it ran goes on in microtasks. `idle` is called once nothing is left
   * to do, microtasks included, and before the event loop goes on.
   */
  constructor(perform: (task: Task) => boolean, idle: () => void) {
    this.#perform = perform;
    this.#idle = idle;
  }

  /** Whether something is to be done. */
  get busy(): boolean {
    return this.#busy;
  }

  add(task: Task): void {
    this.#queue.push(task);
    if (this.#busy) return;
    this.#busy = true;
    RESOLVED.then(this.#afterMicrotasks);
  }

  /** A tick that is asked for in a microtask comes when no microtask is left. */
  readonly #afterMicrotasks = (): void => nextTick(this.#next);

  readonly #next = (): void => {
    if (this.#at === this.#queue.length) {
      this.#queue = [];
      this.#at = 0;
      this.#busy = false;
      this.#idle();
      return;
    }
    const goesOn = this.#perform(this.#queue[this.#at++] as Task);
    RESOLVED.then(goesOn || this.#at === this.#queue.length ? this.#afterMicrotasks : this.#next);
  };
}

const RESOLVED = Promise.resolve();
