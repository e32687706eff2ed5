import { expect, test } from 'vitest';
import { likelyCause } from '../../../src/protocol/handshake/cause.ts';
import { checkConnectProtocol, checkExtendedResponse } from '../../../src/protocol/handshake/check-extended-connect.ts';
import { buildExtendedConnect, extendedResponse } from '../../../src/protocol/handshake/extended-connect.ts';

const request = buildExtendedConnect({ host: 'a.example', target: '/', secure: true });
const answered = (status: string, name = 'x', value = 'y') => {
  const response = extendedResponse([
    { name: ':status', value: status },
    { name, value },
  ]);
  return { request, response, findings: checkExtendedResponse(request, response) };
};
const failed = (hop: string, code: string) => ({ request, findings: [], failure: { hop, code, message: '' } });

test.each<[what: string, facts: Parameters<typeof likelyCause>[0], says: RegExp]>([
  ['no parameter', { findings: [checkConnectProtocol(false)] }, /HTTP\/2 does not do WebSocket/],
  ['HTTP/1.1 answers', failed('http2', 'NOT_HTTP2'), /speaks no HTTP\/2 without being asked by TLS/],
  ['the connection ends', failed('http2', 'EMPTY'), /speaks no HTTP\/2/],
  ['silence', failed('http2', 'TIMEOUT'), /no SETTINGS in time/],
  ['a reset', failed('http', 'RST_STREAM'), /reset the stream instead of answering/],
  ['an end', failed('http', 'EMPTY'), /ended the HTTP\/2 connection instead of answering/],
  ['400', answered('400'), /does not take an extended CONNECT/],
  ['501', answered('501'), /does not take an extended CONNECT/],
  ['404, as over HTTP/1.1', answered('404'), /nothing at this path/],
  ['401, as over HTTP/1.1', answered('401', 'www-authenticate', 'Basic realm="x"'), /asks for Basic .*credentials/],
  ['a wrong 200', answered('200', 'sec-websocket-protocol', 'x'), /subprotocol unasked/],
])('%s', (_, facts, says) => {
  expect(likelyCause(facts)?.cause).toMatch(says);
});

test('a good answer has none', () => {
  expect(likelyCause(answered('200'))).toBeUndefined();
});
