/**
 * The promise: where a known mistake yields exactly the Accept value that a server sent, it is named; nothing is guessed.
 */
import { createHmac, hash } from 'node:crypto';
import { acceptDigest, acceptFor, canonicalKey, GUID } from './key.ts';

/** RFC 6455 §1.3: the value for the key `dGhlIHNhbXBsZSBub25jZQ==`. */
const EXAMPLE_ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/**
 * What a server did to arrive at `accept` for this key, as a sentence; `undefined` where nothing known fits, or where
 * the value is right.
 */
export function nameMistake(key: string, accept: string): string | undefined {
  if (accept === acceptFor(key)) return undefined;
  for (const [text, value] of mistakes(key)) {
    if (value === accept) return text;
  }
  return undefined;
}

const bytesOf = (text: string) => Buffer.from(text, 'latin1');
const sha1 = (bytes: Uint8Array) => hash('sha1', bytes, 'base64');
const withGuid = (key: string) => sha1(bytesOf(key + GUID));

function* mistakes(key: string): Generator<readonly [text: string, value: string]> {
  yield* echoed(key);
  yield* keySpelledWrong(key);
  yield* wrongInput(key);
  yield* wrongOutput(key);
}

function* echoed(key: string): Generator<readonly [string, string]> {
  yield ['The server sent the key back as it was; it must be hashed with the GUID.', key];
  yield ['This is the example value of RFC 6455 §1.3: the server answers every key with it.', EXAMPLE_ACCEPT];
  yield ['The server sent the GUID back instead of a hash.', GUID];
}

function* keySpelledWrong(key: string): Generator<readonly [string, string]> {
  yield ['The key was hashed with its line end (LF): trim it first.', withGuid(`${key}\n`)];
  yield ['The key was hashed with its line end (CR LF): trim it first.', withGuid(`${key}\r\n`)];
  yield ['The key was hashed with its CR: trim it first.', withGuid(`${key}\r`)];
  yield ['The key was hashed with the space after the colon: trim it first.', withGuid(` ${key}`)];
  yield ['The key was hashed with a space after it: trim it first.', withGuid(`${key} `)];
  yield ['The key was hashed in quotation marks.', withGuid(`"${key}"`)];
  yield ['The key was hashed in single quotation marks.', withGuid(`'${key}'`)];
  yield ['The key was hashed with a NUL after it: its length is off by one.', withGuid(`${key}\0`)];
  yield ['The key was hashed without its padding (==).', withGuid(key.replace(/=/g, ''))];
  yield ['The key was hashed in lower case.', withGuid(key.toLowerCase())];
  yield ['The key was hashed with its + turned into spaces (URL decoding).', withGuid(key.replaceAll('+', ' '))];
  yield ['The whole header line was hashed, not its value.', withGuid(`Sec-WebSocket-Key: ${key}`)];
  const canonical = canonicalKey(key);
  const decodedAgain = 'The key was decoded and encoded again before hashing, which changed its stray low bits: hash the text.';
  if (canonical !== undefined) yield [decodedAgain, withGuid(canonical)];
}

function* wrongInput(key: string): Generator<readonly [string, string]> {
  const nonce = Buffer.from(key, 'base64');
  const binaryGuid = Buffer.from(GUID.replaceAll('-', ''), 'hex');
  yield ['The key was base64-decoded before hashing: hash its text as it stands.', sha1(Buffer.concat([nonce, bytesOf(GUID)]))];
  const draft04 = 'The form printed in draft hybi-04: SHA-1 over the 16 decoded key bytes and the 16 bytes of a binary GUID.';
  yield [draft04, sha1(Buffer.concat([nonce, binaryGuid]))];
  yield ['The GUID was left out.', sha1(bytesOf(key))];
  yield ['The GUID was left out and the key decoded.', sha1(nonce)];
  yield ['The GUID was hashed without the key.', sha1(bytesOf(GUID))];
  yield ['The GUID was written in lower case.', sha1(bytesOf(key + GUID.toLowerCase()))];
  yield ['The GUID was written without its hyphens.', sha1(bytesOf(key + GUID.replaceAll('-', '')))];
  yield ['The GUID was written in braces.', sha1(bytesOf(`${key}{${GUID}}`))];
  yield ['A space was put between the key and the GUID.', sha1(bytesOf(`${key} ${GUID}`))];
  yield ['A line end follows the GUID.', sha1(bytesOf(`${key}${GUID}\n`))];
  yield ['The GUID was put before the key.', sha1(bytesOf(GUID + key))];
  yield ['The text was hashed as UTF-16 (little-endian): use ASCII.', sha1(Buffer.from(key + GUID, 'utf16le'))];
  const utf16be = Buffer.from(key + GUID, 'utf16le').swap16();
  yield ['The text was hashed as UTF-16 (big-endian): use ASCII.', sha1(utf16be)];
}

function* wrongOutput(key: string): Generator<readonly [string, string]> {
  const input = bytesOf(key + GUID);
  const accept = acceptFor(key);
  const hex = acceptDigest(key);
  const unpadded = accept.replace(/=/g, '');
  const url = accept.replaceAll('+', '-').replaceAll('/', '_');
  for (const form of [hex, hex.toUpperCase()]) {
    yield ['The digest was sent in hex: it must be the base64 of its 20 bytes.', form];
    const encodedHex = 'The hex form of the digest was base64-encoded: encode its 20 bytes (a "raw output" option is missing).';
    yield [encodedHex, Buffer.from(form).toString('base64')];
  }
  yield ['The value lacks its padding (=).', unpadded];
  yield ['The value is in the base64url alphabet: use + and / instead of - and _.', url];
  yield ['The value is in the base64url alphabet, and lacks its padding (=).', url.replace(/=/g, '')];
  yield ['The value was base64-encoded twice.', Buffer.from(accept).toString('base64')];
  yield ['The value was sent in quotation marks.', `"${accept}"`];
  yield ['The value was sent in lower case.', accept.toLowerCase()];
  for (const name of ['md5', 'sha256', 'sha384', 'sha512']) {
    const digest = hash(name, input, 'hex');
    const text = `The hash is ${name === 'md5' ? 'MD5' : `SHA-${name.slice(3)}`}; it must be SHA-1.`;
    yield [text, Buffer.from(digest, 'hex').toString('base64')];
    yield [text, digest];
  }
  const hmac = 'An HMAC was made: it must be plain SHA-1 over key and GUID.';
  yield [hmac, createHmac('sha1', GUID).update(key).digest('base64')];
  yield [hmac, createHmac('sha1', key).update(GUID).digest('base64')];
}
