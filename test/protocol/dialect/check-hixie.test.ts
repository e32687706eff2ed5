import { describe, expect, it } from 'vitest';
import type { CheckOptions, OpeningAnswer, OpeningRequest } from '../../../src/protocol/dialect/handshake.ts';
import { handshakeOf } from '../../../src/protocol/dialect/handshakes.ts';
import type { DialectName } from '../../../src/protocol/dialect/name.ts';
import { applyHeaderLines } from '../../../src/protocol/handshake/request.ts';
import type { RequestHead, ResponseHead } from '../../../src/protocol/http/head.ts';
import { keysNamed, requestOf, vectorNamed } from './handshake-vectors.ts';

const SIX = vectorNamed('hs-76');
const FIVE = vectorNamed('hs-75');

const asked = ({ head, body }: OpeningRequest, headers: string[], changes: Partial<RequestHead> = {}): OpeningRequest => ({
  head: { ...head, fields: applyHeaderLines(head.fields, headers), ...changes },
  body,
});
const answered = ({ head, body }: OpeningAnswer, headers: string[], changes: Partial<ResponseHead> = {}): OpeningAnswer => ({
  head: { ...head, fields: applyHeaderLines(head.fields, headers), ...changes },
  body,
});

function request(name: DialectName, opening: OpeningRequest, options: CheckOptions = {}): string[] {
  const findings = handshakeOf(name).checkRequest(opening, options);
  return findings.filter(({ level }) => level !== 'pass').map(({ level, id }) => `${level} ${id}`);
}

function answer(
  name: DialectName,
  opening: OpeningAnswer,
  options: CheckOptions = {},
  to = name === 'hixie-75' ? FIVE : SIX,
): string[] {
  const findings = handshakeOf(name).checkAnswer(to.request, opening, options);
  return findings.filter(({ level }) => level !== 'pass').map(({ level, id }) => `${level} ${id}`);
}

it('requirements are findings in a stable order, each with its side and draft', () => {
  const findings = handshakeOf('hixie-76').checkRequest(SIX.request);
  expect(findings.map(({ id }) => id)).toEqual(
    'method http-version target host upgrade connection origin subprotocol draft key1 key2 key3'.split(' '),
  );
  expect(new Set(findings.map(({ side, section }) => `${side}, ${section}`))).toEqual(new Set(['client, draft hixie-76']));
  const answers = handshakeOf('hixie-75').checkAnswer(FIVE.request, FIVE.answer);
  expect(answers.map(({ id }) => id)).toEqual('status status-line upgrade connection origin location subprotocol'.split(' '));
});

