/**
 * The promise: the arithmetic of hixie-76 (and hybi-00 to -03), forth and back, with every step as a value that can be
 * shown: a key hides a number among spaces and garbage, and the answer proves that the server found it.
 */
import { hash } from 'node:crypto';
import { below, type RandomBytes } from './draw.ts';

/** How many raw bytes follow the head of a request, the third key; and that of an answer, the proof. */
export const KEY3_LENGTH = 8;
export const PROOF_LENGTH = 16;

const MAX_NUMBER = 0xffff_ffffn;
const MAX_SPACES = 12;

/** Why a key yields no number. All three end the connection. */
type KeyFault = 'no digits' | 'no spaces' | 'not divisible' | 'above 32 bits';

/** One key, taken apart. */
export interface KeyReading {
  /** All its digits in order, leading zeros included; empty where there are none. */
  readonly digits: string;
  /** How many U+0020 it holds. */
  readonly spaces: number;
  /** How many other characters. */
  readonly others: number;
  /** digits / spaces, rounded down; `undefined` where there are no spaces or no digits. */
  readonly quotient: bigint | undefined;
  readonly remainder: bigint | undefined;
  readonly fault: KeyFault | undefined;
}

/** Reads the value of Sec-WebSocket-Key1 or -Key2, of which nothing may have been trimmed or squeezed. Linear in its length. */
export function readKey(text: string): KeyReading {
  const digits = text.replace(/[^0-9]/g, '');
  const spaces = text.length - text.replaceAll(' ', '').length;
  const counts = { digits, spaces, others: text.length - digits.length - spaces };
  const undivided = { ...counts, quotient: undefined, remainder: undefined };
  if (digits === '') return { ...undivided, fault: 'no digits' };
  if (spaces === 0) return { ...undivided, fault: 'no spaces' };
  // Whoever sends thousands of digits gets no big arithmetic: a key of a right client has 22 at most.
  if (digits.length > MAX_DIGITS) return { ...undivided, fault: 'above 32 bits' };
  const number = BigInt(digits);
  const [quotient, remainder] = [number / BigInt(spaces), number % BigInt(spaces)];
  const fault = remainder !== 0n ? 'not divisible' : quotient > MAX_NUMBER ? 'above 32 bits' : undefined;
  return { ...counts, quotient, remainder, fault };
}

const MAX_DIGITS = 1000;

/** Both keys and the eight bytes on their way to the answer. */
export interface Arithmetic {
  readonly key1: KeyReading;
  readonly key2: KeyReading;
  readonly key3: Uint8Array;
  /** The 16 bytes that are hashed; `undefined` where a key has a fault or the third is not 8 bytes. */
  readonly challenge: Uint8Array | undefined;
  /** MD5 of the challenge. */
  readonly proof: Uint8Array | undefined;
}

/** The whole calculation of the server. */
export function arithmeticOf(key1: string, key2: string, key3: Uint8Array): Arithmetic {
  const [first, second] = [readKey(key1), readKey(key2)];
  const parts = [first, second].map(({ quotient, fault }) => (fault === undefined ? quotient : undefined));
  const [part1, part2] = parts;
  const isWhole = part1 !== undefined && part2 !== undefined && key3.length === KEY3_LENGTH;
  const challenge = isWhole ? challengeOf(part1, part2, key3) : undefined;
  return { key1: first, key2: second, key3, challenge, proof: challenge && md5(challenge) };
}

/** part 1 and part 2 as 32 bits each, most significant byte first, then the third key. Higher bits fall off. */
export function challengeOf(part1: bigint, part2: bigint, key3: Uint8Array): Uint8Array {
  const challenge = Buffer.alloc(8 + key3.length);
  challenge.writeUInt32BE(Number(part1 & MAX_NUMBER), 0);
  challenge.writeUInt32BE(Number(part2 & MAX_NUMBER), 4);
  challenge.set(key3, 8);
  return challenge;
}

/** Hashed as bytes: text of today's Node is UTF-8, and has quietly made wrong answers of right ones. */
export function md5(bytes: Uint8Array): Uint8Array {
  return Buffer.from(hash('md5', bytes, 'hex'), 'hex');
}

/** A key as a browser of 2010 made it: a number times its spaces, among garbage and spaces. */
export function makeKey(random: RandomBytes): string {
  const spaces = 1 + below(MAX_SPACES, random);
  const largest = Math.floor(0xffff_ffff / spaces);
  const number = below(largest + 1, random);
  let key = String(number * spaces);
  for (let left = 1 + below(MAX_SPACES, random); left > 0; left -= 1) {
    key = insert(key, GARBAGE.charAt(below(GARBAGE.length, random)), below(key.length + 1, random));
  }
  // "… in such a position that it is neither the first nor the last": servers of the day trimmed what they read.
  for (let left = spaces; left > 0; left -= 1) key = insert(key, ' ', 1 + below(key.length - 1, random));
  return key;
}

const insert = (text: string, piece: string, at: number) => text.slice(0, at) + piece + text.slice(at);

/** U+0021 to U+002F and U+003A to U+007E. */
const GARBAGE = String.fromCharCode(...range(0x21, 0x2f), ...range(0x3a, 0x7e));

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** `4146546015 / 5 = 829309203`, or with its remainder. */
export function divisionText({ digits, spaces, quotient, remainder }: KeyReading): string {
  const shown = digits.length > 40 ? `${digits.slice(0, 40)}…` : digits;
  const dividend = `${shown || 'no digits'} / ${spaces}`;
  if (quotient === undefined) return dividend;
  return `${dividend} = ${quotient}${remainder === 0n ? '' : `, remainder ${remainder}`}`;
}
