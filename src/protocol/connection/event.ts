import type { Frame } from '../frame/frame.ts';
import type { MessageView } from '../message/message.ts';
import type { Violation } from '../rule.ts';

/** What a connection tells besides its messages. */
export type ConnectionEvent =
  | {
      readonly type: 'frame';
      readonly direction: 'sent' | 'received';
      readonly frame: Frame;
      readonly violations: readonly Violation[];
      readonly inflated: Uint8Array | undefined;
    }
  /** While watched: a message that was sent or received, to keep. */
  | {
      readonly type: 'message';
      readonly direction: 'sent' | 'received';
      readonly opcode: 'text' | 'binary';
      readonly data: Uint8Array;
      readonly wireLength: number;
      readonly compressed: boolean;
    }
  | { readonly type: 'ping' | 'pong'; readonly payload: Uint8Array }
  | { readonly type: 'violation'; readonly violation: Violation; readonly fatal: boolean }
  /** The peer's Close arrived. `code` 1005 where it has none. */
  | { readonly type: 'close'; readonly code: number; readonly reason: string }
  | Closed;

/** A message to keep: its bytes are copied. */
export function messageEvent(direction: 'sent' | 'received', message: MessageView): ConnectionEvent {
  const { opcode, wireLength, compressed } = message;
  return { type: 'message', direction, opcode, data: message.copy(), wireLength, compressed };
}

/**
 * The end. `code` and `reason` are the peer's where it sent a Close, ours where we failed the connection, and 1006 where
 * the transport ended without either. `by`: who began.
 */
export interface Closed {
  readonly type: 'closed';
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  readonly by: 'us' | 'peer' | 'network';
}

/** Who uses a connection. */
export interface ConnectionSink {
  /** A message, valid until return. */
  message(message: MessageView): void;
  event(event: ConnectionEvent): void;
}
