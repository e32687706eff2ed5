import { describe, expect, test } from 'vitest';
import { causeWithoutHttp } from '../../../src/protocol/handshake/cause-without-http.ts';

const failed = (hop: string, code: string, more: { hint?: string; url?: string; message?: string } = {}) =>
  causeWithoutHttp({ findings: [], url: more.url, failure: { hop, code, message: more.message ?? 'it says', hint: more.hint } });

/** What it means that a hop was not done in time. */
describe('too slow', () => {
  test.each([
    ['dns', 'The name server does not answer.'],
    ['tcp', 'The server did not answer in time: a firewall may drop the packets.'],
    ['unix', 'The server behind the socket takes no more clients.'],
    ['proxy-tls', 'The proxy did not finish TLS in time.'],
    ['proxy', 'The proxy did not open a way to the server in time.'],
    ['tls', 'The server took the connection and did not finish TLS in time.'],
    ['http', 'The server took the request and did not answer in time.'],
    ['http2', 'The server took the request and did not answer in time.'],
  ])('%s', (hop, cause) => {
    expect(failed(hop, 'TIMEOUT')?.cause).toBe(cause);
  });
});

describe('what whoever failed advises goes before what is known in general', () => {
  test('beside a cause', () => {
    expect(failed('tcp', 'ECONNREFUSED', { hint: 'this' })).toEqual({ cause: 'Nothing listens on this port.', remedy: 'this' });
  });

  test('and alone', () => {
    expect(failed('unix', 'ENOENT', { hint: 'this' })).toEqual({ remedy: 'this' });
  });
});

test.each(['unix', 'proxy'])('what codes mean of a host, they do not of hop %s', (hop) => {
  expect(failed(hop, 'ECONNREFUSED')).toBeUndefined();
});

test.each([
  ['CUT', 'the peer ended the connection in the middle of its answer, after 19 bytes'],
  ['ECONNRESET', 'the peer reset the connection in the middle of its answer, after 19 bytes'],
])('an answer that was begun is HTTP: %s, and no word of TLS', (code, message) => {
  const cause = failed('http', code, { message, url: 'ws://h/' });
  expect(cause?.cause).toContain('began an HTTP answer, and it was cut off');
  expect(cause?.remedy).not.toContain('wss');
});

test.each([
  ['http', 'The server reset the connection without an answer'],
  ['tls', 'The server reset the connection in the middle of TLS'],
])('a reset at hop %s is called so', (hop, cause) => {
  expect(failed(hop, 'ECONNRESET', { message: 'the server reset the connection' })?.cause).toContain(cause);
});

test('TLS or not behind a Unix socket: the same URL with the other scheme', () => {
  const tried = { url: 'ws+unix:/run/a:/chat' };
  expect(failed('http', 'EMPTY', tried)?.remedy).toContain('wss+unix:/run/a:/chat');
  expect(failed('http', 'EMPTY', { url: 'wss+unix:/run/a:/chat' })?.cause).toContain('a wrong Host');
});
