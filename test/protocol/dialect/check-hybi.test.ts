import { describe, expect, it } from 'vitest';
import type { CheckOptions } from '../../../src/protocol/dialect/handshake.ts';
import { handshakeOf } from '../../../src/protocol/dialect/handshakes.ts';
import type { DialectName } from '../../../src/protocol/dialect/name.ts';
import { applyHeaderLines } from '../../../src/protocol/handshake/request.ts';
import type { RequestHead, ResponseHead } from '../../../src/protocol/http/head.ts';
import { ACCEPTS, vectorNamed } from './handshake-vectors.ts';

const VECTOR: Readonly<Partial<Record<DialectName, string>>> = {
  'hybi-04': 'hs-04',
  'hybi-05': 'hs-05',
  'hybi-06': 'hs-06',
  'hybi-07': 'hs-07',
  'hybi-08': 'hs-08',
  'hybi-11': 'hs-11',
  rfc6455: 'hs-13',
};
const vectorOf = (name: DialectName) => vectorNamed(VECTOR[name] ?? '');
const withLines = <H extends RequestHead | ResponseHead>({ head, body }: { head: H; body: Uint8Array }, headers: string[]) => ({
  head: { ...head, fields: applyHeaderLines(head.fields, headers) },
  body,
});

function request(name: DialectName, headers: string[], options: CheckOptions = {}, target?: string): string[] {
  const changed = withLines(vectorOf(name).request, headers);
  const opening = target === undefined ? changed : { ...changed, head: { ...changed.head, target } };
  const findings = handshakeOf(name).checkRequest(opening, options);
  return findings.filter(({ level }) => level !== 'pass').map(({ level, id }) => `${level} ${id}`);
}

const answers = (name: DialectName, headers: string[]) =>
  handshakeOf(name).checkAnswer(vectorOf(name).request, withLines(vectorOf(name).answer, headers));
const notMet = (name: DialectName, headers: string[]) =>
  answers(name, headers)
    .filter(({ level }) => level !== 'pass')
    .map(({ level, id }) => `${level} ${id}`);

it.each<DialectName>(['hybi-04', 'hybi-05', 'hybi-06', 'hybi-07', 'hybi-08', 'hybi-11'])(
  '%s: findings cite their draft',
  (name) => {
    const { request: asked, answer } = vectorOf(name);
    const findings = [...handshakeOf(name).checkRequest(asked), ...handshakeOf(name).checkAnswer(asked, answer)];
    expect(new Set(findings.map(({ section }) => section))).toEqual(new Set([`draft ${name}`]));
  },
);

it('today’s findings are those of RFC 6455', () => {
  const { request: asked } = vectorOf('rfc6455');
  expect(
    handshakeOf('rfc6455')
      .checkRequest(asked)
      .every(({ section }) => section.startsWith('RFC 6455 §')),
  ).toBe(true);
});

describe('requests', () => {
  it.each<[what: string, name: DialectName, headers: string[], expected: string[], strict?: string[]]>([
    ['no origin, mandatory', 'hybi-04', ['Sec-WebSocket-Origin:'], ['warn origin'], ['fail origin']],
    ['no origin, mandatory', 'hybi-05', ['Sec-WebSocket-Origin:'], ['warn origin'], ['fail origin']],
    ['no origin', 'hybi-06', ['Sec-WebSocket-Origin:'], []],
    ['the later name of the origin', 'hybi-07', ['Sec-WebSocket-Origin:', 'Origin: http://a'], ['warn origin']],
    ['the earlier name of the origin', 'hybi-11', ['Origin:', 'Sec-WebSocket-Origin: http://a'], ['warn origin']],
    ['both names', 'hybi-08', ['Origin: example.com:80'], []],
    ['two origins', 'hybi-08', ['Sec-WebSocket-Origin: a', 'Sec-WebSocket-Origin: b'], ['fail origin']],
    ['more connection tokens', 'hybi-05', ['Connection: keep-alive, Upgrade'], ['warn connection'], ['fail connection']],
    ['more connection tokens', 'hybi-06', ['Connection: keep-alive, Upgrade'], []],
    ['connection without upgrade', 'hybi-05', ['Connection: close'], ['fail connection']],
    ['another version', 'hybi-07', ['Sec-WebSocket-Version: 9'], ['fail version']],
    ['no key', 'hybi-07', ['Sec-WebSocket-Key:'], ['fail key']],
    ['a key with stray bits', 'hybi-04', ['Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC=='], ['warn key']],
  ])('%s (%s)', (_what, name, headers, expected, strict = expected) => {
    expect(request(name, headers)).toEqual(expected);
    expect(request(name, headers, { strict: true })).toEqual(strict);
  });

  it('an absolute target came with hybi-08', () => {
    const target = 'http://server.example.com/chat';
    expect(request('hybi-07', [], {}, target)).toEqual(['warn target']);
    expect(request('hybi-07', [], { strict: true }, target)).toEqual(['fail target']);
    expect(request('hybi-08', [], {}, target)).toEqual([]);
    expect(request('hybi-07', [], {}, '*')).toEqual(['fail target']);
  });

  it('a request of another version says which was meant', () => {
    const findings = handshakeOf('hybi-05').checkRequest(vectorOf('hybi-07').request);
    expect(findings.find(({ id }) => id === 'version')).toMatchObject({
      level: 'fail',
      requirement: 'Sec-WebSocket-Version is 5',
      actual: '7',
    });
  });
});

