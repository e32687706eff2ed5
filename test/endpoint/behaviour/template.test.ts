import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSameJson, parseJsonPath, valueAt } from '../../../src/endpoint/behaviour/json-path.ts';
import { type Captured, fill, fillJson, parseTemplate, type Template } from '../../../src/endpoint/behaviour/template.ts';

const given: Captured = {
  text: '{"a":{"b":[10,{"c d":null}]},"n":1}',
  match: /(?<first>a+)(b)?/.exec('xaay') ?? undefined,
  json: { a: { b: [10, { 'c d': null }] }, n: 1 },
};

function template(text: string): Template {
  const parsed = parseTemplate(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

describe('places in a text', () => {
  test.each([
    ['plain', 'plain'],
    ['', ''],
    ['$0|$1|$2|', 'aa|aa||'],
    [`\${1}0 \${first}`, 'aa0 aa'],
    [`\${$.n}, \${$.a.b[0]}, \${$.a.b.0}`, '1, 10, 10'],
    [`\${$.a.b}`, '[10,{"c d":null}]'],
    [`\${$.a.b[1]["c d"]} \${$.none.at.all}.`, 'null .'],
    ['5$ $$1 $a $', '5$ $1 $a $'],
  ])('%j', (text, filled) => {
    expect(fill(template(text), given)).toBe(filled);
  });

  test('without a match $0 is the message', () => {
    expect(fill(template('$0'), { text: 'hi', match: undefined, json: undefined })).toBe('hi');
  });

  test.each([`\${}`, `\${a-b}`, `\${$.}`, `\${$[x]}`, `\${123}`])('%s is none', (text) => {
    expect(parseTemplate(text)).toEqual({ problem: expect.stringContaining(`${text} is no place`) });
  });

  test('text without a $ stays as it is', () => {
    fc.assert(fc.property(fc.string(), (text) => fill(template(text.replaceAll('$', '$$$$')), given) === text));
  });

  test('a place alone keeps its type', () => {
    const text = (source: string) => ({ type: 'text', template: template(source) }) as const;
    const whole = {
      type: 'object',
      members: [
        ['x', text(`\${$.a}`)],
        ['y', text(`n\${$.n}`)],
        ['z', text(`\${$.q}`)],
      ],
    } as const;
    expect(fillJson({ type: 'list', items: [whole, { type: 'plain', value: 3 }] }, given)).toEqual([
      { x: { b: [10, { 'c d': null }] }, y: 'n1', z: null },
      3,
    ]);
  });
});

describe('paths', () => {
  test.each([
    ['$', []],
    ['$.a.b', ['a', 'b']],
    ['a.b', ['a', 'b']],
    ['a[0][1].x', ['a', 0, 1, 'x']],
    [`$["a.b"]['c"d']`, ['a.b', 'c"d']],
    ['a..b', undefined],
    ['$a', undefined],
    ['a[', undefined],
    ['a[-1]', undefined],
    ['', undefined],
  ])('%s', (text, path) => {
    expect(parseJsonPath(text)).toEqual(path);
  });

  test('what everything inherits stands nowhere', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) expect(valueAt({}, [name])).toBeUndefined();
    expect(valueAt('text', ['length'])).toBeUndefined();
    expect(valueAt([1, 2], ['length'])).toBe(2);
  });
});

test('the same JSON, in whatever order', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => isSameJson(value, JSON.parse(JSON.stringify(value)))));
  expect(isSameJson({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true);
  for (const [a, b] of [
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [[], {}],
    [null, {}],
    [1, '1'],
    [
      [1, 2],
      [2, 1],
    ],
  ])
    expect(isSameJson(a, b)).toBe(false);
});