describe('requests', () => {
  /** `odd`: a lapse, which fails by the letter. */
  it.each<
    [what: string, name: DialectName, headers: string[], changes: Partial<RequestHead>, expected: string[], strict?: string[]]
  >([
    ['another method', 'hixie-76', [], { method: 'POST' }, ['fail method']],
    ['an older HTTP', 'hixie-75', [], { version: 'HTTP/1.0' }, ['fail http-version']],
    ['an absolute target', 'hixie-76', [], { target: 'http://example.com/demo' }, ['warn target'], ['fail target']],
    ['a fragment', 'hixie-76', [], { target: '/a#b' }, ['fail target']],
    ['an asterisk', 'hixie-76', [], { target: '*' }, ['fail target']],
    ['no host', 'hixie-76', ['Host:'], {}, ['fail host']],
    ['a host in capitals', 'hixie-75', ['Host: Example.com'], {}, ['warn host'], ['fail host']],
    ['upgrade in lower case to 76, which takes any', 'hixie-76', ['Upgrade: websocket'], {}, [], []],
    ['upgrade in lower case to 75', 'hixie-75', ['Upgrade: websocket'], {}, ['warn upgrade'], ['fail upgrade']],
    ['another upgrade', 'hixie-76', ['Upgrade: h2c'], {}, ['fail upgrade']],
    ['more connection tokens', 'hixie-76', ['Connection: keep-alive, Upgrade'], {}, ['warn connection'], ['fail connection']],
    ['connection without upgrade', 'hixie-76', ['Connection: close'], {}, ['fail connection']],
    ['no origin', 'hixie-76', ['Origin:'], {}, ['warn origin'], ['fail origin']],
    ['no origin, whose place in the order is then nobody’s', 'hixie-75', ['Origin:'], {}, ['warn origin'], ['fail origin']],
    ['two origins', 'hixie-76', ['Origin: a', 'Origin: b'], {}, ['fail origin']],
    ['two subprotocols in one', 'hixie-76', ['Sec-WebSocket-Protocol: a, b'], {}, ['warn subprotocol'], ['warn subprotocol']],
    ['the subprotocol twice', 'hixie-75', ['WebSocket-Protocol: a', 'WebSocket-Protocol: b'], {}, ['fail subprotocol']],
    [
      'the name of 76 in 75',
      'hixie-75',
      ['WebSocket-Protocol:', 'Sec-WebSocket-Protocol: a'],
      {},
      ['warn subprotocol'],
      ['warn subprotocol'],
    ],
    ['a draft number', 'hixie-76', ['Sec-WebSocket-Draft: 0'], {}, [], []],
    ['another draft', 'hixie-76', ['Sec-WebSocket-Draft: 2'], {}, ['warn draft'], ['fail draft']],
    ['no draft number', 'hybi-03', [], {}, ['warn draft'], ['fail draft']],
    ['a number that no draft had', 'hybi-03', ['Sec-WebSocket-Draft: 3'], {}, ['warn draft'], ['warn draft']],
    ['Content-Length: 8', 'hixie-76', ['Content-Length: 8'], {}, ['warn key3'], ['warn key3']],
    ['Content-Length: 0', 'hixie-76', ['Content-Length: 0'], {}, ['fail key3']],
    ['key 2 missing', 'hixie-76', ['Sec-WebSocket-Key2:'], {}, ['fail key2']],
    ['key 1 twice', 'hixie-76', ['Sec-WebSocket-Key1: 1 !', 'Sec-WebSocket-Key1: 1 !'], {}, ['fail key1']],
    ['a key without garbage', 'hixie-76', ['Sec-WebSocket-Key1: 4 2'], {}, ['warn key1'], ['warn key1']],
    ['a key with 13 spaces', 'hixie-76', [`Sec-WebSocket-Key1: 2!${' '.repeat(13)}6`], {}, ['warn key1'], ['warn key1']],
  ])('%s (%s)', (_what, name, headers, changes, expected, strict = expected) => {
    const base = name === 'hixie-75' ? FIVE : SIX;
    const opening = asked(base.request, headers, changes);
    expect(request(name, opening)).toEqual(expected);
    expect(request(name, opening, { strict: true })).toEqual(strict);
  });

  it('several faults are all reported', () => {
    const opening = asked(SIX.request, ['Upgrade: h2c', 'Host:', 'Sec-WebSocket-Key1: 7', 'Sec-WebSocket-Key2: 7  '], {
      method: 'PUT',
    });
    expect(request('hixie-76', { ...opening, body: Buffer.alloc(3) })).toEqual(
      ['method', 'host', 'upgrade', 'key1', 'key2', 'key3'].map((id) => `fail ${id}`),
    );
  });

  it.each([
    ['76-nospace', 'fail key1', 'probes other protocols'],
    ['76-too-big', 'fail key1', 'above 32 bits'],
    ['76-A-collapsed', 'fail key1', 'Key1 has 4 spaces, but 4146546015 is not divisible by 4: this is not a valid hixie-76 key.'],
    ['76-B-collapsed', 'fail key1', 'Key1 has 7 spaces'],
  ])('%s is refused', (id, failed, said) => {
    const { key1, key2 } = keysNamed(id);
    const opening = asked(SIX.request, [`Sec-WebSocket-Key1: ${key1}`, `Sec-WebSocket-Key2: ${key2}`]);
    expect(request('hixie-76', opening)).toContain(failed);
    expect(
      handshakeOf('hixie-76')
        .checkRequest(opening)
        .find(({ id: finding }) => finding === 'key1')?.hint,
    ).toContain(said);
  });

  it('the arithmetic is in what was found', () => {
    const found = handshakeOf('hixie-76').checkRequest(SIX.request);
    expect(found.slice(-3).map(({ actual }) => actual)).toEqual([
      '4146546015 / 5 = 829309203',
      '1299853100 / 5 = 259970620',
      '5e6e3a64 735b3455  ^n:ds[4U',
    ]);
  });

  it('a key that begins or ends with a space is seen in the raw bytes, and counted', () => {
    const fields = 'Upgrade: WebSocket\r\nConnection: Upgrade\r\nHost: a\r\nOrigin: http://a\r\n';
    const wire = `GET / HTTP/1.1\r\n${fields}Sec-WebSocket-Key1:  4!\r\nsec-websocket-key2:4 !2\r\n\r\n12345678`;
    const opening = requestOf(Buffer.from(wire));
    const [key1, key2] = handshakeOf('hixie-76').checkRequest(opening).slice(-3);
    expect(key1).toMatchObject({
      level: 'warn',
      actual: '4 / 1 = 4',
      hint: 'It begins or ends with a space: a right client never sends that.',
    });
    expect(key2).toMatchObject({ level: 'pass', actual: '42 / 1 = 42' });
    // Trimmed, as most libraries have it, nothing is left to divide by.
    expect(request('hixie-76', { head: opening.head, body: opening.body })).toEqual(['fail key1']);
  });

  it('text that lost its 8 bytes is not whole, the wire is wrong', () => {
    const opening = { head: SIX.request.head, body: Buffer.alloc(0) };
    expect(request('hixie-76', opening)).toEqual(['fail key3']);
    expect(request('hixie-76', opening, { pasted: true })).toEqual(['warn key3']);
  });
});

