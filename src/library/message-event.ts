/**
 * The `message` events of a socket. They are `MessageEvent`s in every way that can be told from outside; only they are made
 * for a third of the price, because theirs is a fixed shape: a message is made of two values.
 */
export interface SocketMessageEvent extends MessageEvent {
  readonly data: string | ArrayBuffer | Blob;
}

const NO_PORTS: readonly MessagePort[] = Object.freeze([]);
type MessagePort = MessageEvent['ports'][number];

class SocketMessage extends Event {
  readonly #data: string | ArrayBuffer | Blob;
  readonly #origin: string;

  constructor(data: string | ArrayBuffer | Blob, origin: string) {
    super('message');
    this.#data = data;
    this.#origin = origin;
  }

  get data(): string | ArrayBuffer | Blob {
    return this.#data;
  }

  get origin(): string {
    return this.#origin;
  }

  get lastEventId(): string {
    return '';
  }

  get source(): null {
    return null;
  }

  get ports(): readonly MessagePort[] {
    return NO_PORTS;
  }

  override get isTrusted(): boolean {
    return true;
  }

  static {
    // Below `MessageEvent`, but made by the constructor of `Event`: the one between reads a dictionary that we do not need.
    Object.setPrototypeOf(SocketMessage.prototype, MessageEvent.prototype);
    Object.defineProperty(SocketMessage.prototype, 'constructor', { value: MessageEvent });
  }
}

/** `origin`: that of the socket's URL, serialized. */
export function messageEvent(data: string | ArrayBuffer | Blob, origin: string): Event {
  return new SocketMessage(data, origin);
}
