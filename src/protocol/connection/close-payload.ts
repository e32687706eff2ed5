import { LocalProtocolError } from '../rule.ts';
import { mayBeSent } from './close-code.ts';

/** Close payloads as we send them: a 2-byte status code and a reason, 125 bytes together (RFC 6455 §5.5.1). */

const MAX_REASON = 123;

/** For what a caller asked: throws `LocalProtocolError` for a code or reason that must not be sent. */
export function checkedClosePayload(code: number | undefined, reason: string, role: 'client' | 'server'): Uint8Array {
  if (code === undefined) {
    if (reason !== '') throw new LocalProtocolError('a close reason needs a close code before it');
    return new Uint8Array(0);
  }
  if (!Number.isInteger(code) || !mayBeSent(code, role)) {
    throw new LocalProtocolError(`close code ${code} must not be sent by a ${role}; take 1000, or 3000 to 4999 (RFC 6455 §7.4)`);
  }
  const { length } = Buffer.from(reason, 'utf8');
  if (length > MAX_REASON) throw new LocalProtocolError(`a close reason has at most ${MAX_REASON} bytes, this one ${length}`);
  return payload(code, Buffer.from(reason, 'utf8'));
}

/** For what we say on our own: 1005 stands for no code, and a long reason is cut between characters. */
export function clippedClosePayload(code: number, reason: string): Uint8Array {
  return code === 1005 ? new Uint8Array(0) : payload(code, clippedReason(reason));
}

/** As much of a reason as a Close frame carries, in whole characters of UTF-8. */
export function clippedReason(reason: string): Buffer {
  // A code unit takes a byte at least: what is further behind is never part of it.
  const bytes = Buffer.from(reason.slice(0, MAX_REASON + 1), 'utf8');
  let end = Math.min(bytes.length, MAX_REASON);
  while (end < bytes.length && ((bytes[end] as number) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

function payload(code: number, reason: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 + reason.length);
  bytes[0] = code >> 8;
  bytes[1] = code;
  bytes.set(reason, 2);
  return bytes;
}
