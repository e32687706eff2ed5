import type { EventEmitter } from 'node:events';
import { CloseEvent, trusted } from './close-event.ts';
import { EventHandlers } from './event-handlers.ts';
import { messageEvent } from './message-event.ts';

/**
 * The standard's way of listening, for a socket whose own way is that of an `EventEmitter`: an event object is made only
 * where somebody listens in this way.
 */
export type Listener = Parameters<EventTarget['addEventListener']>[1] | null;
export type ListenerOptions = Parameters<EventTarget['addEventListener']>[2];

type Emitter = Pick<EventEmitter, 'on'> & { readonly closedCleanly: boolean };

export class EventFace {
  readonly handlers: EventHandlers;
  readonly #emitter: Emitter;
  readonly #target = new EventTarget();
  readonly #connected = new Set<string>();

  constructor(emitter: Emitter) {
    this.#emitter = emitter;
    this.handlers = new EventHandlers({
      addEventListener: (type: string, listener: Listener) => this.add(type, listener),
      removeEventListener: (type: string, listener: Listener) => this.remove(type, listener),
    });
  }

  add(type: string, listener: Listener, options?: ListenerOptions): void {
    if (!listener) return;
    this.#target.addEventListener(type, listener, options);
    if (this.#connected.has(type)) return;
    this.#connected.add(type);
    const emitter = this.#emitter;
    if (type === 'message') {
      emitter.on('message', (data: Buffer | ArrayBuffer, isBinary: boolean) => {
        // The types of what makes the event know of the standard's kinds of data only; a Buffer is one more.
        this.#dispatch(messageEvent(isBinary ? (data as ArrayBuffer) : String(data), ''));
      });
    } else if (type === 'close') {
      emitter.on('close', (code: number, reason: Buffer) => {
        this.#dispatch(new CloseEvent('close', { code, reason: reason.toString(), wasClean: emitter.closedCleanly }));
      });
    } else if (type === 'error') {
      emitter.on('error', (error: Error) => {
        const { message } = error;
        const members = { error: { value: error, enumerable: true }, message: { value: message, enumerable: true } };
        this.#dispatch(Object.defineProperties(new Event('error'), members));
      });
    }
  }

  remove(type: string, listener: Listener): void {
    if (!listener) return;
    this.#target.removeEventListener(type, listener);
  }

  #dispatch(event: Event): void {
    const target = { value: this.#emitter };
    this.#target.dispatchEvent(trusted(Object.defineProperties(event, { target, currentTarget: target, srcElement: target })));
  }
}
