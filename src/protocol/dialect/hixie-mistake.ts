/**
 * The promise: where a known mistake yields exactly the 16 bytes that a server of hixie-76 sent, it is named; nothing is
 * guessed. (`handshake/mistake.ts` does the same for Sec-WebSocket-Accept.)
 */
import { hash } from 'node:crypto';
import { arithmeticOf, challengeOf, KEY3_LENGTH, md5, PROOF_LENGTH, readKey } from './hixie-key.ts';

/** What a client sent. */
export interface HixieKeys {
  readonly key1: string;
  readonly key2: string;
  readonly key3: Uint8Array;
}

/** What a server did to arrive at `proof`, as a sentence; `undefined` where nothing known fits, or where it is right. */
export function nameProofMistake(keys: HixieKeys, proof: Uint8Array): string | undefined {
  const sent = Buffer.from(proof);
  const right = arithmeticOf(keys.key1, keys.key2, keys.key3).proof;
  if (right && sent.equals(right)) return undefined;
  for (const [text, bytes] of mistakes(keys)) {
    if (sent.equals(bytes.subarray(0, PROOF_LENGTH))) return text;
  }
  return undefined;
}

/** The quotients rounded down, which is what servers use that never look at the remainder. */
function unchecked({ key1, key2, key3 }: HixieKeys): Uint8Array | undefined {
  const [part1, part2] = [readKey(key1).quotient, readKey(key2).quotient];
  return part1 === undefined || part2 === undefined ? undefined : challengeOf(part1, part2, key3);
}

function* mistakes(keys: HixieKeys): Generator<readonly [text: string, bytes: Uint8Array]> {
  for (const [example, text] of EXAMPLES) yield [`This is the example answer of the draft, ${text}: every key gets it.`, example];
  const challenge = unchecked(keys);
  if (challenge) {
    yield* wrongOutput(challenge);
    yield* wrongBody(challenge);
    yield* wrongParts(keys, challenge);
  }
  yield* wrongNumbers(keys);
}

const EXAMPLES: readonly (readonly [Uint8Array, string])[] = [
  "8jKS'y:G*Co,Wxa-",
  'fQJ,fN/4F4!~K~MH',
  '0st3Rl&q-2ZU^weu',
  'n`9eBk9z$R8pOtVb',
].map((text) => [Buffer.from(text, 'latin1'), text]);

function* wrongOutput(challenge: Uint8Array): Generator<readonly [string, Uint8Array]> {
  const proof = Buffer.from(md5(challenge));
  const unlooked = 'The key is not divisible by its spaces, and the server rounded instead of refusing it.';
  yield [unlooked, proof];
  yield ['The challenge itself was sent: its MD5 belongs here.', challenge];
  for (const hex of [proof.toString('hex'), proof.toString('hex').toUpperCase()]) {
    yield ['The MD5 was sent in hex: its 16 raw bytes belong here.', Buffer.from(hex)];
  }
  yield ['The MD5 was sent in base64: its 16 raw bytes belong here.', Buffer.from(proof.toString('base64'))];
  const asText = Buffer.from(proof.toString('latin1'), 'utf8');
  if (!asText.equals(proof)) yield ['The MD5 was sent as text in UTF-8: write its bytes as they are.', asText];
  yield ['SHA-1 was used; it must be MD5.', Buffer.from(hash('sha1', challenge, 'hex'), 'hex')];
  const lossy = Buffer.from(Buffer.from(challenge).toString('latin1'), 'utf8');
  yield ['The challenge was hashed as text in UTF-8: hash its bytes (a slip of Node libraries since Node 6).', md5(lossy)];
}

function* wrongBody(challenge: Uint8Array): Generator<readonly [string, Uint8Array]> {
  const numbers = challenge.subarray(0, 8);
  const late = 'The server did not wait for the 8 bytes behind the request';
  yield [`${late}: it took zeros for them.`, md5(Buffer.concat([numbers, Buffer.alloc(KEY3_LENGTH)]))];
  yield [`${late}: it left them out.`, md5(numbers)];
  yield ['The 8 bytes behind the request were hashed first; they come last.', md5(swapped(challenge))];
  const [read] = Buffer.from(challenge.subarray(8))
    .toString('latin1')
    .split(/[\r\n\0]/);
  yield [
    'The 8 bytes behind the request were read as a line or a string: they are raw.',
    md5(Buffer.concat([numbers, Buffer.from(read ?? '', 'latin1')])),
  ];
  const trimmed = Buffer.from(Buffer.from(challenge.subarray(8)).toString('latin1').trim(), 'latin1');
  yield ['The 8 bytes behind the request were trimmed: they are raw.', md5(Buffer.concat([numbers, trimmed]))];
}

const swapped = (challenge: Uint8Array) => Buffer.concat([challenge.subarray(8), challenge.subarray(0, 8)]);

function* wrongParts(keys: HixieKeys, challenge: Uint8Array): Generator<readonly [string, Uint8Array]> {
  const [part1, part2, body] = [challenge.subarray(0, 4), challenge.subarray(4, 8), challenge.subarray(8)];
  yield ['The two keys were swapped.', md5(Buffer.concat([part2, part1, body]))];
  const little = [part1, part2].map((part) => Buffer.from(part).reverse());
  yield [
    'The numbers were written least significant byte first; they must be big-endian.',
    md5(Buffer.concat([...little, body])),
  ];
  const decimals = [keys.key1, keys.key2].map((key) => String(readKey(key).quotient));
  yield [
    'The numbers were hashed as decimal text, not as 4 bytes each.',
    md5(Buffer.concat([Buffer.from(decimals.join('')), body])),
  ];
  yield ['Key 1 was used twice.', md5(Buffer.concat([part1, part1, body]))];
  yield ['Key 2 was used twice.', md5(Buffer.concat([part2, part2, body]))];
}

function* wrongNumbers({ key1, key2, key3 }: HixieKeys): Generator<readonly [string, Uint8Array]> {
  const squeezed = unchecked({ key1: key1.replace(/ +/g, ' '), key2: key2.replace(/ +/g, ' '), key3 });
  if (squeezed) yield ['Runs of spaces in the keys were squeezed to one before they were counted.', md5(squeezed)];
  const [digits1, digits2] = [readKey(key1).digits, readKey(key2).digits];
  if (digits1 === '' || digits2 === '' || digits1.length > 30 || digits2.length > 30) return;
  const undivided = challengeOf(BigInt(digits1), BigInt(digits2), key3);
  yield ['The numbers were not divided by the count of spaces.', md5(undivided)];
}