describe('answers', () => {
  it.each(ACCEPTS)('$id', ({ id, key, accept }) => {
    const opening = withLines(vectorOf('hybi-07').request, [`Sec-WebSocket-Key: ${key}`]);
    const answer = withLines(vectorOf('hybi-07').answer, [`Sec-WebSocket-Accept: ${accept}`]);
    const found = handshakeOf('hybi-07')
      .checkAnswer(opening, answer)
      .find((finding) => finding.id === 'accept');
    if (!id.includes('stale')) return expect(found?.level).toBe('pass');
    expect(found).toMatchObject({ level: 'fail', expected: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' });
    expect(found?.hint).toContain('hybi-04');
  });

  it.each<[what: string, name: DialectName, headers: string[], expected: string[]]>([
    ['no nonce', 'hybi-04', ['Sec-WebSocket-Nonce:'], ['fail nonce']],
    ['two nonces', 'hybi-04', ['Sec-WebSocket-Nonce: a', 'Sec-WebSocket-Nonce: b'], ['fail nonce']],
    ['a nonce that is no base64', 'hybi-04', ['Sec-WebSocket-Nonce: a b'], ['fail nonce']],
    ['a nonce of another length', 'hybi-04', ['Sec-WebSocket-Nonce: abcd'], ['warn nonce']],
    ['a nonce where none belongs', 'hybi-05', ['Sec-WebSocket-Nonce: H+cNj5elaybfGIQv1esl2w=='], ['fail version']],
    ['a wrong accept value', 'hybi-06', ['Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA='], ['fail accept']],
    ['another subprotocol', 'hybi-06', ['Sec-WebSocket-Protocol: other'], ['fail subprotocol']],
    ['an extension unasked', 'hybi-08', ['Sec-WebSocket-Extensions: deflate-stream'], ['fail extensions']],
    ['an empty extension field', 'rfc6455', ['Sec-WebSocket-Extensions;'], ['warn extensions']],
  ])('%s (%s)', (_what, name, headers, expected) => {
    expect(notMet(name, headers)).toEqual(expected);
  });

  it.each<[asked: DialectName, said: string]>([
    ['rfc6455', 'Ask again in hixie-75 or hixie-76.'],
    ['hybi-08', 'never proved that it read the request'],
  ])('%s, answered in hixie-75: what it means', (asked, said) => {
    const findings = handshakeOf(asked).checkAnswer(vectorOf(asked).request, vectorNamed('hs-75').answer);
    expect(findings.find(({ level }) => level === 'fail')).toMatchObject({ id: 'version', hint: expect.stringContaining(said) });
  });

  it('a refusal is judged by its status line alone', () => {
    const { request: asked, answer } = vectorOf('hybi-04');
    const refused = { ...answer, head: { ...answer.head, status: 400, reason: '', fields: [] } };
    expect(
      handshakeOf('hybi-04')
        .checkAnswer(asked, refused)
        .map(({ id }) => id),
    ).toEqual(['http-version', 'status']);
  });
});
