import { expect, it } from 'vitest';
import { DIALECTS, dialectNamed, dialectOf } from '../../../src/protocol/dialect/name.ts';

it('no two dialects share a name', () => {
  const names = DIALECTS.flatMap(({ name, aliases }) => [name, ...aliases]);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(names.map((name) => name.toLowerCase()));
});

it('every name and alias leads to its row', () => {
  for (const { name, aliases } of DIALECTS) {
    expect([name, ...aliases].map(dialectNamed)).toEqual([name, ...aliases.map(() => name)]);
    expect(dialectOf(name).name).toBe(name);
  }
});

it.each([
  ['75', 'hixie-75'],
  ['76', 'hixie-76'],
  ['hybi-00', 'hixie-76'],
  ['0', 'hixie-76'],
  ['3', 'hybi-03'],
  ['hybi-04-libwebsockets', 'hybi-04-libwebsockets'],
  ['07', 'hybi-07'],
  ['8', 'hybi-08'],
  ['hybi-10', 'hybi-08'],
  ['hybi-12', 'hybi-11'],
  ['13', 'rfc6455'],
  ['RFC 6455', 'rfc6455'],
  [' Hybi_17 ', 'rfc6455'],
  ['draft-ietf-hybi-thewebsocketprotocol-06', 'hybi-06'],
  ['draft-hixie-thewebsocketprotocol-76', 'hixie-76'],
  ['v8', 'hybi-08'],
  ['version 13', 'rfc6455'],
])('%s means %s', (text, name) => {
  expect(dialectNamed(text)).toBe(name);
});

it.each(['', 'auto', 'all', '14.', '18', '77', '-1', '__proto__', 'constructor', 'hybi', 'hixie'])('%j means nothing', (text) => {
  expect(dialectNamed(text)).toBeUndefined();
});
