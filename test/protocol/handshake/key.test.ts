import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptDigest,
  acceptFor,
  canonicalKey,
  decodeKey,
  GUID,
  isCanonicalKey,
  keyFrom,
} from '../../../src/protocol/handshake/key.ts';

describe('the accept rule', () => {
  it.each([
    ['dGhlIHNhbXBsZSBub25jZQ==', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
    ['AQIDBAUGBwgJCgsMDQ4PEC==', 'OfS0wDaT5NoxF2gqm7Zj2YtetzM='],
    ['AQIDBAUGBwgJCgsMDQ4PEA==', 'C/0nmHhBztSRGR1CwL6Tf4ZjwpY='],
    ['x3JJHMbDL1EzLkh9GBhXDw==', 'HSmrc0sMlYUkAGmm5OPpG2HaGWk='],
    ['uRovscZjNol/umbTt5uKmw==', 'rLHCkw/SKsO9GAH/ZSFhBATDKrU='],
  ])('%s gives %s', (key, accept) => {
    expect(acceptFor(key)).toBe(accept);
    expect(Buffer.from(acceptDigest(key), 'hex').toString('base64')).toBe(accept);
  });
});

it.each(['caf\xe9', '\x80\xff', ''])('of %j each character is one byte, as it was on the wire', (key) => {
  const digest = createHash('sha1')
    .update(Buffer.from(`${key}${GUID}`, 'latin1'))
    .digest();
  expect([acceptFor(key), acceptDigest(key)]).toEqual([digest.toString('base64'), digest.toString('hex')]);
});

describe('a key is 16 bytes in base64', () => {
  it.each([
    ['dGhlIHNhbXBsZSBub25jZQ==', 16, true],
    ['AQIDBAUGBwgJCgsMDQ4PEC==', 16, false],
    ['dGhlIHNhbXBsZSBub25jZQ', undefined, false],
    ['dGhlIHNhbXBsZSBub25j', undefined, false],
    ['dGhlIHNhbXBsZSBub25jZSEh', undefined, false],
    ['dGhlIHNhbXBsZSBub25jZ-==', undefined, false],
    [' dGhlIHNhbXBsZSBub25jZQ==', undefined, false],
    ['', undefined, false],
  ])('%j', (key, length, canonical) => {
    expect(decodeKey(key)?.length).toBe(length);
    expect(isCanonicalKey(key)).toBe(canonical);
  });

  it('stray low bits: the canonical spelling is another text, and hashes to another value', () => {
    expect(canonicalKey('AQIDBAUGBwgJCgsMDQ4PEC==')).toBe('AQIDBAUGBwgJCgsMDQ4PEA==');
  });

  it('any 16 bytes make a canonical key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (nonce) => {
        const key = keyFrom(nonce);
        expect(isCanonicalKey(key)).toBe(true);
        expect(Uint8Array.from(decodeKey(key) ?? [])).toEqual(nonce);
      }),
    );
  });
});
