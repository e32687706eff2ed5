/**
 * What a web page did to the keys of hixie-76: HTML shows a run of spaces as one, and a key is counted by its spaces. The
 * answer can tell how many there were, never where.
 */
import { type Arithmetic, arithmeticOf, challengeOf, type KeyReading, md5, readKey } from './hixie-key.ts';
import type { HixieKeys } from './hixie-mistake.ts';

const MOST_SPACES = 12;

/** How many spaces each key had when the answer was made. */
export interface SpaceCounts {
  readonly key1: number;
  readonly key2: number;
}

/** Every pair of counts, from those printed up to 12, with which the keys give exactly this answer. */
export function spaceCountsThatFit({ key1, key2, key3 }: HixieKeys, proof: Uint8Array): SpaceCounts[] {
  const wanted = Buffer.from(proof);
  const [first, second] = [readKey(key1), readKey(key2)];
  const found: SpaceCounts[] = [];
  for (const spaces1 of countsThatDivide(first)) {
    for (const spaces2 of countsThatDivide(second)) {
      const challenge = challengeOf(BigInt(first.digits) / BigInt(spaces1), BigInt(second.digits) / BigInt(spaces2), key3);
      if (wanted.equals(md5(challenge))) found.push({ key1: spaces1, key2: spaces2 });
    }
  }
  return found;
}

/** The calculation as it was made: the keys with as many spaces as the answer tells, put anywhere. */
export function arithmeticWith({ key1, key2, key3 }: HixieKeys, counts: SpaceCounts): Arithmetic {
  const refill = (key: string, count: number) => key.replace(' ', ' '.repeat(1 + count - readKey(key).spaces));
  return arithmeticOf(refill(key1, counts.key1), refill(key2, counts.key2), key3);
}

/** The counts from the printed one up to 12 by which the digits can be divided. */
export function countsThatDivide({ digits, spaces }: KeyReading): number[] {
  if (digits === '' || digits.length > 22) return [];
  const counts = Array.from({ length: MOST_SPACES + 1 }, (_, count) => count).slice(Math.max(1, spaces));
  return counts.filter((count) => {
    const number = BigInt(digits);
    return number % BigInt(count) === 0n && number / BigInt(count) <= 0xffff_ffffn;
  });
}

/** The keys that the hixie-76 draft prints, by which pages that quote it can be told. */
const EXAMPLE_KEYS = [
  '4 @1  46546xW%0l 1 5',
  '12998 5 Y3 1  .P00',
  '18x 6]8vM;54 *(5:  {   U1]8  z [  8',
  '1_ tx7X d  <  nw  334J702) 7]o}` 0',
  'P388 O503D&ul7 {K%gX( %7  15',
  '1 N ?|k UT0or 3o  4 I97N 5-S3O 31',
  '3e6b263  4 17 80',
  '17  9 G`ZD9   2 2b 7X 3 /r90',
];

/** The key of the draft that this one is but for its spaces; `undefined` where it is none, or is it exactly. */
export function exampleBehind(key: string): string | undefined {
  const squeeze = (text: string) => text.replace(/ +/g, ' ').trim();
  return EXAMPLE_KEYS.find((example) => example !== key && squeeze(example) === squeeze(key));
}
