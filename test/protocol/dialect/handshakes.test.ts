import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClientParts, OpeningAnswer, OpeningRequest, ServerParts } from '../../../src/protocol/dialect/handshake.ts';
import { handshakeOf } from '../../../src/protocol/dialect/handshakes.ts';
import { DIALECTS, type DialectName } from '../../../src/protocol/dialect/name.ts';
import { chooseDialect, recogniseRequest } from '../../../src/protocol/dialect/recognise.ts';
import type { Finding } from '../../../src/protocol/handshake/finding.ts';
import { encodeHead } from '../../../src/protocol/http/head.ts';
import { answerOf, HANDSHAKES, requestOf, vectorNamed } from './handshake-vectors.ts';
import { seeded } from './seeded.ts';

const NAMES = DIALECTS.map(({ name }) => name);
const CLIENT: ClientParts = { host: 'example.com', target: '/demo', origin: 'http://example.com', random: seeded(7) };
const SERVER: ServerParts = { subprotocols: ['sample', 'chat'], random: seeded(8) };

const wire = ({ head, body }: OpeningRequest | OpeningAnswer) => Buffer.concat([encodeHead(head), body]);
const lines = (opening: OpeningRequest | OpeningAnswer) => wire(opening).toString('latin1').split('\r\n');
const notMet = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level !== 'pass').map(({ level, id }) => `${level} ${id}`);

/** Which dialect each vector is of, and what in it is odd. */
const VECTORS: readonly (readonly [id: string, dialect: DialectName, odd: readonly string[]])[] = [
  ['hs-75', 'hixie-75', []],
  ['hs-75-document001', 'hixie-75', ['warn order', 'warn status-line']],
  ['hs-76', 'hixie-76', []],
  ['hs-03', 'hybi-02', []],
  ['hs-03', 'hybi-03', []],
  ['hs-04', 'hybi-04', []],
  ['hs-04', 'hybi-04-libwebsockets', []],
  ['hs-05', 'hybi-05', []],
  ['hs-06', 'hybi-06', []],
  ['hs-07', 'hybi-07', []],
  ['hs-08', 'hybi-08', []],
  ['hs-11', 'hybi-11', []],
  ['hs-13', 'rfc6455', []],
  ['hs-08-document000', 'hybi-08', ['warn key']],
];

describe.each(NAMES)('a request of %s', (name) => {
  const { buildRequest } = handshakeOf(name);

  it.each<[string, Partial<ClientParts>]>([
    ['host', { host: 'x\r\nEvil: 1' }],
    ['origin', { origin: 'http://a\r\nEvil: 1' }],
    ['origin', { origin: 'http://a\nEvil: 1' }],
    ['origin', { origin: 'http://a\0' }],
  ])('a line break or NUL in the %s is refused: %j', (_, parts) => {
    expect(() => buildRequest({ ...CLIENT, ...parts })).toThrow('may not hold a line break or a NUL character');
  });

  it('a host outside of latin-1 goes out as UTF-8, and breaks no line', () => {
    expect(wire(buildRequest({ ...CLIENT, host: 'x嘍嘊.example' })).toString('utf8')).toContain('Host: x嘍嘊.example\r\n');
  });
});

