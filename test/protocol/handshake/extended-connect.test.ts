import { describe, expect, test } from 'vitest';
import {
  answerOverHttp2,
  authorityOf,
  buildExtendedConnect,
  extendedRequest,
  extendedResponse,
  isConnectionSpecific,
  isOpening,
} from '../../../src/protocol/handshake/extended-connect.ts';
import { answerRequest, refuse } from '../../../src/protocol/handshake/response.ts';
import { encodeHead, type Field } from '../../../src/protocol/http/head.ts';
import { LocalProtocolError } from '../../../src/protocol/rule.ts';

const shown = (fields: readonly Field[]) => fields.map(({ name, value }) => `${name}: ${value}`);
const PARTS = { host: 'server.example.com', target: '/chat', secure: true };

describe('the extended CONNECT', () => {
  test('that of RFC 8441 §5.1', () => {
    const head = buildExtendedConnect({
      ...PARTS,
      subprotocols: ['chat', 'superchat'],
      extensions: 'permessage-deflate',
      origin: 'http://www.example.com',
    });
    expect({ ...head, fields: shown(head.fields) }).toEqual({
      kind: 'request',
      method: 'CONNECT',
      target: '/chat',
      version: 'HTTP/2',
      fields: [
        ':method: CONNECT',
        ':protocol: websocket',
        ':scheme: https',
        ':path: /chat',
        ':authority: server.example.com',
        'origin: http://www.example.com',
        'sec-websocket-version: 13',
        'sec-websocket-extensions: permessage-deflate',
        'sec-websocket-protocol: chat, superchat',
      ],
    });
  });

  test('ws is http', () => {
    expect(shown(buildExtendedConnect({ ...PARTS, secure: false }).fields)).toContain(':scheme: http');
  });

  test.each<[what: string, lines: string[], has: string[], hasNot: RegExp]>([
    ['names in lower case', ['X-Trace: A'], ['x-trace: A'], /X-/],
    ['Host is :authority', ['Host: other.example'], [':authority: other.example'], /^host/],
    ['without Host there is none', ['Host:'], [], /authority|host/],
    ['a default taken out', ['Sec-WebSocket-Version:'], [], /version/],
    ['a key that somebody wants to send', ['Sec-WebSocket-Key: x'], ['sec-websocket-key: x'], /: none/],
    ['what HTTP/2 has not, taken out', ['Connection:', 'Upgrade:'], [], /^(connection|upgrade)/],
    ['one name twice', ['X: 1', 'X: 2'], ['x: 1', 'x: 2'], /X/],
    ['the one TE there is', ['TE: trailers'], [], /upgrade/],
  ])('%s', (_, headers, has, hasNot) => {
    const fields = shown(buildExtendedConnect({ ...PARTS, headers }).fields);
    expect(fields).toEqual(expect.arrayContaining(has));
    expect(fields.filter((field) => hasNot.test(field))).toEqual([]);
  });

  test.each(['Connection: keep-alive', 'Upgrade: websocket', 'Keep-Alive: 5', 'Transfer-Encoding: chunked', 'TE: gzip'])(
    '%s: not over HTTP/2, and it says why',
    (line) => {
      expect(() => buildExtendedConnect({ ...PARTS, headers: [line] })).toThrow(LocalProtocolError);
      expect(() => buildExtendedConnect({ ...PARTS, headers: [line] })).toThrow(/HTTP\/2 has no .* header \(RFC 9113 §8\.2\.2\)/);
    },
  );
});

describe('an answer of HTTP/1.1, over HTTP/2', () => {
  const request = extendedRequest([{ name: 'sec-websocket-protocol', value: 'a, b' }]);

  test('101 is 200, without what belongs to a connection', () => {
    const parts = { subprotocols: ['b'], extensions: 'permessage-deflate', headers: ['X-A: 1', 'X-A: 2', 'Content-Length: 0'] };
    const answer = answerOverHttp2(answerRequest(request, parts));
    expect([answer.version, answer.status, answer.reason]).toEqual(['HTTP/2', 200, '']);
    expect(shown(answer.fields)).toEqual([
      ':status: 200',
      'sec-websocket-protocol: b',
      'sec-websocket-extensions: permessage-deflate',
      'x-a: 1',
      'x-a: 2',
    ]);
  });

  test('a refusal keeps its status and its length', () => {
    expect(shown(answerOverHttp2(refuse(426, undefined, [], 'no\n').head).fields)).toEqual([
      ':status: 426',
      'sec-websocket-version: 13',
      'content-type: text/plain; charset=utf-8',
      'content-length: 3',
    ]);
  });
});

test.each([
  ['HTTP/1.1', 101, true],
  ['HTTP/1.1', 200, false],
  ['HTTP/2', 200, true],
  ['HTTP/2', 204, true],
  ['HTTP/2', 101, false],
  ['HTTP/2', 403, false],
])('%s %i opens: %s', (version, status, opens) => {
  expect(isOpening({ kind: 'response', version, status, reason: '', fields: [] })).toBe(opens);
});

test('heads from field lines', () => {
  const fields = [
    { name: ':method', value: 'GET' },
    { name: ':path', value: '/x?y' },
  ];
  expect(extendedRequest(fields)).toEqual({ kind: 'request', method: 'GET', target: '/x?y', version: 'HTTP/2', fields });
  const answer = extendedResponse([{ name: ':status', value: '503' }]);
  expect(Buffer.from(encodeHead(answer)).toString()).toBe('HTTP/2 503 \r\n:status: 503\r\n\r\n');
});

test.each<[fields: [string, string][], authority: string | undefined]>([
  [[[':authority', 'a:1']], 'a:1'],
  [[['host', 'b']], 'b'],
  [
    [
      ['host', 'b'],
      [':authority', 'a'],
    ],
    'a',
  ],
  [[], undefined],
])('%j: %s is asked', (fields, authority) => {
  expect(authorityOf({ fields: fields.map(([name, value]) => ({ name, value })) })).toBe(authority);
});

test.each([
  ['Connection', 'x', true],
  ['upgrade', 'x', true],
  ['te', 'Trailers', false],
  ['TE', 'gzip', true],
  ['content-length', '1', false],
])('%s: %s is about a connection: %s', (name, value, is) => {
  expect(isConnectionSpecific({ name, value })).toBe(is);
});
