import { nextTick } from '../env.ts';

/**
 * What is to happen to an object, in order and one at a time: nothing happens while somebody else's code runs, and every
 * microtask that one task leaves behind, and whatever those queue, has run before the next task. That is what the tasks of
 * an event loop promise to a page. It costs a tenth of a turn of Node's loop, which is what makes a task a message bearable.
 */
export class Tasks<Task> {
  readonly #perform: (task: Task) => void;
  readonly #idle: () => void;
  #queue: Task[] = [];
  #at = 0;
  #busy = false;

  /** `perform` must not throw. `idle` is called once nothing is left to do, before the event loop goes on. */
  constructor(perform: (task: Task) => void, idle: () => void) {
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
    this.#later();
  }

  /** A tick that is asked for in a microtask comes when no microtask is left. */
  #later(): void {
    RESOLVED.then(this.#afterMicrotasks);
  }

  readonly #afterMicrotasks = (): void => nextTick(this.#next);

  readonly #next = (): void => {
    if (this.#at === this.#queue.length) {
      this.#queue = [];
      this.#at = 0;
      this.#busy = false;
      this.#idle();
      return;
    }
    const task = this.#queue[this.#at++] as Task;
    this.#later();
    this.#perform(task);
  };
}

const RESOLVED = Promise.resolve();
