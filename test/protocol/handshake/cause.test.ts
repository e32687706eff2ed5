import { describe, expect, it } from 'vitest';
import { likelyCause } from '../../../src/protocol/handshake/cause.ts';
import { checkRequest } from '../../../src/protocol/handshake/check-request.ts';
import { checkResponse } from '../../../src/protocol/handshake/check-response.ts';
import { applyHeaderLines, buildRequest } from '../../../src/protocol/handshake/request.ts';
import { answerRequest } from '../../../src/protocol/handshake/response.ts';
import type { ResponseHead } from '../../../src/protocol/http/head.ts';

const URL = 'ws://example.com/chat';
const plain = buildRequest({ host: 'example.com', target: '/chat', key: 'dGhlIHNhbXBsZSBub25jZQ==' });

function causeOf(status: number, headers: string[] = [], body = '', request = plain, url = URL) {
  const response: ResponseHead = {
    kind: 'response',
    version: 'HTTP/1.1',
    status,
    reason: '',
    fields: applyHeaderLines([], headers),
  };
  const findings = [...checkRequest(request), ...checkResponse(request, response)];
  const cause = likelyCause({ request, response, findings, body: Buffer.from(body), url });
  return `${cause?.cause ?? 'unknown'}${cause?.remedy === undefined ? '' : ` → ${cause.remedy}`}`;
}

describe('an answer with another status', () => {
  it.each<[status: number, headers: string[], body: string, words: string]>([
    [200, ['Content-Type: text/html'], '<!doctype html>', 'There is no WebSocket at this address: it answers with a web page'],
    [200, [], '{}', 'it answers with an ordinary answer'],
    [301, ['Location: https://example.com/ws?a=1'], '', "→ -L follows it; or wstap handshake 'wss://example.com/ws?a=1'"],
    [302, ['Location: /login'], '', '→ -L follows it; or wstap handshake ws://example.com/login'],
    [302, ['Location: wss://u:p@b.example/?token=x'], '', 'The server redirects to wss://***@b.example/?token=***.'],
    [302, [], '', 'without saying where'],
    [302, ['Location: mailto:a'], '', '→ the address that it means'],
    [400, [], '<center>The plain HTTP request was sent to HTTPS port</center>', '→ wstap handshake wss://example.com/chat'],
    [400, [], 'Client sent an HTTP request to an HTTPS server.\n', 'This port expects TLS'],
    [400, ['Sec-WebSocket-Version: 13, 8'], 'missing key', 'found fault with the request'],
    [400, ['Sec-WebSocket-Version: 8, 7'], '', 'The server speaks other versions of the protocol: 8, 7.'],
    [400, ['Via: 1.1 squid'], '', 'An HTTP proxy on the way (Via: 1.1 squid) seems to have dropped Upgrade'],
    [400, [], 'Can "Upgrade" only to "WebSocket".', 'dropped Upgrade and Connection'],
    [400, [], '', 'found fault with the request (400)'],
    [401, ['WWW-Authenticate: Basic realm="x"'], '', 'The server asks for Basic (x) credentials. → --auth USER'],
    [401, ['WWW-Authenticate: Bearer'], '', '→ --bearer TOKEN'],
    [401, [], '', 'does not say how'],
    [403, [], '', "→ -o 'https://the-site-that-uses-it'"],
    [403, ['cf-mitigated: challenge'], '', 'bot check'],
    [404, [], '', 'There is nothing at this path (404).'],
    [405, [], '', 'does not take GET'],
    [407, ['Proxy-Authenticate: Basic realm=x'], '', 'The proxy asks for Basic credentials.'],
    [426, ['Sec-WebSocket-Version: 8'], '', 'The server speaks other versions of the protocol: 8.'],
    [426, ['Sec-WebSocket-Version: 13'], '', 'dropped Upgrade'],
    [429, ['Retry-After: 30'], '', '→ again in 30 s'],
    [500, [], '', 'The server failed while it answered (500)'],
    [502, [], '', 'could not reach the server behind it (502)'],
    [503, [], '', '→ again later'],
    [504, [], '', 'got no answer in time from the server behind it'],
    [505, [], '', '→ --http2, if it speaks WebSocket over HTTP/2'],
    [418, [], '', 'refused the request (418)'],
  ])('%i %j %j', (status, headers, body, words) => {
    expect(causeOf(status, headers, body)).toContain(words);
  });

  it('403 with an Origin', () => {
    const request = buildRequest({ host: 'h', target: '/', key: 'dGhlIHNhbXBsZSBub25jZQ==', origin: 'https://a.example' });
    expect(causeOf(403, [], '', request)).toContain('perhaps because of the Origin https://a.example');
  });

  it('400 for a request that was wrong to begin with', () => {
    const request = buildRequest({ host: 'h', target: '/', key: 'x' });
    expect(causeOf(400, [], '', request)).toBe('The request itself is wrong: Sec-WebSocket-Key is 16 bytes in base64, once.');
  });

  it('secrets of the URL do not come back in a command', () => {
    const shown = causeOf(400, [], 'The plain HTTP request was sent to HTTPS port', plain, 'ws://me:pw@h/?token=hunter2');
    expect(shown).toContain("'wss://***@h/?token=***'");
  });
});

