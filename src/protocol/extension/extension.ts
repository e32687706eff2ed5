/**
 * What an extension that transforms whole messages (RFC 6455 §9, RFC 7692 §6) is to the connection. The connection sees
 * this and never deflate.
 */
import type { Inflater } from './inflater.ts';

export interface MessageExtension {
  /** As in `Sec-WebSocket-Extensions`, parameters included. */
  readonly description: string;
  /** Each frame is transformed by itself and has RSV1 of its own (deflate-frame); left out: RSV1 stands on a message's first. */
  readonly perFrame?: true;
  /** Undoes the transformation for messages that arrive with RSV1; made at the first one. */
  decoder(): Inflater;
  /** Called after each received message that was transformed. */
  endDecoded(): void;
  /**
   * Transforms a message to be sent; the result is valid until the next call. `undefined`: not worth it, send it as it is.
   */
  encode(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined;
  /**
   * As `encode`, for one message to many peers: the result refers to nothing that this peer got before, so that every peer
   * with the same parameters can read it, and lasts. `made` keeps what was worked out for one peer for the next ones.
   */
  encodeForMany(bytes: Uint8Array, made: Map<string, Uint8Array>): Uint8Array | undefined;
  /** From the next message on, nothing that is sent refers to what was sent before. */
  forgetSent(): void;
  close(): void;
}
