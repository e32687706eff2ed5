import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseShallowJson } from '../../../src/endpoint/behaviour/shallow-json.ts';

const nested = (levels: number, open = '[', close = ']', inside = '') => open.repeat(levels) + inside + close.repeat(levels);

describe('JSON of a client', () => {
  test('is what JSON.parse says', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 20 }), (text) => {
        expect(parseShallowJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test.each(['', '{', '[1', 'nope', '"', '"\\', ']]]'])('%j is none', (text) => {
    expect(parseShallowJson(text)).toBeUndefined();
  });

  test.each([
    ['lists', nested(1000), nested(1001)],
    ['objects', nested(1000, '{"a":', '}', '1'), nested(1001, '{"a":', '}', '1')],
    ['both', nested(500, '[{"a":', '}]', '1'), `[${nested(500, '[{"a":', '}]', '1')}]`],
  ])('%s may nest 1000 deep, and no deeper', (_, deepest, deeper) => {
    expect(JSON.stringify(parseShallowJson(deepest))).toBe(deepest);
    expect(parseShallowJson(deeper)).toBeUndefined();
  });

  test.each([
    ['brackets in a text', JSON.stringify('['.repeat(5000))],
    ['behind a quote in a text', JSON.stringify(`"\\${'{'.repeat(5000)}`)],
    ['beside each other', `[${Array.from({ length: 5000 }, () => '[]').join(',')}]`],
  ])('what is no nesting does not count: %s', (_, text) => {
    expect(parseShallowJson(text)).toEqual(JSON.parse(text));
  });
});