describe('a 101 that is wrong', () => {
  const causeOf101 = (headers: string[]) => {
    const good = answerRequest(plain);
    const response = { ...good, fields: applyHeaderLines(good.fields, headers) };
    return likelyCause({ request: plain, response, findings: checkResponse(plain, response) })?.cause;
  };

  it.each([
    ['Sec-WebSocket-Accept: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Accept is wrong. The server sent the key back'],
    ['Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=', 'a cache answered in its place'],
    ['Sec-WebSocket-Protocol: chat', 'chose a subprotocol that was not asked for: chat.'],
    ['Sec-WebSocket-Extensions: x', 'Not offered: x.'],
    ['Upgrade: h2c', 'upgrade is h2c instead of websocket'],
  ])('%s', (header, words) => {
    expect(causeOf101([header])).toContain(words);
  });

  it('nothing is said where nothing is wrong', () => {
    expect(causeOf101([])).toBeUndefined();
  });
});

describe('who asked over TLS already is not told to', () => {
  const SECURE = 'wss://example.com/chat';
  it.each<[status: number, headers: string[], body: string]>([
    [426, [], ''],
    [400, ['Via: 1.1 squid'], ''],
    [400, [], 'The plain HTTP request was sent to HTTPS port'],
  ])('%i %j %j', (status, headers, body) => {
    expect(causeOf(status, headers, body)).toMatch(/ → .*wss:/);
    expect(causeOf(status, headers, body, plain, SECURE)).not.toContain('wss');
  });

  it('nor where HTTP/2 was chosen and is not spoken', () => {
    const failure = { code: 'NOT_HTTP2', message: '', hop: 'http2' };
    expect(likelyCause({ findings: [], url: SECURE, failure })?.remedy).toBe('--http1.1');
  });
});

describe('no HTTP came', () => {
  it.each([
    ['a TLS alert', '\x15\x03\x01\x00\x02\x02\x46', '→ wstap handshake wss://example.com/chat'],
    [
      'HTTP/2 SETTINGS',
      '\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03',
      'The server speaks HTTP/2 from the first byte and no HTTP/1.1. → --http2, if it speaks WebSocket over HTTP/2 (RFC 8441)',
    ],
    ['HTTP/2 GOAWAY', '\x00\x00\x08\x07\x00\x00\x00\x00\x00', 'HTTP/2'],
    ['SSH', 'SSH-2.0-OpenSSH_9.2p1\r\n', 'an SSH server'],
    ['SMTP', '220 mx.example.com ESMTP Postfix\r\n', 'a mail server (SMTP)'],
    ['Redis', "-ERR unknown command 'GET'\r\n", 'a Redis server'],
    ['a broken head', 'HTTP/1.1 200 OK\nA: b\n\n', 'its head breaks the grammar'],
    ['HTTP/0.9', '<html>hi', 'HTTP/0.9'],
    ['anything', 'hello', 'What answers is not HTTP.'],
  ])('%s', (_what, bytes, words) => {
    const cause = likelyCause({ findings: [], body: Buffer.from(bytes, 'latin1'), url: URL });
    expect(`${cause?.cause} → ${cause?.remedy}`).toContain(words);
  });

  it.each([
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', 'wss://h/', 'this port expects ws. → wstap handshake ws://h/'],
    ['EPROTO', 'tls', 'wss://h/', 'this port expects ws'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', 'wss://h/', 'a CA that is trusted here. → --ca FILE'],
    ['CERT_HAS_EXPIRED', 'tls', 'wss://h/', 'has expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', 'wss://h/', 'another host name'],
    ['ECONNRESET', 'tls', 'wss://h/', 'in the middle of TLS'],
    [
      'ECONNRESET',
      'http',
      'ws://h/',
      'closed the connection without an answer: it may expect TLS on this port. → wstap handshake wss://h/',
    ],
    ['ECONNRESET', 'http', 'wss://h/', 'without an answer; a wrong Host'],
    ['EMPTY', 'http', 'ws://h/', 'without an answer'],
    ['ECONNREFUSED', 'tcp', 'ws://h/', 'Nothing listens on this port.'],
    ['ENOTFOUND', 'dns', 'ws://h/', 'does not exist'],
    ['ETIMEDOUT', 'tcp', 'ws://h/', 'a firewall'],
    ['ETIMEDOUT', 'http', 'ws://h/', 'did not answer in time'],
  ])('%s at %s', (code, hop, url, words) => {
    const message = code === 'EPROTO' ? 'write EPROTO 00:error:0A00010B:SSL routines:ssl3_get_record:wrong version number' : code;
    const cause = likelyCause({ findings: [], url, failure: { code, message, hop } });
    expect(`${cause?.cause} → ${cause?.remedy}`).toContain(words);
  });

  it.each<Partial<Parameters<typeof likelyCause>[0]>>([
    { body: Buffer.from('\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03', 'latin1') },
    { failure: { code: 'EMPTY', message: '', hop: 'http' } },
    { failure: { code: 'TIMEOUT', message: '', hop: 'http' } },
  ])('where ALPN chose h2 and HTTP/1.1 was spoken, that is why: %j', (more) => {
    const cause = likelyCause({ findings: [], request: plain, alpn: 'h2', ...more });
    expect(cause?.cause).toBe('ALPN chose h2 (HTTP/2), and HTTP/1.1 was spoken all the same.');
    expect(likelyCause({ findings: [], request: plain, alpn: 'http/1.1', ...more })?.cause).not.toContain('ALPN');
  });

  it('knows when it knows nothing', () => {
    expect(likelyCause({ findings: [] })).toBeUndefined();
    expect(likelyCause({ findings: [], failure: { code: 'EWHAT', message: 'what', hop: 'dns' } })).toBeUndefined();
  });
});
