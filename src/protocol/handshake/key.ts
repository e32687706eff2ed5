/**
 * The promise: the server proves that it read this very request, by hashing the key as it was written (RFC 6455 §1.3).
 */
import { hash } from 'node:crypto';

/** RFC 6455 §1.3: unlikely to be used by an endpoint that does not understand the protocol. */
export const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** `Sec-WebSocket-Accept` for a key: SHA-1 over key and GUID, in base64 (RFC 6455 §4.2.2). The key's text counts, not its bytes. */
export function acceptFor(key: string): string {
  return hash('sha1', hashed(key), 'base64');
}

/** The SHA-1 digest on the way to the Accept value, in lower-case hex. */
export function acceptDigest(key: string): string {
  return hash('sha1', hashed(key), 'hex');
}

/** What is hashed, each character one byte. A string is hashed as UTF-8, which is the same for ASCII and sooner done. */
function hashed(key: string): string | Buffer {
  return /^[ -~]*$/.test(key) ? key + GUID : Buffer.from(key + GUID, 'latin1');
}

/** A key from 16 random bytes. */
export function keyFrom(nonce: Uint8Array): string {
  return Buffer.from(nonce).toString('base64');
}

/** The 16 bytes of a key, or `undefined` where it is not the base64 form of 16 bytes. Stray low bits are let pass. */
export function decodeKey(key: string): Uint8Array | undefined {
  // RFC 6455 §4.1: "a nonce consisting of a randomly selected 16-byte value that has been base64-encoded"
  return /^[A-Za-z0-9+/]{22}==$/.test(key) ? Buffer.from(key, 'base64') : undefined;
}

/** The one spelling that an encoder writes for the key's bytes; `undefined` where there are not 16 of them. */
export function canonicalKey(key: string): string | undefined {
  const nonce = decodeKey(key);
  return nonce && keyFrom(nonce);
}

/** Whether a key is 16 bytes in the spelling that an encoder writes: `…PEC==` is 16 bytes, but has stray low bits. */
export function isCanonicalKey(key: string): boolean {
  return canonicalKey(key) === key;
}