describe('answers', () => {
  it.each<
    [what: string, name: DialectName, headers: string[], changes: Partial<ResponseHead>, expected: string[], strict?: string[]]
  >([
    ['another reason', 'hixie-76', [], { reason: 'Switching Protocols' }, [], []],
    ['another reason in 75', 'hixie-75', [], { reason: 'Switching Protocols' }, ['warn status-line'], ['fail status-line']],
    ['a refusal', 'hixie-76', [], { status: 403, reason: 'Forbidden' }, ['fail status']],
    ['upgrade in lower case', 'hixie-76', ['Upgrade: websocket'], {}, ['warn upgrade'], ['fail upgrade']],
    ['no upgrade', 'hixie-76', ['Upgrade:'], {}, ['fail upgrade']],
    ['connection in lower case', 'hixie-76', ['Connection: upgrade'], {}, [], []],
    ['more connection tokens', 'hixie-76', ['Connection: Upgrade, close'], {}, ['warn connection'], ['fail connection']],
    ['another origin', 'hixie-76', ['Sec-WebSocket-Origin: http://b'], {}, ['warn origin'], ['fail origin']],
    ['no origin', 'hixie-76', ['Sec-WebSocket-Origin:'], {}, ['warn origin'], ['fail origin']],
    ['no address', 'hixie-76', ['Sec-WebSocket-Location:'], {}, ['warn location'], ['fail location']],
    ['two addresses', 'hixie-76', ['Sec-WebSocket-Location: a', 'Sec-WebSocket-Location: b'], {}, ['fail location']],
    [
      'neither',
      'hixie-76',
      ['Sec-WebSocket-Location:', 'Sec-WebSocket-Origin:'],
      {},
      ['warn origin', 'warn location'],
      ['fail origin', 'fail location'],
    ],
    ['no subprotocol', 'hixie-76', ['Sec-WebSocket-Protocol:'], {}, ['warn subprotocol'], ['fail subprotocol']],
    ['another subprotocol', 'hixie-76', ['Sec-WebSocket-Protocol: other'], {}, ['fail subprotocol']],
    [
      'the fields of 75 to 76',
      'hixie-76',
      ['Sec-WebSocket-Location:', 'Sec-WebSocket-Origin:', 'WebSocket-Location: a'],
      {},
      ['fail version'],
    ],
    [
      'the fields of 76 to 75',
      'hixie-75',
      ['WebSocket-Location:', 'WebSocket-Origin:', 'Sec-WebSocket-Location: a'],
      {},
      ['fail version'],
    ],
    ['an accept value to 76', 'hixie-76', ['Sec-WebSocket-Accept: a'], {}, ['fail version']],
  ])('%s (%s)', (_what, name, headers, changes, expected, strict = expected) => {
    const opening = answered((name === 'hixie-75' ? FIVE : SIX).answer, headers, changes);
    expect(answer(name, opening)).toEqual(expected);
    expect(answer(name, opening, { strict: true })).toEqual(strict);
  });

  it.each([
    ['ws://example.com:80/demo', 'The port differs'],
    ['wss://example.com/demo', 'behind a TLS proxy'],
    ['ws://example.org/demo', 'another name'],
    ['ws://example.com/other', 'The path or the query differs'],
    ['example.com/demo', 'not a ws: or wss: URL'],
  ])('the address %s: both are shown, and what differs', (location, said) => {
    const findings = handshakeOf('hixie-76').checkAnswer(
      SIX.request,
      answered(SIX.answer, [`Sec-WebSocket-Location: ${location}`]),
      {
        secure: false,
        strict: true,
      },
    );
    const found = findings.find(({ id }) => id === 'location');
    expect(found).toMatchObject({ expected: 'ws://example.com/demo', actual: location });
    expect(found?.hint).toContain(said);
  });

  it('secrets in the address are not repeated', () => {
    const opening = asked(SIX.request, [], { target: '/?token=hunter2' });
    for (const location of ['ws://example.com/?token=hunter2', 'ws://other/?token=hunter3']) {
      const answer = answered(SIX.answer, [`Sec-WebSocket-Location: ${location}`]);
      const findings = [
        ...handshakeOf('hixie-76').checkRequest(opening),
        ...handshakeOf('hixie-76').checkAnswer(opening, answer),
      ];
      expect(JSON.stringify(findings)).not.toContain('hunter');
    }
  });

  it('the right proof is shown beside a wrong one, and the mistake named', () => {
    const swapped = handshakeOf('hixie-76').answer(
      asked(SIX.request, ['Sec-WebSocket-Key1: 12998 5 Y3 1  .P00', 'Sec-WebSocket-Key2: 4 @1  46546xW%0l 1 5']),
      { random: () => Buffer.alloc(0) },
    );
    const found = handshakeOf('hixie-76').checkAnswer(SIX.request, { head: SIX.answer.head, body: swapped.body }).at(-1);
    expect(found).toMatchObject({
      level: 'fail',
      id: 'proof',
      expected: "386a4b53 27793a47 2a436f2c 5778612d  8jKS'y:G*Co,Wxa-",
      hint: 'The two keys were swapped.',
    });
  });

  it('short, missing and unverifiable proofs', () => {
    const { head } = SIX.answer;
    expect(answer('hixie-76', { head, body: Buffer.alloc(15) })).toEqual(['fail proof']);
    expect(answer('hixie-76', { head, body: Buffer.alloc(0) })).toEqual(['fail proof']);
    expect(answer('hixie-76', { head, body: Buffer.alloc(0) }, { pasted: true })).toEqual(['warn proof']);
    const alone = handshakeOf('hixie-76').checkAnswer(undefined, SIX.answer);
    expect(alone.filter(({ level }) => level !== 'pass').map(({ id }) => id)).toEqual([
      'origin',
      'location',
      'subprotocol',
      'proof',
    ]);
  });

  it('no leniency about keys that are none, whatever the answer', () => {
    const keys = keysNamed('76-A-collapsed');
    const collapsed = asked(SIX.request, [`Sec-WebSocket-Key1: ${keys.key1}`, `Sec-WebSocket-Key2: ${keys.key2}`]);
    const check = (body: Uint8Array, options: CheckOptions = {}) =>
      handshakeOf('hixie-76').checkAnswer(collapsed, { head: SIX.answer.head, body }, options).at(-1);
    expect(check(Buffer.from(keys.floorAnswer ?? '', 'hex'))).toMatchObject({
      level: 'fail',
      hint: expect.stringContaining('rounded'),
    });
    expect(check(SIX.answer.body)).toMatchObject({ level: 'fail' });
    expect(check(SIX.answer.body, { pasted: true })).toMatchObject({
      level: 'warn',
      hint: expect.stringContaining('both keys had 5 spaces, one more than here'),
    });
  });
});

it('what is let pass is shown beside what was expected: both origins, both addresses', () => {
  const lines = ['Sec-WebSocket-Origin: http://other', 'Sec-WebSocket-Location: wss://example.com/demo'];
  const findings = handshakeOf('hixie-76').checkAnswer(SIX.request, answered(SIX.answer, lines), { secure: false });
  expect(findings.filter(({ level }) => level === 'warn')).toMatchObject([
    { id: 'origin', expected: 'http://example.com', actual: 'http://other' },
    { id: 'location', expected: 'ws://example.com/demo', actual: 'wss://example.com/demo' },
  ]);
});
