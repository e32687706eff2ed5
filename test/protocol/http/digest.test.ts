import { describe, expect, test } from 'vitest';
import { type Challenge, parseChallenges } from '../../../src/protocol/http/challenge.ts';
import { digestAnswer, isAnswerable } from '../../../src/protocol/http/digest.ts';

const challenge = (text: string): Challenge => {
  const [first] = parseChallenges([text]);
  if (!first) throw new Error('no challenge');
  return first;
};

/** The worked examples of RFC 7616 §3.9.1. */
const EXAMPLE =
  'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const MUFASA = {
  method: 'GET',
  target: '/dir/index.html',
  user: 'Mufasa',
  password: 'Circle of Life',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
};

const part = (text: string, name: string) => new RegExp(`(?:^|[ ,])${name}="?([^",]*)`).exec(text)?.[1];

describe('the answer', () => {
  test.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('RFC 7616 §3.9.1, %s', (algorithm, response) => {
    const text = digestAnswer(challenge(`Digest ${EXAMPLE}, algorithm=${algorithm}`), MUFASA);
    expect(text).toBe(
      `Digest username="Mufasa", realm="http-auth@example.org", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ` +
        `uri="/dir/index.html", algorithm=${algorithm}, response="${response}", qop=auth, nc=00000001, ` +
        `cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
    );
  });

  test('RFC 2617 §3.5, where no algorithm is named', () => {
    const asked =
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
    const text = digestAnswer(challenge(asked), { ...MUFASA, password: 'Circle Of Life', cnonce: '0a4f113b' });
    expect(part(text, 'response')).toBe('6629fae49393a05397450978507c4ef1');
    expect(text).not.toContain('algorithm');
  });

  test('without a qop neither count nor cnonce is sent (RFC 2069)', () => {
    const text = digestAnswer(challenge('Digest realm="r", nonce="n"'), MUFASA);
    expect(text).not.toMatch(/qop|nc=|cnonce/);
    expect(part(text, 'response')).toMatch(/^[0-9a-f]{32}$/);
  });

  test('-sess takes both nonces into the secret', () => {
    const plain = digestAnswer(challenge('Digest realm="r", nonce="n", qop="auth", algorithm=MD5'), MUFASA);
    const session = digestAnswer(challenge('Digest realm="r", nonce="n", qop="auth", algorithm=MD5-sess'), MUFASA);
    expect(part(session, 'response')).not.toBe(part(plain, 'response'));
    expect(part(session, 'algorithm')).toBe('MD5-sess');
  });

  test('a name beyond ASCII, or one that is to be hidden', () => {
    const asked = challenge('Digest realm="r", nonce="n", qop="auth"');
    expect(digestAnswer(asked, { ...MUFASA, user: "Jäsøn'" })).toContain("username*=UTF-8''J%C3%A4s%C3%B8n%27,");
    const hidden = digestAnswer(challenge('Digest realm="r", nonce="n", userhash=true, algorithm=SHA-256'), MUFASA);
    expect(part(hidden, 'username')).toMatch(/^[0-9a-f]{64}$/);
    expect(hidden).toContain('userhash=true');
  });
});

test.each<[text: string, is: boolean]>([
  ['Digest realm="r", nonce="n"', true],
  ['digest realm="r", nonce="n", algorithm=sha-256-SESS, qop=auth', true],
  ['Digest realm="r", nonce="n", algorithm=SHA-512-256', false],
  ['Digest realm="r", nonce="n", algorithm=constructor', false],
  ['Digest realm="r", nonce="n", qop="auth-int"', false],
  ['Digest realm="r"', false],
  ['Basic realm="r", nonce="n"', false],
])('answerable: %s', (text, is) => expect(isAnswerable(challenge(text))).toBe(is));
