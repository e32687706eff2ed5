import { reportException } from './report.ts';
import type { SendCallback } from './sending.ts';

/** Who waits to be told that what was sent has left, in the order in which it was sent. What they throw is reported. */
export class SendCallbacks {
  #waiting: SendCallback[] = [];

  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  add(callback: SendCallback): void {
    this.#waiting.push(callback);
  }

  /** Tells all: with an error, that nothing has left. */
  tell(error?: Error): void {
    for (const callback of this.#waiting.splice(0)) runCallback(callback, error);
  }
}

export function runCallback(callback: SendCallback, error?: Error): void {
  try {
    callback(error);
  } catch (thrown) {
    reportException(thrown);
  }
}