describe('every vector', () => {
  it('is here', () => {
    expect(new Set(VECTORS.map(([id]) => id))).toEqual(new Set(HANDSHAKES.map(({ id }) => id)));
  });

  it.each(VECTORS)('%s as %s: both halves are checked', (id, dialect, odd) => {
    const { request, answer } = vectorNamed(id);
    const handshake = handshakeOf(dialect);
    expect(request.body).toHaveLength(handshake.requestBodyLength);
    expect(answer.body).toHaveLength(handshake.answerBodyLength(answer.head));
    const options = { secure: false };
    expect([
      ...notMet(handshake.checkRequest(request, options)),
      ...notMet(handshake.checkAnswer(request, answer, options)),
    ]).toEqual(odd);
    const strict = { secure: false, strict: true };
    const byTheLetter = [...handshake.checkRequest(request, strict), ...handshake.checkAnswer(request, answer, strict)];
    expect(notMet(byTheLetter)).toEqual(
      odd.map((finding) => (id.startsWith('hs-75') ? finding.replace('warn', 'fail') : finding)),
    );
  });

  it.each(['hs-75', 'hs-76', 'hs-03', 'hs-04', 'hs-05', 'hs-06', 'hs-07', 'hs-08', 'hs-11', 'hs-13'])(
    '%s is answered byte for byte, but for order and nonce',
    (id) => {
      const { request, answer } = vectorNamed(id);
      const dialect = VECTORS.find(([vector]) => vector === id)?.[1] ?? 'rfc6455';
      const ours = handshakeOf(dialect).answer(request, SERVER);
      const known = (opening: OpeningAnswer) =>
        lines(opening)
          .filter((line) => !line.startsWith('Sec-WebSocket-Nonce'))
          .sort();
      expect(known(ours)).toEqual(known(answer));
      expect(Buffer.from(ours.body).equals(answer.body)).toBe(true);
      if (id === 'hs-75') expect(wire(ours).equals(wire(answer))).toBe(true);
    },
  );

  it('hixie-75 is asked for byte for byte', () => {
    const ours = handshakeOf('hixie-75').buildRequest({ ...CLIENT, subprotocols: ['sample'] });
    expect(wire(ours).equals(wire(vectorNamed('hs-75').request))).toBe(true);
  });

  it.each<[string, DialectName]>([
    ['hs-04', 'hybi-04'],
    ['hs-05', 'hybi-05'],
    ['hs-06', 'hybi-06'],
    ['hs-07', 'hybi-07'],
    ['hs-08', 'hybi-08'],
  ])('%s is asked for byte for byte', (id, dialect) => {
    const parts = {
      host: 'server.example.com',
      target: '/chat',
      origin: 'http://example.com',
      subprotocols: ['chat', 'superchat'],
    };
    const random = () => Buffer.from('the sample nonce');
    expect(wire(handshakeOf(dialect).buildRequest({ ...parts, random })).equals(wire(vectorNamed(id).request))).toBe(true);
  });
});

