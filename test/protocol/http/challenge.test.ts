import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseChallenges } from '../../../src/protocol/http/challenge.ts';

type Read = [scheme: string, rest: string | Record<string, string>];

const read = (...values: string[]): Read[] =>
  parseChallenges(values).map(({ scheme, token68, parameters }) => [scheme, token68 ?? Object.fromEntries(parameters)]);

describe('challenges', () => {
  test.each<[value: string, challenges: Read[]]>([
    ['', []],
    ['Basic', [['Basic', {}]]],
    ['Basic realm="a"', [['Basic', { realm: 'a' }]]],
    ['basic realm=a', [['basic', { realm: 'a' }]]],
    ['Basic realm="a", charset="UTF-8"', [['Basic', { realm: 'a', charset: 'UTF-8' }]]],
    ['Basic REALM = "a" , Charset=x', [['Basic', { realm: 'a', charset: 'x' }]]],
    ['Basic realm="a \\"b\\" \\\\, c"', [['Basic', { realm: 'a "b" \\, c' }]]],
    ['Basic realm="first", realm="second"', [['Basic', { realm: 'first' }]]],
    [
      // RFC 9110 §11.6.1.
      'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
      [
        ['Basic', { realm: 'simple' }],
        ['Newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
      ],
    ],
    [
      'Negotiate, NTLM, Basic realm="x"',
      [
        ['Negotiate', {}],
        ['NTLM', {}],
        ['Basic', { realm: 'x' }],
      ],
    ],
    [
      'Negotiate YIIabc+/==, Basic realm="x"',
      [
        ['Negotiate', 'YIIabc+/=='],
        ['Basic', { realm: 'x' }],
      ],
    ],
    ['NTLM TlRM', [['NTLM', 'TlRM']]],
    [
      'Digest realm="a", qop="auth, auth-int", nonce="n", Bearer error="invalid_token"',
      [
        ['Digest', { realm: 'a', qop: 'auth, auth-int', nonce: 'n' }],
        ['Bearer', { error: 'invalid_token' }],
      ],
    ],
    [',, ,Basic realm="a",,', [['Basic', { realm: 'a' }]]],
    // Malformed: what was read stands.
    ['Basic realm="never ends', [['Basic', {}]]],
    ['Basic realm="a" junk', [['Basic', { realm: 'a' }]]],
    ['Basic realm=', [['Basic', 'realm=']]],
    ['Basic realm=;', [['Basic', { realm: '' }]]],
    ['="x"', []],
    ['Basic realm="a", "b"', [['Basic', { realm: 'a' }]]],
  ])('%s', (value, challenges) => expect(read(value)).toEqual(challenges));

  test('several field lines are one list', () => {
    expect(read('Negotiate', 'Basic realm="a"')).toEqual([
      ['Negotiate', {}],
      ['Basic', { realm: 'a' }],
    ]);
  });

  test('any text ends, and quickly', () => {
    const odd = fc.string({ unit: fc.constantFrom('a', '=', ',', '"', '\\', ' ', '/', 'Basic ', '\t', ';'), maxLength: 200 });
    fc.assert(fc.property(odd, (text) => parseChallenges([text]).every(({ scheme }) => scheme !== '')));
    const started = performance.now();
    parseChallenges(['a '.repeat(30_000), 'a=,'.repeat(20_000), '"'.repeat(60_000)]);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
