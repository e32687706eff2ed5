import { inspect } from 'node:util';
import { environment } from './environment.ts';

/**
 * The `message` events of a socket, a million a second of them. To whoever listens they are `MessageEvent`s; but the
 * platform's constructor reads a dictionary and a clock for each, which costs more than all the rest of a short message.
 */
export interface SocketMessageEvent extends MessageEvent {
  readonly data: MessageData;
}

export type MessageData = string | ArrayBuffer | Blob;
type Ports = MessageEvent['ports'];

const NONE = 0;
const AT_TARGET = 2;
const NO_PORTS: Ports = Object.freeze([]);

/** What an event has that is made of a message and nothing else: shared by both kinds below. */
const MESSAGE_MEMBERS = {
  get lastEventId(): string {
    return '';
  },
  get source(): null {
    return null;
  },
  get ports(): Ports {
    return NO_PORTS;
  },
  get isTrusted(): boolean {
    return true;
  },
  /** Node 20's own are called `Event`. */
  get [Symbol.toStringTag](): string {
    return 'MessageEvent';
  },
};

/** For several listeners, or one with conditions: an `Event` as the platform dispatches it. */
class DispatchedMessage extends Event {
  readonly #data: MessageData;
  readonly #origin: string;

  constructor(data: MessageData, origin: string) {
    super('message');
    this.#data = data;
    this.#origin = origin;
  }

  get data(): MessageData {
    return this.#data;
  }

  get origin(): string {
    return this.#origin;
  }
}

/** For a single listener, who is called with it and nobody else: there is nothing to stop and nothing to prevent. */
class DirectMessage {
  readonly #data: MessageData;
  readonly #origin: string;
  readonly #target: EventTarget;
  #timeStamp: number | undefined;
  #stopped = false;

  constructor(data: MessageData, origin: string, target: EventTarget) {
    this.#data = data;
    this.#origin = origin;
    this.#target = target;
  }

  get type(): string {
    return 'message';
  }

  get data(): MessageData {
    return this.#data;
  }

  get origin(): string {
    return this.#origin;
  }

  get target(): EventTarget {
    return current === this ? this.#target : (targetElsewhere(this) ?? this.#target);
  }

  get srcElement(): EventTarget {
    return this.target;
  }

  get currentTarget(): EventTarget | null {
    return current === this ? this.#target : null;
  }

  get eventPhase(): number {
    return current === this ? AT_TARGET : NONE;
  }

  composedPath(): EventTarget[] {
    return current === this ? [this.#target] : [];
  }

  get timeStamp(): number {
    this.#timeStamp ??= environment().clock.now();
    return this.#timeStamp;
  }

  get bubbles(): boolean {
    return false;
  }

  get cancelable(): boolean {
    return false;
  }

  get composed(): boolean {
    return false;
  }

  get defaultPrevented(): boolean {
    return false;
  }

  get returnValue(): boolean {
    return true;
  }

  set returnValue(_: boolean) {
    // It cannot be cancelled.
  }

  get cancelBubble(): boolean {
    return this.#stopped;
  }

  set cancelBubble(stop: boolean) {
    if (stop) this.#stopped = true;
  }

  preventDefault(): void {
    // It cannot be cancelled.
  }

  initEvent(): void {
    // "If this's dispatch flag is set, then return" (DOM Standard): and who keeps it has no use for another name.
  }

  stopPropagation(): void {
    this.#stopped = true;
  }

  stopImmediatePropagation(): void {
    this.#stopped = true;
  }

  [inspect.custom](): string {
    return `MessageEvent ${inspect({ type: this.type, data: this.#data, origin: this.#origin })}`;
  }
}

for (const { prototype } of [DispatchedMessage, DirectMessage]) {
  Object.setPrototypeOf(prototype, MessageEvent.prototype);
  Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(MESSAGE_MEMBERS));
  Object.defineProperty(prototype, 'constructor', { value: MessageEvent });
}

/** Somebody may dispatch it once more, at another target: Node notes that on the event. */
function targetElsewhere(event: DirectMessage): EventTarget | undefined {
  const noted = Object.getOwnPropertySymbols(event).find(({ description }) => description === 'kTarget');
  return noted && Reflect.get(event, noted);
}

/** The direct message that is being handed over. */
let current: DirectMessage | undefined;

/** `origin`: that of the socket's URL, serialized. */
export function messageEvent(data: MessageData, origin: string): Event {
  return new DispatchedMessage(data, origin);
}

/** Calls `listener` with a message as its only listener. Throws what it throws. */
export function callWithMessage(listener: MessageListener, data: MessageData, origin: string, target: EventTarget): unknown {
  const event = new DirectMessage(data, origin, target);
  const outer = current;
  current = event;
  try {
    return listener.call(target, event as unknown as Event);
  } finally {
    current = outer;
  }
}

export type MessageListener = (this: EventTarget, event: Event) => unknown;
