import type { CloseEvent } from './close-event.ts';
import type { ProtocolError } from './protocol-error.ts';

/** What a server's socket tells, in both of the ways in which it can be listened to. */

/** For `on`. */
export interface ServerWebSocketEvents {
  /** Text is a Buffer of valid UTF-8; binary is what `binaryType` says. It may be kept: nobody changes it. */
  message: [data: Buffer | ArrayBuffer, isBinary: boolean];
  ping: [data: Buffer];
  pong: [data: Buffer];
  /** The client broke the protocol or a limit; `close` follows. Where nobody listens nothing is thrown. */
  error: [error: ProtocolError];
  /** The end: the client's code and reason, ours where we failed the connection, 1005 for none, 1006 without a Close. */
  close: [code: number, reason: Buffer];
  /** What waited has left the process. */
  drain: [];
}

/** For `addEventListener` and `on…`. */
export interface ServerWebSocketEventMap {
  /** Never comes: a server's socket is open from the beginning. */
  open: Event;
  message: ServerMessageEvent;
  error: ServerErrorEvent;
  close: CloseEvent;
}

export interface ServerMessageEvent extends MessageEvent {
  /** Text as a string; binary is what `binaryType` says. */
  readonly data: string | Buffer | ArrayBuffer;
}

export interface ServerErrorEvent extends Event {
  readonly error: ProtocolError;
  readonly message: string;
}

export type ServerBinaryType = 'nodebuffer' | 'arraybuffer';

export type FaceEvent = keyof ServerWebSocketEventMap;

type Call<E, Self> = (this: Self, event: E) => unknown;
export type ServerHandler<Type extends FaceEvent, Self> = Call<ServerWebSocketEventMap[Type], Self> | null;
export type ServerListener<Type extends FaceEvent, Self> =
  | Call<ServerWebSocketEventMap[Type], Self>
  | { handleEvent(event: ServerWebSocketEventMap[Type]): unknown }
  | null;
