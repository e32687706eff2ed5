import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasToken, isToken, type ListItem, listMembers, parseParameterList } from '../../../src/protocol/http/parameter-list.ts';

const parameter = (name: string, value?: string) => ({ name, value });

describe('a list of names with parameters', () => {
  it.each([
    ['permessage-deflate', [{ name: 'permessage-deflate', parameters: [] }]],
    [
      'permessage-deflate; client_max_window_bits; server_max_window_bits=10, foo',
      [
        {
          name: 'permessage-deflate',
          parameters: [parameter('client_max_window_bits'), parameter('server_max_window_bits', '10')],
        },
        { name: 'foo', parameters: [] },
      ],
    ],
    [
      'a;b="quoted \\" and \\\\ value, with; more"',
      [{ name: 'a', parameters: [parameter('b', 'quoted " and \\ value, with; more')] }],
    ],
    [
      'a ; b = c\t,\td',
      [
        { name: 'a', parameters: [parameter('b', 'c')] },
        { name: 'd', parameters: [] },
      ],
    ],
    [
      ', a,, b ,',
      [
        { name: 'a', parameters: [] },
        { name: 'b', parameters: [] },
      ],
    ],
    ['a;b;b=1', [{ name: 'a', parameters: [parameter('b'), parameter('b', '1')] }]],
    ['a;b=""', [{ name: 'a', parameters: [parameter('b', '')] }]],
    ['', []],
  ])('%j', (text, items) => {
    expect(parseParameterList([text])).toEqual({ items });
  });

  it('goes on over several field lines', () => {
    expect(parseParameterList(['a; b=1', '', 'c']).items).toEqual([
      { name: 'a', parameters: [parameter('b', '1')] },
      { name: 'c', parameters: [] },
    ]);
  });

  it.each([
    ['a b', 2, 'a comma or a semicolon was expected here'],
    ['a; ', 3, 'a parameter was expected here'],
    ['a; b=', 5, 'a value was expected here'],
    ['a; b="c', 5, 'a closing quote is missing'],
    ['a; b="c\\"', 5, 'a closing quote is missing'],
    ['"a"', 0, 'a name was expected here'],
    ['a; =c', 3, 'a parameter was expected here'],
    ['a; b="c"d', 8, 'a comma or a semicolon was expected here'],
    [';a', 0, 'a name was expected here'],
    ['caf\xe9', 3, 'a comma or a semicolon was expected here'],
  ])('%j is refused at character %i', (text, at, problem) => {
    expect(parseParameterList(['fine', text])).toEqual({ error: { line: 1, at, problem } });
  });

  it('is written as it was read', () => {
    const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}$/);
    const value = fc.option(fc.stringMatching(/^[\t -~\x80-\xff]{0,12}$/), { nil: undefined });
    const item = fc.record({ name: token, parameters: fc.array(fc.record({ name: token, value }), { maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 4 }), (items) => {
        expect(parseParameterList([formatParameterList(items)])).toEqual({ items });
      }),
    );
  });

  it('takes linear time on what made regular expressions explode', () => {
    const started = performance.now();
    parseParameterList([`a; b="${'\\"'.repeat(100_000)}`, `a;${'\t'.repeat(200_000)}`]);
    parseParameterList([`a; b="${'\\'.repeat(200_000)}c`]);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

it('a token is one or more of the characters that RFC 9110 lists', () => {
  for (let code = 0; code < 256; code += 1) {
    const character = String.fromCharCode(code);
    expect(isToken(character), character).toBe(/[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(character));
  }
  expect(isToken('')).toBe(false);
});

it('lists of tokens: white space and empty members aside, over several lines', () => {
  expect(listMembers(['keep-alive, Upgrade', ' ,chat'])).toEqual(['keep-alive', 'Upgrade', 'chat']);
  expect(hasToken(['keep-alive, Upgrade'], 'upgrade')).toBe(true);
  expect(hasToken(['keep-alive, Upgraded'], 'upgrade')).toBe(false);
});

/** The list as one field value; what is not a token is quoted. */
function formatParameterList(items: readonly ListItem[]): string {
  return items.map(formatItem).join(', ');
}

function formatItem({ name, parameters }: ListItem): string {
  let text = name;
  for (const parameter of parameters) {
    text += `; ${parameter.name}`;
    if (parameter.value !== undefined) text += `=${isToken(parameter.value) ? parameter.value : quote(parameter.value)}`;
  }
  return text;
}

const quote = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
