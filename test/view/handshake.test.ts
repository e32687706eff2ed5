import { describe, expect, it } from 'vitest';
import { likelyCause } from '../../src/protocol/handshake/cause.ts';
import { checkRequest } from '../../src/protocol/handshake/check-request.ts';
import { checkResponse } from '../../src/protocol/handshake/check-response.ts';
import { applyHeaderLines, buildRequest } from '../../src/protocol/handshake/request.ts';
import { answerRequest } from '../../src/protocol/handshake/response.ts';
import { escapeText } from '../../src/view/escape.ts';
import { renderBody, renderCause, renderHandshake } from '../../src/view/handshake.ts';
import { handshakeJson } from '../../src/view/handshake-json.ts';

import { plainStyle } from '../../src/view/style.ts';

const VIEW = { style: plainStyle, safe: (text: string) => escapeText(text) };
const request = buildRequest({
  host: 'example.com',
  target: '/?token=abc',
  key: 'AQIDBAUGBwgJCgsMDQ4PEC==',
  headers: ['Cookie: a=b', 'X-Evil: \x1b[2Jcafé'],
});
const good = answerRequest(request);
const response = {
  ...good,
  fields: applyHeaderLines(good.fields, ['Upgrade: h2c', 'Sec-WebSocket-Accept: C/0nmHhBztSRGR1CwL6Tf4ZjwpY=']),
};
const findings = [...checkRequest(request), ...checkResponse(request, response)];
const report = {
  url: 'ws://example.com/?token=abc',
  request,
  response,
  findings,
  phases: [
    { hop: 'dns', startedAt: 0, endedAt: 12.5, detail: '192.0.2.1' },
    { hop: 'tcp', startedAt: 12.5, endedAt: 14, detail: '192.0.2.1:80' },
    { hop: 'http', startedAt: 14, endedAt: 50, detail: '101 in 129 bytes' },
  ],
  cause: likelyCause({ request, response, findings, url: 'ws://example.com/' }),
} as const;

