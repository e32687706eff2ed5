import { expect, test } from 'vitest';
import { takeTurn } from '../../src/library/turn.ts';

const started: string[] = [];
const enter = (place: string, name: string) => takeTurn(place, () => started.push(name));

test('one at a time to one place, in their order; and places do not know of each other', () => {
  const first = enter('a:80', 'first');
  const second = enter('a:80', 'second');
  const third = enter('a:80', 'third');
  enter('b:80', 'elsewhere')();
  expect(started.splice(0)).toEqual(['first', 'elsewhere']);
  first();
  first();
  expect(started.splice(0)).toEqual(['second']);
  third();
  second();
  expect(started.splice(0)).toEqual([]);
  enter('a:80', 'later')();
  expect(started.splice(0)).toEqual(['later']);
});
