import type { RequestHead, ResponseHead } from '../protocol/http/head.ts';
import type { Transport } from '../transport/transport.ts';

/** Answers over HTTP/2; returns the head as it was sent. */
export type Reply = (head: ResponseHead) => ResponseHead;

/** A request that was read, with what carries it. Whoever takes it has the connection from then on. */
export interface AsideRequest {
  readonly request: RequestHead;
  /** Bytes that came behind it. */
  readonly rest: Uint8Array;
  readonly transport: Transport;
  /** How it is answered where it came over HTTP/2; else in HTTP/1.1. */
  readonly reply: Reply | undefined;
}

/** Who takes requests that are none of a server's own: plain HTTP, and the WebSockets of a page about the server. */
export interface Aside {
  /** Whether it takes this one. */
  take(asked: AsideRequest): boolean;
  /** Closes the WebSockets that it has taken. */
  stop(code: number, reason: string): void;
  /** Ends at once whatever it has taken. */
  destroy(): void;
}
