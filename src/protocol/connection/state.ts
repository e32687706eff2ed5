/**
 * The life of a connection after its opening handshake, as a table (RFC 6455 §7). The closing handshake is complete
 * when both Close frames went their way; then the server ends TCP first and the client waits for it (§7.1.1).
 */
export type State =
  /** Data goes both ways. */
  | 'open'
  /** Our Close went out; the peer's has not come. */
  | 'close-sent'
  /** Both Close frames went their way. */
  | 'closed-cleanly'
  /** We failed the connection (§7.1.7): our Close went out, nothing more is read. */
  | 'failed'
  /** The transport is gone. */
  | 'ended';

export type Trigger = 'send-close' | 'receive-close' | 'fail' | 'end';

const TABLE: Readonly<Record<State, Readonly<Partial<Record<Trigger, State>>>>> = {
  open: { 'send-close': 'close-sent', 'receive-close': 'closed-cleanly', fail: 'failed', end: 'ended' },
  'close-sent': { 'receive-close': 'closed-cleanly', fail: 'failed', end: 'ended' },
  'closed-cleanly': { end: 'ended' },
  failed: { end: 'ended' },
  ended: {},
};

/** The next state, or `undefined` where the trigger has no place. */
export function next(state: State, trigger: Trigger): State | undefined {
  return TABLE[state][trigger];
}