describe('what we ask is what we answer', () => {
  it.each(NAMES)('%s', (name) => {
    const handshake = handshakeOf(name);
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom('example.com', 'Example.COM:8080', '[::1]:9000', '10.0.0.1:80'),
        fc.constantFrom('/', '/demo?a=b', '/%20'),
        fc.boolean(),
        fc.constantFrom([], ['chat']),
        fc.option(fc.constantFrom('http://a.example', 'null'), { nil: undefined }),
        (seed, host, target, secure, subprotocols, origin) => {
          const random = seeded(seed);
          const request = handshake.buildRequest({ host, target, secure, subprotocols, origin, random });
          const read = requestOf(wire(request));
          expect(read.body).toHaveLength(handshake.requestBodyLength);
          expect(chooseDialect(recogniseRequest(read.head), [name])).toBe(expectedChoice(name, origin));
          const options = { strict: true, secure };
          expect(notMet(handshake.checkRequest(read, options))).toEqual([]);
          const answer = answerOf(wire(handshake.answer(read, { ...SERVER, secure, random })));
          expect(answer.body).toHaveLength(handshake.answerBodyLength(answer.head));
          expect(notMet(handshake.checkAnswer(request, answer, options))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  /** Without an origin nothing tells hybi-11 from hybi-08. */
  const expectedChoice = (name: DialectName, origin: string | undefined) =>
    name === 'hybi-11' && origin === undefined ? undefined : name;

  it.each(NAMES)('%s: every byte of the answer that is changed is seen or harmless', (name) => {
    const handshake = handshakeOf(name);
    const request = handshake.buildRequest({ ...CLIENT, random: seeded(3) });
    const { head, body } = handshake.answer(request, SERVER);
    for (let at = 0; at < body.length; at += 1) {
      const changed = Buffer.from(body);
      changed[at] = (changed[at] ?? 0) ^ 0x20;
      expect(notMet(handshake.checkAnswer(request, { head, body: changed }))).toEqual(['fail proof']);
    }
    const withoutProof = { ...head, fields: head.fields.filter(({ name: field }) => field !== 'Sec-WebSocket-Accept') };
    const failed = handshake.checkAnswer(request, { head: withoutProof, body }).some(({ level }) => level === 'fail');
    expect(failed).toBe(withoutProof.fields.length !== head.fields.length);
  });
});

describe('requests as they go out', () => {
  it('hixie-76: in an order of its own each time, 8 bytes behind', () => {
    const build = (seed: number) => handshakeOf('hixie-76').buildRequest({ ...CLIENT, random: seeded(seed) });
    const orders = new Set(
      Array.from({ length: 20 }, (_, seed) =>
        build(seed + 1)
          .head.fields.map(({ name }) => name)
          .join(),
      ),
    );
    expect(orders.size).toBeGreaterThan(10);
    expect(build(5)).toEqual(build(5));
    expect(build(5).body).toHaveLength(8);
  });

  it('drafts 02 and 03 say draft 2, 76 and 01 say nothing', () => {
    const draftOf = (name: DialectName) => lines(handshakeOf(name).buildRequest(CLIENT)).filter((line) => line.includes('Draft'));
    expect((['hixie-76', 'hybi-01', 'hybi-02', 'hybi-03'] as const).map(draftOf)).toEqual([
      [],
      [],
      ['Sec-WebSocket-Draft: 2'],
      ['Sec-WebSocket-Draft: 2'],
    ]);
  });

  it('host and origin in lower case, the usual port left out, and an origin where the draft insists on one', () => {
    const parts = { host: 'EXAMPLE.com:443', target: '/', secure: true, random: seeded(1) };
    expect(lines(handshakeOf('hixie-75').buildRequest(parts)).slice(3, 5)).toEqual([
      'Host: example.com',
      'Origin: https://example.com',
    ]);
    expect(lines(handshakeOf('hybi-05').buildRequest(parts))).toContain('Sec-WebSocket-Origin: https://EXAMPLE.com:443');
    expect(lines(handshakeOf('hybi-06').buildRequest(parts)).join()).not.toContain('Origin');
  });

  it('the origin and the subprotocols under the names and in the form of the draft', () => {
    const build = (name: DialectName) =>
      lines(handshakeOf(name).buildRequest({ ...CLIENT, subprotocols: ['a', 'b'] }))
        .filter((line) => /origin|protocol/i.test(line))
        .sort();
    expect(build('hybi-01')).toEqual(['Origin: http://example.com', 'Sec-WebSocket-Protocol: a b']);
    expect(build('hybi-08')).toEqual(['Sec-WebSocket-Origin: http://example.com', 'Sec-WebSocket-Protocol: a, b']);
    expect(build('hybi-11')).toEqual(['Origin: http://example.com', 'Sec-WebSocket-Protocol: a, b']);
  });

  it('extensions from hybi-04 on; before, there are none', () => {
    const offers = (name: DialectName) =>
      lines(handshakeOf(name).buildRequest({ ...CLIENT, extensions: 'deflate-frame' })).filter((line) =>
        line.includes('Extensions'),
      );
    expect(offers('hybi-03')).toEqual([]);
    expect(offers('hybi-04')).toEqual(['Sec-WebSocket-Extensions: deflate-frame']);
  });

  it('header lines of the user are laid over', () => {
    const request = handshakeOf('hixie-75').buildRequest({
      ...CLIENT,
      headers: ['Origin: http://b', 'Cookie: a=1', 'Connection:'],
    });
    expect(lines(request)).toEqual([
      'GET /demo HTTP/1.1',
      'Upgrade: WebSocket',
      'Host: example.com',
      'Origin: http://b',
      'Cookie: a=1',
      '',
      '',
    ]);
  });

  it.each<[name: DialectName, parts: Partial<ClientParts>, message: string]>([
    ['hixie-75', { subprotocols: ['a', 'b'] }, 'hixie-75 can ask for one subprotocol only'],
    ['hixie-76', { subprotocols: ['a', 'b'] }, 'hixie-76 can ask for one subprotocol only'],
    ['hybi-02', { subprotocols: ['a b'] }, 'a subprotocol of hybi-02 is made of visible ASCII characters'],
    ['hixie-76', { target: '*' }, 'a hixie-76 request asks for a path that begins with /'],
    ['hixie-76', { target: '/a b' }, 'the request target may not hold blanks or controls'],
    ['hybi-05', { target: '/a\r\nb' }, 'the request target may not hold blanks or controls'],
    ['hybi-05', { headers: ['nonsense'] }, "a header is written 'Name: value'"],
  ])('%s cannot say %j', (name, parts, message) => {
    expect(() => handshakeOf(name).buildRequest({ ...CLIENT, ...parts })).toThrow(message);
  });
});

describe('answers as they go out', () => {
  it('no proof is made of keys that are none', () => {
    const { head } = vectorNamed('hs-76').request;
    expect(() => handshakeOf('hixie-76').answer({ head, body: Buffer.alloc(7) }, SERVER)).toThrow('no proof can be made');
  });

  it('the address says wss behind TLS, and leaves the usual port out', () => {
    const request = handshakeOf('hixie-76').buildRequest({ ...CLIENT, headers: ['Host: A.example:443'] });
    expect(lines(handshakeOf('hixie-76').answer(request, { ...SERVER, secure: true }))).toContain(
      'Sec-WebSocket-Location: wss://a.example/demo',
    );
    expect(lines(handshakeOf('hixie-76').answer(request, SERVER))).toContain('Sec-WebSocket-Location: ws://a.example:443/demo');
  });

  it('hybi-04 has a nonce of 16 bytes, no other has', () => {
    const nonces = NAMES.map((name) => {
      const request = handshakeOf(name).buildRequest({ ...CLIENT, random: seeded(2) });
      return lines(handshakeOf(name).answer(request, { ...SERVER, random: () => Buffer.alloc(16) })).filter((line) =>
        line.includes('Nonce'),
      );
    });
    expect(nonces.flat()).toEqual(Array(2).fill('Sec-WebSocket-Nonce: AAAAAAAAAAAAAAAAAAAAAA=='));
  });

  it('hixie-75 echoes the origin in lower case, hixie-76 as it came', () => {
    const echo = (name: DialectName) => {
      const request = handshakeOf(name).buildRequest({ ...CLIENT, headers: ['Origin: http://A.Example'] });
      return lines(handshakeOf(name).answer(request, SERVER)).filter((line) => line.includes('Origin'));
    };
    expect(echo('hixie-75')).toEqual(['WebSocket-Origin: http://a.example']);
    expect(echo('hixie-76')).toEqual(['Sec-WebSocket-Origin: http://A.Example']);
  });

  it('only a 101 of the MD5 generation has raw bytes behind it', () => {
    const { head } = vectorNamed('hs-76').answer;
    const length = (name: DialectName, changes: Partial<typeof head>) =>
      handshakeOf(name).answerBodyLength({ ...head, ...changes });
    expect(length('hixie-76', {})).toBe(16);
    expect(length('hybi-02', { fields: [] })).toBe(16);
    expect(length('hixie-76', { status: 400 })).toBe(0);
    expect(length('hixie-76', { fields: vectorNamed('hs-75').answer.head.fields })).toBe(0);
    expect(length('hixie-76', { fields: vectorNamed('hs-13').answer.head.fields })).toBe(0);
    expect([length('hixie-75', {}), length('rfc6455', {})]).toEqual([0, 0]);
  });

  it('user lines and extensions are in', () => {
    const request = handshakeOf('hybi-07').buildRequest(CLIENT);
    const answer = handshakeOf('hybi-07').answer(request, { ...SERVER, extensions: 'x', headers: ['Server: tap'] });
    expect(lines(answer).slice(-4)).toEqual(['Sec-WebSocket-Extensions: x', 'Server: tap', '', '']);
  });
});