it('is one picture, readable at 80 columns without colour, secrets left out, the peer escaped', () => {
  const lines = renderHandshake(report, VIEW);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "  DNS        12.5 ms  ██████                    192.0.2.1
      TCP        1.50 ms        █                   192.0.2.1:80
      HTTP       36.0 ms         █████████████████  101 in 129 bytes
      total      50.0 ms

    > GET /?token=*** HTTP/1.1
    > Host: example.com
    > Connection: Upgrade
    > Upgrade: websocket
    > Sec-WebSocket-Version: 13
    > Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC==
    > Cookie: ***
    > X-Evil: \\x1b[2Jcafé
    >

    < HTTP/1.1 101 Switching Protocols
    < Upgrade: h2c
    < Connection: Upgrade
    < Sec-WebSocket-Accept: C/0nmHhBztSRGR1CwL6Tf4ZjwpY=
    <

    Request
      ✓ The method is GET                                              RFC 6455 §4.1
      ✓ The HTTP version is 1.1: HTTP/1.1                              RFC 6455 §4.1
      ✓ The target is a path or an http(s) URL: /?token=***            RFC 6455 §4.1
      ✓ Host is sent exactly once: example.com                         RFC 6455 §4.1
      ✓ Upgrade names websocket                                        RFC 6455 §4.1
      ✓ Connection names Upgrade                                       RFC 6455 §4.1
      ! Sec-WebSocket-Key is 16 bytes in base64, once                  RFC 6455 §4.1
          found     AQIDBAUGBwgJCgsMDQ4PEC==
          Base64 with stray low bits: an encoder writes AQIDBAUGBwgJCgsMDQ4PEA==.
          The text counts, so it works; a few servers refuse it.
      ✓ Sec-WebSocket-Version is 13                                    RFC 6455 §4.1
      ✓ Origin is one origin (browsers must send it)                   RFC 6455 §4.1
      ✓ Subprotocols are tokens, each once: none asked for             RFC 6455 §4.1
      ✓ Extensions follow the grammar: none offered                    RFC 6455 §9.1
    Response
      ✓ The HTTP version is 1.1: HTTP/1.1                            RFC 6455 §4.2.2
      ✓ The status is 101: 101 Switching Protocols                     RFC 6455 §4.1
      ✗ Upgrade is websocket, once                                     RFC 6455 §4.1
          expected  websocket
          found     h2c
      ✓ Connection names Upgrade                                       RFC 6455 §4.1
      ✗ Sec-WebSocket-Accept fits the key                              RFC 6455 §4.1
          expected  OfS0wDaT5NoxF2gqm7Zj2YtetzM=
          found     C/0nmHhBztSRGR1CwL6Tf4ZjwpY=
          The key was decoded and encoded again before hashing, which changed its
          stray low bits: hash the text.
      ✓ The subprotocol is one that was asked for                      RFC 6455 §4.1
      ✓ The extensions are ones that were offered: none in use         RFC 6455 §4.1
    18 requirements: 15 met, 1 odd, 2 not met

    Sec-WebSocket-Accept
      key     AQIDBAUGBwgJCgsMDQ4PEC==
      GUID  + 258EAFA5-E914-47DA-95CA-C5AB0DC85B11
              ↓ SHA-1
      hash    39 f4 b4 c0 36 93 e4 da 31 17 68 2a 9b b6 63 d9 8b 5e b7 33
              ↓ base64
      accept  OfS0wDaT5NoxF2gqm7Zj2YtetzM=
      sent    C/0nmHhBztSRGR1CwL6Tf4ZjwpY=  ✗

    Likely cause: Sec-WebSocket-Accept is wrong. The key was decoded and encoded
    again before hashing, which changed its stray low bits: hash the text."
  `);
});

it('as JSON it is one versioned object, secrets left out', () => {
  const json = handshakeJson({ ...report, body: Buffer.from('no'), bodyCut: false, notes: ['n'] });
  expect(json).toMatchObject({
    format: 'wstap.handshake',
    version: 1,
    ok: false,
    url: 'ws://example.com/?token=***',
    accept: { key: 'AQIDBAUGBwgJCgsMDQ4PEC==', expected: 'OfS0wDaT5NoxF2gqm7Zj2YtetzM=', sent: 'C/0nmHhBztSRGR1CwL6Tf4ZjwpY=' },
    body: { text: 'no', cut: false },
    notes: ['n'],
  });
  expect(json.phases).toContainEqual({ hop: 'tcp', startedAt: 12.5, endedAt: 14, detail: '192.0.2.1:80', ms: 1.5 });
  expect(JSON.stringify(json)).not.toMatch(/abc|a=b/);
});

describe('the start of a body', () => {
  it.each<[string | number[], boolean, string[]]>([
    ['<h1>Hi</h1>\r\n\x1b[31m\n', false, ['  │ <h1>Hi</h1>', '  │ \\x1b[31m']],
    ['a'.repeat(100), true, [`  │ ${'a'.repeat(75)}…`, '  │ … more']],
    [[0x15, 0x03, 0x01, 0x00], false, ['  │ 15 03 01 00']],
    ['', false, []],
  ])('%j', (body, isCut, lines) => {
    expect(renderBody(Buffer.from(body as string), isCut, VIEW)).toEqual(lines);
  });
});

describe('the likely cause, and what to try', () => {
  const cause = {
    cause: 'The certificate was issued by somebody whom this machine does not know.',
    remedy: '--ca FILE with the certificate of CN=Somebody Else, if you trust it; or --insecure to look all the same',
  };

  it('is wrapped at 80 columns, however wide the terminal', () => {
    const lines = [
      'Likely cause: The certificate was issued by somebody whom this machine does not',
      'know.',
      '→ try: --ca FILE with the certificate of CN=Somebody Else, if you trust it; or',
      '       --insecure to look all the same',
    ];
    expect(renderCause(cause, VIEW)).toEqual(lines);
    expect(renderCause(cause, { ...VIEW, width: 200 })).toEqual(lines);
  });

  it('and at fewer, where the terminal is narrow', () => {
    const lines = renderCause(cause, { ...VIEW, width: 50 });
    expect([lines.length, lines.filter((line) => line.length > 50)]).toEqual([5, []]);
  });
});
