import { expect, it } from 'vitest';
import {
  arithmeticWith,
  countsThatDivide,
  exampleBehind,
  spaceCountsThatFit,
} from '../../../src/protocol/dialect/hixie-collapsed.ts';
import { readKey } from '../../../src/protocol/dialect/hixie-key.ts';
import { keysNamed } from './handshake-vectors.ts';
import vectors from './vectors.json' with { type: 'json' };

const PAIRS = [
  ['76-A-collapsed', '76-A', [5, 5]],
  ['76-B-collapsed', '76-B', [12, 10]],
] as const;

it.each(PAIRS)('%s: the answer of %s tells how many spaces there were', (collapsed, whole, [key1, key2]) => {
  const keys = keysNamed(collapsed);
  const proof = Buffer.from(keysNamed(whole).answer ?? '', 'hex');
  const found = spaceCountsThatFit(keys, proof);
  expect(found).toEqual([{ key1, key2 }]);
  expect(Buffer.from(arithmeticWith(keys, { key1, key2 }).proof ?? '').equals(proof)).toBe(true);
});

it('as the vectors have it', () => {
  const { of, answerText, spaceCountsThatFit: expected } = vectors.collapsedSearch;
  const found = spaceCountsThatFit(keysNamed(of), Buffer.from(answerText, 'latin1'));
  expect(found.map(({ key1, key2 }) => [key1, key2])).toEqual(expected);
});

it('another answer fits no counts, and nonsense none', () => {
  expect(spaceCountsThatFit(keysNamed('76-A-collapsed'), Buffer.alloc(16))).toEqual([]);
  expect(spaceCountsThatFit({ key1: '', key2: '1', key3: Buffer.alloc(8) }, Buffer.alloc(16))).toEqual([]);
  expect(countsThatDivide(readKey(`${'9'.repeat(99)} `))).toEqual([]);
});

it('counts that divide begin with the printed one, at least 1', () => {
  expect(countsThatDivide(readKey('4146546015    '))).toEqual([5, 6, 9, 10].filter((count) => 4146546015 % count === 0));
  expect(countsThatDivide(readKey('12'))).toEqual([1, 2, 3, 4, 6, 12]);
});

it('an example of the draft is known again by all but its spaces', () => {
  expect(exampleBehind('4 @1 46546xW%0l 1 5')).toBe('4 @1  46546xW%0l 1 5');
  expect(exampleBehind('4 @1  46546xW%0l 1 5')).toBeUndefined();
  expect(exampleBehind('4 @1 46546xW%0l 1 6')).toBeUndefined();
});
