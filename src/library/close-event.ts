import { toUSVString } from 'node:util';
import { expose } from './expose.ts';

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

  constructor(type: string, init: CloseEventInit | null = {}) {
    // biome-ignore lint/complexity/noArguments: undefined is a type, nothing is none
    if (arguments.length === 0) throw new TypeError('a CloseEvent needs a type');
    // A function is an object too, but not to Node.
    super(type, typeof init === 'function' ? { ...(init as CloseEventInit) } : (init ?? {}));
    const { wasClean, code = 0, reason = '' } = init ?? {};
    this.#wasClean = Boolean(wasClean);
    // `unsigned short`: the lowest 16 bits. That there is no bigint is for the operator to say.
    this.#code = (code as number) & 0xffff;
    this.#reason = toUSVString(`${reason as string}`);
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
}

expose(OwnCloseEvent, 'CloseEvent', ['wasClean', 'code', 'reason']);

type CloseEventConstructor = new (type: string, init?: CloseEventInit) => CloseEvent;

/** The platform's, or ours where it has none: Node 20 and 22. */
export const CloseEvent: CloseEventConstructor =
  (globalThis as { readonly CloseEvent?: CloseEventConstructor }).CloseEvent ?? OwnCloseEvent;

/** An event of ours, as trusted as a browser's. */
export function trusted<E extends Event>(event: E): E {
  return Object.defineProperty(event, 'isTrusted', { value: true, enumerable: true });
}
