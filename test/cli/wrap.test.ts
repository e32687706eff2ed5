import { expect, test } from 'vitest';
import { hanging, wrap } from '../../src/cli/wrap.ts';

test.each<[text: string, width: number, lines: string[]]>([
  ['', 10, []],
  ['one', 10, ['one']],
  ['one two', 7, ['one two']],
  ['one two', 6, ['one', 'two']],
  ['one  two   three', 20, ['one two three']],
  ['a muchtoolongword b', 5, ['a', 'muchtoolongword', 'b']],
  ['kept\n  as it is', 5, ['kept', '  as it is']],
])('%j in %d columns', (text, width, lines) => {
  expect(wrap(text, width)).toEqual(lines);
});

test('hanging lines are indented within the width', () => {
  expect(hanging('one two', 6, 2)).toEqual(['  one', '  two']);
});
