import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { arithmeticOf } from '../../../src/protocol/dialect/hixie-key.ts';
import { nameProofMistake } from '../../../src/protocol/dialect/hixie-mistake.ts';
import { KEYS, keysNamed } from './handshake-vectors.ts';

const B = keysNamed('76-B');
const { challenge = Buffer.alloc(0), proof = Buffer.alloc(0) } = arithmeticOf(B.key1, B.key2, B.key3);
const md5 = (...parts: readonly Uint8Array[]) => createHash('md5').update(Buffer.concat(parts)).digest();
const first16 = (text: string) => Buffer.from(text, 'latin1').subarray(0, 16);
const [part1, part2, body] = [challenge.subarray(0, 4), challenge.subarray(4, 8), challenge.subarray(8)];
const reversed = (bytes: Uint8Array) => Buffer.from(bytes).reverse();
const squeezed = keysNamed('76-B-collapsed');

it.each<[sent: Uint8Array, named: string | undefined]>([
  [proof, undefined],
  [Buffer.alloc(16), undefined],
  [challenge, 'The challenge itself was sent'],
  [Buffer.from("8jKS'y:G*Co,Wxa-"), 'example answer'],
  [first16(Buffer.from(proof).toString('hex')), 'in hex'],
  [first16(Buffer.from(proof).toString('base64')), 'in base64'],
  [md5(part2, part1, body), 'swapped'],
  [md5(reversed(part1), reversed(part2), body), 'big-endian'],
  [md5(part1, part2, Buffer.alloc(8)), 'zeros'],
  [md5(part1, part2), 'left them out'],
  [md5(body, part1, part2), 'they come last'],
  [md5(part1, part1, body), 'Key 1 was used twice'],
  [md5(Buffer.from('155712099173347027'), body), 'decimal text'],
  [createHash('sha1').update(challenge).digest().subarray(0, 16), 'SHA-1'],
  [md5(Buffer.from(Buffer.from(challenge).toString('latin1'), 'utf8')), 'as text in UTF-8'],
  [Buffer.from(squeezed.floorAnswer ?? '', 'hex'), 'squeezed'],
])('%#: %s', (sent, named) => {
  const found = nameProofMistake(B, sent);
  if (named === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(named);
});

it.each(KEYS.filter(({ floorAnswer }) => floorAnswer !== undefined))('$id: a server that rounds is told', (keys) => {
  expect(nameProofMistake(keys, Buffer.from(keys.floorAnswer ?? '', 'hex'))).toContain('rounded');
});

it('keys of any form are borne', () => {
  for (const key of ['', ' ', '1', `${'9'.repeat(5000)} `]) {
    expect(nameProofMistake({ key1: key, key2: key, key3: Buffer.alloc(8) }, Buffer.alloc(16))).toBeUndefined();
  }
});
