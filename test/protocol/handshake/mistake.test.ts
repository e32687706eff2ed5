import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { acceptFor } from '../../../src/protocol/handshake/key.ts';
import { nameMistake } from '../../../src/protocol/handshake/mistake.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const digest = (input: string | Uint8Array, encoding: 'base64' | 'hex' = 'base64', name = 'sha1') =>
  createHash(name).update(input).digest(encoding);
const nonce = Buffer.from(KEY, 'base64');
const twice = (text: string) => Buffer.from(text).toString('base64');

it.each<[accept: string, words: string]>([
  [KEY, 'sent the key back'],
  ['me89jWimTRKTWwrS3aRrL53YZSo=', 'draft hybi-04'],
  [digest(Buffer.concat([nonce, Buffer.from(GUID)])), 'base64-decoded before hashing'],
  [digest(KEY + GUID.toLowerCase()), 'GUID was written in lower case'],
  [digest(KEY), 'GUID was left out'],
  [digest(GUID), 'without the key'],
  [digest(GUID + KEY), 'GUID was put before the key'],
  [digest(KEY + GUID, 'hex'), 'sent in hex'],
  [digest(KEY + GUID, 'hex').toUpperCase(), 'sent in hex'],
  [twice(digest(KEY + GUID, 'hex')), 'hex form of the digest was base64-encoded'],
  [digest(KEY + GUID, 'base64', 'md5'), 'MD5'],
  [digest(KEY + GUID, 'hex', 'md5'), 'MD5'],
  [digest(KEY + GUID, 'base64', 'sha256'), 'SHA-256'],
  [digest(`${KEY}\n${GUID}`), 'line end (LF)'],
  [digest(`${KEY}\r\n${GUID}`), 'line end (CR LF)'],
  [digest(` ${KEY}${GUID}`), 'space after the colon'],
  [digest(`${KEY} ${GUID}`), 'space after it'],
  [digest(`"${KEY}"${GUID}`), 'quotation marks'],
  [digest(Buffer.from(KEY + GUID, 'utf16le')), 'UTF-16 (little-endian)'],
  [digest(KEY.replaceAll('=', '') + GUID), 'without its padding'],
  ['s3pPLMBiTxaQ9kYGzzhZRbK+xOo', 'lacks its padding'],
  ['s3pPLMBiTxaQ9kYGzzhZRbK-xOo=', 'base64url'],
  ['s3pPLMBiTxaQ9kYGzzhZRbK-xOo', 'base64url'],
  [twice('s3pPLMBiTxaQ9kYGzzhZRbK+xOo='), 'twice'],
  ['"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="', 'quotation marks'],
])('%s: %s', (accept, words) => {
  expect(nameMistake(KEY, accept)).toContain(words);
});

it('the example of the RFC, whatever the key', () => {
  expect(nameMistake('x3JJHMbDL1EzLkh9GBhXDw==', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=')).toContain('example value of RFC 6455');
});

it('a key that was decoded and encoded again', () => {
  expect(nameMistake('AQIDBAUGBwgJCgsMDQ4PEC==', 'C/0nmHhBztSRGR1CwL6Tf4ZjwpY=')).toContain('stray low bits');
});

it('says nothing about a right value, and nothing where nothing fits', () => {
  expect(nameMistake(KEY, acceptFor(KEY))).toBeUndefined();
  expect(nameMistake(KEY, acceptFor('x3JJHMbDL1EzLkh9GBhXDw=='))).toBeUndefined();
});
