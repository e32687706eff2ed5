import { toUSVString } from 'node:util';
import type { Ending } from '../endpoint/client.ts';

/** What may be said when a connection is closed (WebSockets Standard, "validate close code and reason"). */

/** Bytes of a reason that fit into a control frame behind the code (RFC 6455 §5.5). */
const MAX_REASON = 123;

export interface CloseWords {
  readonly code: number | undefined;
  readonly reason: string;
}

/**
 * Throws an `InvalidAccessError` DOMException for a code that is neither 1000 nor in 3000–4999, and a `SyntaxError` one for
 * a reason above 123 bytes of UTF-8. A reason without a code goes with 1000.
 */
export function checkedCloseWords(code: number | undefined, reason: string): CloseWords {
  if (code !== undefined && code !== 1000 && (code < 3000 || code > 4999)) {
    throw new DOMException(`close code ${code} is neither 1000 nor in 3000 to 4999`, 'InvalidAccessError');
  }
  const { length } = Buffer.from(reason, 'utf8');
  if (length > MAX_REASON) {
    throw new DOMException(`a close reason has at most ${MAX_REASON} bytes of UTF-8, this one ${length}`, 'SyntaxError');
  }
  return { code: code ?? (reason === '' ? undefined : 1000), reason: toUSVString(reason) };
}

/**
 * `[Clamp] unsigned short` of Web IDL: into the range, then to the nearest integer, the even one of two. Throws a
 * `TypeError` for what is no number, a bigint among them.
 */
export function clampedCode(value: unknown): number {
  // Unlike `Number`, `Math` takes no bigint.
  const number = Math.min(Math.max(value as number, 0), 65_535);
  if (Number.isNaN(number)) return 0;
  const floor = Math.floor(number);
  const half = number - floor;
  return half < 0.5 || (half === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}

/** `[EnforceRange] unsigned short` of Web IDL. Throws a `TypeError` for what is no number and outside of the range. */
export function enforcedCode(value: unknown): number {
  const number = Math.trunc(value as number);
  if (!Number.isFinite(number) || number < 0 || number > 65_535) throw new TypeError(`${String(value)} is no close code`);
  return number + 0;
}

/** A reason as `USVString` of Web IDL, left out an empty one. Throws a `TypeError` for what cannot be a string. */
export function reasonText(value: unknown): string {
  return value === undefined ? '' : toUSVString(`${value as string}`);
}

/** How a connection ended, as the API tells it. */
export interface Outcome {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

/**
 * The end as the API tells it. "The WebSocket Connection Close Code" is the one in the Close that the server sent (RFC 6455
 * §7.1.5): where none came, or we failed the connection, it is 1006, whatever our own Close said.
 * `complete`: whether all that was sent has left. Where the network went before that, our Close, the last of it, has not
 * been sent, and the handshake was not to its end, though the server's words are known.
 */
export function outcome(ending: Ending, complete: boolean): Outcome {
  if (ending.type !== 'closed' || !ending.wasClean) return { code: 1006, reason: '', wasClean: false };
  return { code: ending.code, reason: ending.reason, wasClean: complete };
}
