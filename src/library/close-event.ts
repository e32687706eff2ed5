import { toUSVString } from 'node:util';

/** How a connection ended (WebSockets Standard §6). */
export interface CloseEvent extends Event {
  /** Whether both Close frames went their way. */
  readonly wasClean: boolean;
  /** The server's close code; 1005 where its Close had none, 1006 where none came or we failed the connection. */
  readonly code: number;
  readonly reason: string;
}

export type CloseEventInit = NonNullable<ConstructorParameters<typeof Event>[1]> & {
  readonly wasClean?: boolean;
  readonly code?: number;
  readonly reason?: string;
};

class OwnCloseEvent extends Event implements CloseEvent {
  readonly #wasClean: boolean;
  readonly #code: number;
  readonly #reason: string;

  constructor(type: string, init: CloseEventInit = {}) {
    super(type, init);
    this.#wasClean = Boolean(init.wasClean);
    // `unsigned short`: the lowest 16 bits.
    this.#code = Number(init.code ?? 0) & 0xffff;
    this.#reason = toUSVString(String(init.reason ?? ''));
  }

  get wasClean(): boolean {
    return this.#wasClean;
  }

  get code(): number {
    return this.#code;
  }

  get reason(): string {
    return this.#reason;
  }

  static {
    Object.defineProperty(OwnCloseEvent, 'name', { value: 'CloseEvent' });
    Object.defineProperty(OwnCloseEvent.prototype, Symbol.toStringTag, { value: 'CloseEvent', configurable: true });
    const visible = { enumerable: true };
    Object.defineProperties(OwnCloseEvent.prototype, { wasClean: visible, code: visible, reason: visible });
  }
}

type CloseEventConstructor = new (type: string, init?: CloseEventInit) => CloseEvent;

/** The platform's, or ours where it has none: Node 20 and 22. */
export const CloseEvent: CloseEventConstructor =
  (globalThis as { readonly CloseEvent?: CloseEventConstructor }).CloseEvent ?? OwnCloseEvent;

/** An event of ours, as trusted as a browser's. */
export function trusted<E extends Event>(event: E): E {
  return Object.defineProperty(event, 'isTrusted', { value: true, enumerable: true });
}
