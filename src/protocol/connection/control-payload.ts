import { LocalProtocolError } from '../rule.ts';

/** "All control frames MUST have a payload length of 125 bytes or less" (RFC 6455 §5.5). Throws `LocalProtocolError`. */
export function checkedControlPayload(payload: Uint8Array): Uint8Array {
  if (payload.length > 125) throw new LocalProtocolError('a control frame carries at most 125 bytes (RFC 6455 §5.5)');
  return payload;
}
