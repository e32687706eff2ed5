import { describe, expect, it } from 'vitest';
import { checkResponse } from '../../../src/protocol/handshake/check-response.ts';
import { applyHeaderLines, buildRequest } from '../../../src/protocol/handshake/request.ts';
import { answerRequest } from '../../../src/protocol/handshake/response.ts';
import type { ResponseHead } from '../../../src/protocol/http/head.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const PARTS = { host: 'h', target: '/', key: KEY };
const plain = buildRequest(PARTS);
const offering = buildRequest({
  ...PARTS,
  subprotocols: ['chat', 'soap'],
  extensions: 'permessage-deflate; client_max_window_bits, x',
});

const answer = (headers: string[], changes: Partial<ResponseHead> = {}): ResponseHead => {
  const response = answerRequest(plain);
  return { ...response, fields: applyHeaderLines(response.fields, headers), ...changes };
};
const levels = (request: typeof plain | undefined, response: ResponseHead) =>
  checkResponse(request, response)
    .filter((finding) => finding.level !== 'pass')
    .map((finding) => `${finding.level} ${finding.id}`);

it('every requirement is a finding, in a stable order', () => {
  const findings = checkResponse(plain, answer([]));
  expect(findings.map((finding) => finding.id)).toEqual(
    'http-version status upgrade connection accept subprotocol extensions'.split(' '),
  );
  expect(findings.every((finding) => finding.level === 'pass' && finding.side === 'server')).toBe(true);
});

it.each<[what: string, headers: string[], changes: Partial<ResponseHead>, expected: string[]]>([
  ['any case of websocket', ['Upgrade: WebSocket', 'Connection: keep-alive, upgrade'], {}, []],
  ['any reason', [], { reason: 'WebSocket Protocol Handshake' }, []],
  ['HTTP/1.0', [], { version: 'HTTP/1.0' }, ['fail http-version']],
  ['another status: the rest does not apply', ['Upgrade:'], { status: 200 }, ['fail status']],
  ['no Upgrade', ['Upgrade:'], {}, ['fail upgrade']],
  ['Upgrade twice', ['Upgrade: websocket', 'Upgrade: websocket'], {}, ['fail upgrade']],
  ['Upgrade with more', ['Upgrade: websocket, h2c'], {}, ['fail upgrade']],
  ['no Connection', ['Connection: close'], {}, ['fail connection']],
  ['no Accept', ['Sec-WebSocket-Accept:'], {}, ['fail accept']],
  ['Accept twice', ['Sec-WebSocket-Accept: a', 'Sec-WebSocket-Accept: a'], {}, ['fail accept']],
  ['another Accept', ['Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk='], {}, ['fail accept']],
  ['Accept in another case', ['Sec-WebSocket-Accept: S3PPLMBITXAQ9KYGZZHZRBK+XOO='], {}, ['fail accept']],
  ['a subprotocol unasked', ['Sec-WebSocket-Protocol: chat'], {}, ['fail subprotocol']],
  ['an empty subprotocol', ['Sec-WebSocket-Protocol;'], {}, ['fail subprotocol']],
  ['an extension unasked', ['Sec-WebSocket-Extensions: permessage-deflate'], {}, ['fail extensions']],
  ['an extension with a hole', ['Sec-WebSocket-Extensions: a;'], {}, ['fail extensions']],
  ['an empty list of extensions', ['Sec-WebSocket-Extensions;'], {}, ['warn extensions']],
  ['a body', ['Content-Length: 0'], {}, ['warn body']],
  [
    'everything at once',
    ['Upgrade: h2c', 'Connection: close', 'Sec-WebSocket-Accept: x', 'Sec-WebSocket-Protocol: y'],
    {},
    ['fail upgrade', 'fail connection', 'fail accept', 'fail subprotocol'],
  ],
])('%s', (_what, headers, changes, expected) => {
  expect(levels(plain, answer(headers, changes))).toEqual(expected);
});

describe('what was offered', () => {
  it.each([
    ['a subprotocol that was asked for', 'Sec-WebSocket-Protocol: soap', []],
    ['two subprotocols', 'Sec-WebSocket-Protocol: chat, soap', ['fail subprotocol']],
    ['another subprotocol', 'Sec-WebSocket-Protocol: xmpp', ['fail subprotocol']],
    ['another case', 'Sec-WebSocket-Protocol: Chat', ['fail subprotocol']],
    ['none of them: it opens, but browsers fail', 'X: y', ['warn subprotocol']],
  ])('%s', (_what, header, expected) => {
    expect(levels(offering, answer([header]))).toEqual(expected);
  });

  it.each([
    ['permessage-deflate', []],
    ['permessage-deflate, x', []],
    ['permessage-deflate, permessage-deflate', ['fail extensions']],
    ['x-webkit-deflate-frame', ['fail extensions']],
  ])('extensions: %s', (value, expected) => {
    expect(levels(offering, answer(['Sec-WebSocket-Protocol: chat', `Sec-WebSocket-Extensions: ${value}`]))).toEqual(expected);
  });

  it('parameters are left to whoever knows the extension', () => {
    const asked: string[] = [];
    const response = answer(['Sec-WebSocket-Extensions: permessage-deflate; y=1', 'Sec-WebSocket-Extensions: x']);
    const findings = checkResponse(offering, response, (offer, got) => {
      asked.push(offer, got);
      return 'y was not offered';
    });
    expect(asked).toEqual(['permessage-deflate; client_max_window_bits, x', 'permessage-deflate; y=1, x']);
    expect(findings.at(-1)).toMatchObject({ id: 'extensions', level: 'fail', hint: 'y was not offered' });
  });
});

it('a wrong Accept shows the right one and names the mistake', () => {
  const found = checkResponse(plain, answer([`Sec-WebSocket-Accept: ${KEY}`])).find((finding) => finding.id === 'accept');
  expect(found).toMatchObject({ expected: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', actual: KEY });
  expect(found?.hint).toMatch(/^The server sent the key back/);
});

describe('without the request', () => {
  it('what hangs on it is said to be unverified', () => {
    expect(levels(undefined, answer(['Sec-WebSocket-Protocol: chat', 'Sec-WebSocket-Extensions: x']))).toEqual([
      'warn accept',
      'warn subprotocol',
      'warn extensions',
    ]);
    expect(levels(undefined, answer(['Sec-WebSocket-Accept: x']))).toEqual(['fail accept']);
  });
});

describe('older answers are named', () => {
  it.each([
    ['Sec-WebSocket-Location: ws://h/', 'hixie-76'],
    ['WebSocket-Location: ws://h/', 'hixie-75'],
  ])('%s', (header, name) => {
    const findings = checkResponse(plain, answer(['Sec-WebSocket-Accept:', header]));
    expect(findings.filter((finding) => finding.level === 'fail')).toMatchObject([{ id: 'version', actual: name }]);
    expect(findings.at(-1)?.hint).toContain('never proved that it read the key');
  });
});

describe('a nonce of hybi-04 in an answer to version 13', () => {
  const NONCE = 'Sec-WebSocket-Nonce: H+cNj5elaybfGIQv1esl2w==';

  it('is odd where the key was hashed, and the handshake is right', () => {
    expect(levels(plain, answer([NONCE]))).toEqual(['warn nonce']);
  });

  it('names the draft where it was not, or nothing proves that', () => {
    expect(levels(plain, answer([NONCE, `Sec-WebSocket-Accept: ${'A'.repeat(27)}=`]))).toEqual(['fail version']);
    expect(levels(undefined, answer([NONCE]))).toEqual(['fail version']);
  });
});
