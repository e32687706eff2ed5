/**
 * The `on…` attributes of an object (HTML Standard, "event handlers"): each stands in the list of listeners at the place
 * where it was first set, is called by whatever value it has by then, and leaves the list when it is set to null.
 */
interface Handler {
  callback: object;
  readonly listener: (event: Event) => void;
}

export class EventHandlers {
  readonly #target: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>;
  readonly #handlers = new Map<string, Handler>();
  /** Whether the handler that was called last gave a promise. */
  gavePromise = false;
  /** Whether one was set since somebody last looked. */
  changed = false;

  constructor(target: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>) {
    this.#target = target;
  }

  get(type: string): object | null {
    return this.#handlers.get(type)?.callback ?? null;
  }

  /** What is no object sets the attribute to null; one that cannot be called is kept and not called. */
  set(type: string, value: unknown): void {
    this.changed = true;
    const handler = this.#handlers.get(type);
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
      if (handler) this.#target.removeEventListener(type, handler.listener);
      this.#handlers.delete(type);
    } else if (handler) handler.callback = value;
    else this.#activate(type, value);
  }

  #activate(type: string, callback: object): void {
    const handler: Handler = {
      callback,
      listener: (event) => {
        const { callback } = handler;
        if (typeof callback !== 'function') return;
        const result: unknown = callback.call(event.target, event);
        this.gavePromise = isThenable(result);
        // "If return value is false, then set event's canceled flag."
        if (result === false) event.preventDefault();
      },
    };
    this.#handlers.set(type, handler);
    this.#target.addEventListener(type, handler.listener);
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value;
}
