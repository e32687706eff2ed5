import { checkedCloseWords, enforcedCode, reasonText } from './close.ts';
import { expose } from './expose.ts';

export interface WebSocketCloseInfo {
  /** 1000, or 3000 to 4999; left out, the Close has no code unless there is a reason. */
  readonly closeCode?: number | undefined;
  /** At most 123 bytes of UTF-8. */
  readonly reason?: string | undefined;
}

let makeEnded: (message: string, closeCode: number, reason: string) => WebSocketError;

/** Why a `WebSocketStream` ended, or how it is to end: given to `abort` or `cancel` its code and reason go to the server. */
export class WebSocketError extends DOMException {
  #closeCode: number | null;
  #reason: string;

  /** Throws as `close` does for a code or reason that may not be said. */
  constructor(message = '', init: WebSocketCloseInfo = {}) {
    const text = `${message}`;
    const { closeCode, reason } = closeWords(init);
    super(text, 'WebSocketError');
    this.#closeCode = closeCode ?? null;
    this.#reason = reason;
  }

  /** `null` where there is none. */
  get closeCode(): number | null {
    return this.#closeCode;
  }

  get reason(): string {
    return this.#reason;
  }

  /** For an end that came from the network or the server: any code. */
  static #ended(message: string, closeCode: number, reason: string): WebSocketError {
    const error = new WebSocketError(message);
    error.#closeCode = closeCode;
    error.#reason = reason;
    return error;
  }

  static {
    makeEnded = WebSocketError.#ended;
  }
}

expose(WebSocketError, 'WebSocketError', ['closeCode', 'reason']);

/** An error that tells how a connection ended. */
export function endedError(message: string, closeCode: number, reason: string): WebSocketError {
  return makeEnded(message, closeCode, reason);
}

/** Reads a `WebSocketCloseInfo` and checks it. Throws `TypeError`, `InvalidAccessError` or `SyntaxError`. */
export function closeWords(info: WebSocketCloseInfo): { readonly closeCode: number | undefined; readonly reason: string } {
  if (info !== undefined && info !== null && typeof info !== 'object' && typeof info !== 'function') {
    throw new TypeError('a close information is an object: { closeCode, reason }');
  }
  const { closeCode, reason } = info ?? {};
  const code = closeCode === undefined ? undefined : enforcedCode(closeCode);
  const words = checkedCloseWords(code, reasonText(reason));
  return { closeCode: words.code, reason: words.reason };
}
