import type { Frame } from '../frame/frame.ts';
import type { Violation } from '../rule.ts';
import type { MessageView } from './message.ts';
import type { Holder } from './pinned.ts';

/** What one direction's bytes say, whichever protocol they are in. */
export interface InboundSink {
  /** A complete message, valid until return. */
  message(message: MessageView): void;
  ping(payload: Buffer): void;
  pong(payload: Buffer): void;
  /** A Close frame; `code` 1005 where it has none. Nothing is read after it. */
  close(code: number, reason: string): void;
  /** A rule was broken. After a fatal one nothing is read. */
  violation(violation: Violation, fatal: boolean): void;
  /** While `watched`: every frame with all that is wrong with it, before what it says is handed on. */
  frame(frame: Frame, violations: readonly Violation[], inflated: Uint8Array | undefined): void;
}

/** Reads one direction of a connection and tells an `InboundSink`. */
export interface DirectionReader extends Holder {
  /** Whether frames are made and handed on. May change at any time; counts from the next frame on. */
  watched: boolean;
  /**
   * Whether the bytes of the next `read` are good only until it returns: told on with each message that lies in them. A
   * reader that has not got it is given bytes to keep.
   */
  borrowed?: boolean;
  /** Whether the stream may end here without cutting a frame. */
  readonly atBoundary: boolean;
  /** Stops after the frame at hand; the next `read` goes on. */
  pause(): void;
  /** Reads on; `chunk` may be changed in place. Returns the index after the last byte that was taken. */
  read(chunk: Uint8Array, start?: number): number;
  /** Hands on the frame that is not complete yet, once: for whoever must show what was sent so far. */
  showUnfinished(): void;
  /** Forgets everything and reads no more. */
  stop(): void;
}
