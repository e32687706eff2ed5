import { describe, expect, it } from 'vitest';
import { applyHeaderLines } from '../../../src/protocol/handshake/request.ts';
import type { ResponseHead } from '../../../src/protocol/http/head.ts';
import { cutOff, notHttp, type Refusal, refusalOf } from '../../../src/protocol/tunnel/refusal.ts';

const words = ({ code, message, hint }: Refusal) => `${code}: ${message} → ${hint}`;

function refused(line: string, headers: string[] = [], body = '', asked = { authority: 'a.example:80', loggedIn: false }) {
  const [status = '', ...reason] = line.split(' ');
  const fields = applyHeaderLines([], headers);
  const head: ResponseHead = { kind: 'response', version: 'HTTP/1.1', status: Number(status), reason: reason.join(' '), fields };
  return words(refusalOf(head, Buffer.from(body), asked));
}

describe('a refusal', () => {
  it.each<[line: string, headers: string[], body: string, expected: string]>([
    [
      '403 Filtered',
      [],
      '',
      'PROXY_403: it answered 403 Filtered when asked for a tunnel to a.example:80: it does not let you there',
    ],
    ['403', [], '', '→ port 443 (wss), often the only one allowed, or --no-proxy'],
    ['502 Bad Gateway', [], '', ': it could not reach the server →'],
    ['503 Service Unavailable', [], '', ': it could not reach the server →'],
    ['504 Gateway Timeout', [], '', ': the server did not answer it in time →'],
    ['405 Method Not Allowed', [], '', 'it makes no tunnels (CONNECT); it may be a web server and no proxy'],
    ['302 Found', ['Location: http://login.example/'], '', 'it sends us elsewhere, to log in perhaps'],
    ['418 Teapot', [], '', ': it makes no tunnel →'],
    ['429 Slow down', [], '', 'too many requests'],
    ['101 Switching Protocols', [], '', 'that is no answer to CONNECT'],
    [
      '407 X',
      ['Proxy-Authenticate: Basic realm="a, Digest b"'],
      '',
      'it wants a user name and a password (Basic) → --proxy-auth USER, or --proxy http://USER',
    ],
    [
      '407 X',
      ['Proxy-Authenticate: Negotiate', 'Proxy-Authenticate: NTLM'],
      '',
      'it wants a login by Negotiate or NTLM, and only Basic is spoken here',
    ],
    ['407 X', ['Proxy-Authenticate: Digest realm="x", nonce="y", Basic realm="z"'], '', '(Basic)'],
    ['407 X', [], '', 'does not say of which kind'],
    ['401 X', ['WWW-Authenticate: Basic realm=x'], '', 'it wants a user name and a password (Basic)'],
  ])('%s %j', (line, headers, body, expected) => expect(refused(line, headers, body)).toContain(expected));

  it('a login that was given and is wrong', () => {
    const asked = { authority: 'a.example:443', loggedIn: true };
    expect(refused('407 No', ['Proxy-Authenticate: Basic realm=x'], '', asked)).toContain(
      'it does not take this user name and password',
    );
    expect(refused('401 No', [], '', asked)).toContain('it does not take this user name and password');
    expect(refused('403 No', [], '', asked)).toContain('→ ask whoever runs the proxy to allow it');
  });

  it.each([
    ['plain text\r\nof two lines\n', '; it says: “plain text of two lines” →'],
    [
      '<html><head><title>t</title><style>b{}</style></head><body><h1>No</h1>\n<p>Not <b>you</b></p></body></html>',
      '; it says: “No Not you” →',
    ],
    ['', 'could not reach the server →'],
    [' \n', 'could not reach the server →'],
    [
      `${'long '.repeat(100)}`,
      '“long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long…”',
    ],
    // What a terminal would obey is for the view to escape.
    ['a\u001b[2Jb', 'a\u001b[2Jb'],
  ])('its body %j', (body, expected) => expect(refused('502 Bad', [], body)).toContain(expected));

  it('a hostile body takes no time', () => {
    const started = performance.now();
    for (const piece of ['<', '<!--', '<style', '<style>', '<script>x', ' ']) refused('502 Bad', [], piece.repeat(100_000));
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('what is no HTTP', () => {
  it.each<[bytes: Uint8Array, expected: string]>([
    [Buffer.from([0x15, 3, 1, 0, 2]), 'it answers in TLS: it is an HTTPS proxy → write https:// before its address'],
    [Buffer.from([5, 0xff]), 'it answers in SOCKS, not HTTP → write socks5h://'],
    [Buffer.from([0, 0x5b, 0, 0]), 'it answers in SOCKS, not HTTP'],
    [Buffer.from('SSH-2.0-OpenSSH_9\r\n'), 'it does not answer in HTTP: “SSH-2.0-OpenSSH_9 ”'],
    [Buffer.from('HTTP/1.1 2\n'), 'its answer breaks the grammar of HTTP: PROBLEM'],
  ])('%j', (bytes, expected) => expect(words(notHttp('PROBLEM', bytes))).toContain(expected));
});

it('an end without an answer, or in its middle', () => {
  expect(words(cutOff(0, false))).toContain('without an answer → https:// before its address, if it expects TLS, or socks5h://');
  expect(words(cutOff(0, true))).toContain("→ check the proxy's address");
  expect(words(cutOff(12, false))).toContain('it ended the connection after 12 bytes that are no whole answer');
  expect(words(cutOff(0, false, 'reset'))).toContain('it reset the connection without an answer');
});
