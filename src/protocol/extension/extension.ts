/**
 * What an extension that transforms whole messages (RFC 6455 §9, RFC 7692 §6) is to the connection. The connection sees
 * this and never deflate.
 */
import type { Inflater } from './inflater.ts';

export interface MessageExtension {
  /** As in `Sec-WebSocket-Extensions`, parameters included. */
  readonly description: string;
  /** Undoes the transformation for messages that arrive with RSV1; made at the first one. */
  decoder(): Inflater;
  /** Called after each received message that was transformed. */
  endDecoded(): void;
  /**
   * Transforms a message to be sent; the result is valid until the next call. `undefined`: not worth it, send it as it is.
   */
  encode(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined;
  /** From the next message on, nothing that is sent refers to what was sent before. */
  forgetSent(): void;
  close(): void;
}
