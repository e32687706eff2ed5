import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRequest } from '../../../src/protocol/handshake/check-request.ts';
import { checkResponse } from '../../../src/protocol/handshake/check-response.ts';
import { type PastedHandshake, readPasted } from '../../../src/protocol/handshake/paste.ts';
import { fieldValues } from '../../../src/protocol/http/head.ts';

const KEY = 'x3JJHMbDL1EzLkh9GBhXDw==';
const REQUEST = `GET /chat HTTP/1.1
Host: server.example.com
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Key: ${KEY}
Sec-WebSocket-Protocol: chat, superchat
Sec-WebSocket-Version: 13
Origin: http://example.com`;
const RESPONSE = `HTTP/1.1 101 Switching Protocols
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=
Sec-WebSocket-Protocol: chat`;
const BOTH = `${REQUEST}\n\n${RESPONSE}\n\n`;

const WHOLE = [
  { request: expect.objectContaining({ kind: 'request' }), response: expect.objectContaining({ kind: 'response' }) },
];
const prefixed = (text: string, prefix: string) => text.replace(/^/gm, prefix);

function judge({ request, response }: PastedHandshake): string[] {
  const findings = [
    ...(request ? checkRequest(request, { pasted: true }) : []),
    ...(response ? checkResponse(request, response) : []),
  ];
  return findings.filter((finding) => finding.level !== 'pass').map((finding) => `${finding.level} ${finding.id}`);
}

/** What was read, judged; the heads must be those of `BOTH`, field for field. */
function expectBoth(text: string) {
  const found = readPasted(text);
  expect(found).toMatchObject(WHOLE);
  const [original] = readPasted(BOTH);
  expect(found[0]?.request).toEqual(original?.request);
  expect(found[0]?.response).toEqual(original?.response);
  expect(found.flatMap(judge)).toEqual([]);
}

describe('heads that are written out', () => {
  it.each<[what: string, text: string]>([
    ['LF', BOTH],
    ['CR LF', BOTH.replaceAll('\n', '\r\n')],
    ['CR alone', BOTH.replaceAll('\n', '\r')],
    ['a byte order mark', `\ufeff${BOTH}`],
    ['no blank line between them', `${REQUEST}\n${RESPONSE}`],
    [
      'fences and prose',
      `Hello,\n\nmy request:\n\`\`\`http\n${REQUEST}\n\`\`\`\nand the answer:\n\`\`\`\n${RESPONSE}\n\`\`\`\nWhat is wrong? It says: no.`,
    ],
    ['captions', `Request:\n${REQUEST}\nServer:\n${RESPONSE}\nClient:\nhello`],
    ['indented', prefixed(BOTH, '    ')],
    ['quoted in mail', prefixed(BOTH, '> ')],
    ['quoted twice', prefixed(BOTH, '>> ')],
    ['a table column', prefixed(BOTH, '| ')],
    ['a blank line after each line', `${REQUEST.replaceAll('\n', '\n\n')}\n\n\n${RESPONSE.replaceAll('\n', '\n\n')}`],
    [
      'line ends spelled out',
      `    ${REQUEST.replaceAll('\n', '\\r\\n\n    ')}\\r\\n\n    \\r\\n\n${RESPONSE.replaceAll('\n', '\\r\\n\n')}\\r\\n`,
    ],
    ['all on one line', BOTH.replaceAll('\n', ' ')],
    ['one line each', `${REQUEST.replaceAll('\n', ' ')}\n${RESPONSE.replaceAll('\n', ' ')}`],
    [
      'one line in prose',
      `As follows:[9] Client request: ${REQUEST.replaceAll('\n', ' ')} Server response: ${RESPONSE.replaceAll('\n', ' ')} Note that each line ends: \\r\\n.`,
    ],
    ['a wrapped field', BOTH.replace('chat, superchat', 'chat,\n  superchat')],
    ['wrapped without indentation', BOTH.replace('chat, superchat', 'chat,\nsuperchat')],
    ['a key on its own line', BOTH.replace('Key: ', 'Key:\n')],
    ['the answer first', `${RESPONSE}\n\n${REQUEST}\n`],
  ])('%s', (_what, text) => {
    expectBoth(text);
  });

  it('curl -v, prompt and remarks included', () => {
    expectBoth(`$ curl -v --http1.1 -H 'Upgrade: websocket' http://server.example.com/chat
* Host server.example.com:80 was resolved.
*   Trying 192.0.2.1:80...
* Connected to server.example.com (192.0.2.1) port 80
${prefixed(REQUEST, '> ')}
> 
* Request completely sent off
${prefixed(RESPONSE, '< ')}
< 
{ [2 bytes data]
`);
  });

  it('wstap handshake: what it prints can be read again', () => {
    expectBoth(
      `  DNS  1.2 ms\n\n${prefixed(REQUEST, '> ')}\n>\n\n${prefixed(RESPONSE, '< ')}\n<\n\nRequest\n  ✓ The method is GET   RFC 6455 §4.1\n`,
    );
  });

  it('several handshakes, in order', () => {
    const refused = 'HTTP/1.1 404 Not Found\nContent-Length: 0';
    const found = readPasted(
      `${REQUEST}\n\n${refused}\n\n${BOTH}\n${REQUEST.replace('/chat', '/two')}\n\n${REQUEST.replace('/chat', '/three')}`,
    );
    expect(found.map(({ request, response }) => [request?.target, response?.status])).toEqual([
      ['/chat', 404],
      ['/chat', 101],
      ['/two', undefined],
      ['/three', undefined],
    ]);
  });

  it('a response alone', () => {
    const [found] = readPasted(RESPONSE);
    expect(found?.request).toBeUndefined();
    expect(found && judge(found)).toEqual(['warn accept', 'warn subprotocol']);
    expect(readPasted('< HTTP/1.1 403 Forbidden')).toMatchObject([
      { response: { status: 403, reason: 'Forbidden', fields: [] } },
    ]);
  });

  it.each([
    '',
    'hello',
    'We use HTTP/1.1 here.',
    'The server answers HTTP/1.1 101 and switches.',
    'Send GET /chat HTTP/1.1 to the server.',
    '{"a": 1}',
    '[1, null]',
    '{',
  ])('nothing in %j', (text) => {
    expect(readPasted(text)).toEqual([]);
  });
});

describe('handshakes of real documents', () => {
  it('version 8, each head on one line, among slides and code', () => {
    const found = readPasted(`socket.close();
GET /demo HTTP/1.1 Host: example.com Upgrade: websocket Connection: Upgrade Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC== Sec-WebSocket-Origin: http://example.com Sec-WebSocket-Version: 8
HTTP/1.1 101 Switching Protocols Upgrade: WebSocket Connection: Upgrade Sec-WebSocket-Accept: OfS0wDaT5NoxF2gqm7Zj2YtetzM=
$key='AQIDBAUGBwgJCgsMDQ4PEC==';$magic='258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
| 0 | 2 | 2 | 3 |`);
    expect(found).toMatchObject(WHOLE);
    expect(found.flatMap(judge)).toEqual(['warn key']);
  });

  it('a page that printed no blank lines, with the whole URL in the request line', () => {
    const found = readPasted(`GET ws://echo.websocket.org/?encoding=text HTTP/1.1
Origin: http://websocket.org
Cookie: __utma=99as
Connection: Upgrade
Host: echo.websocket.org
Sec-WebSocket-Key: uRovscZjNol/umbTt5uKmw==
Upgrade: websocket
Sec-WebSocket-Version: 13
HTTP/1.1 101 WebSocket Protocol Handshake
Date: Fri, 10 Feb 2012 17:38:18 GMT
Connection: Upgrade
Server: Kaazing Gateway
Upgrade: WebSocket
Sec-WebSocket-Accept: rLHCkw/SKsO9GAH/ZSFhBATDKrU=
Access-Control-Allow-Headers: content-type
*WebSocket protocol handshake via websocket.org.`);
    expect(found.flatMap(judge)).toEqual(['warn target']);
    expect(found[0]?.response?.fields).toHaveLength(6);
  });

  it('one whose host was cut out', () => {
    const found =
      readPasted(`field:\n\nGET ws:// HTTP/1.1\nCookie: __utma=99as\nConnection: Upgrade\nSec-WebSocket-Key: uRovscZjNol/umbTt5uKmw==
Upgrade: websocket\nSec-WebSocket-Version: 13\n\nIf the server agrees:\n\nHTTP/1.1 101 WebSocket Protocol Handshake\nConnection: Upgrade\nUpgrade: WebSocket
Sec-WebSocket-Accept: rLHCkw/SKsO9GAH/ZSFhBATDKrU=\nAt this point the HTTP connection breaks down: it is replaced.`);
    expect(found.flatMap(judge)).toEqual(['warn target', 'warn host']);
  });

  it('one line, an Origin that lost its value, prose before and behind', () => {
    const found = readPasted(
      `WebSocket protocol handshake[edit] as shown in the following example:[9]:section 1.2 Client request: GET /chat HTTP/1.1 Host: server.example.com Upgrade: websocket Connection: Upgrade Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw== Sec-WebSocket-Protocol: chat, superchat Sec-WebSocket-Version: 13 Origin: Server response: HTTP/1.1 101 Switching Protocols Upgrade: websocket Connection: Upgrade Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk= Sec-WebSocket-Protocol: chat Note that each line ends with an EOL (end of line) sequence, \\r\\n.`,
    );
    expect(found.flatMap(judge)).toEqual(['warn origin']);
    expect(found[0]?.response && fieldValues(found[0].response, 'Sec-WebSocket-Protocol')).toEqual(['chat']);
  });

  it('hixie-76 and hixie-75 are named; their bodies are not taken for fields', () => {
    const found = readPasted(`From the browser:
GET /demo HTTP/1.1
Host: example.com
Connection: Upgrade
Sec-WebSocket-Key2: 12998 5 Y3 1 .P00
Upgrade: WebSocket
Sec-WebSocket-Key1: 4 @1 46546xW%0l 1 5
Origin: http://example.com
^n:ds[4U
The server would send back:
HTTP/1.1 101 WebSocket Protocol Handshake
Upgrade: WebSocket
Connection: Upgrade
Sec-WebSocket-Origin: http://example.com
Sec-WebSocket-Location: ws://example.com/demo
8jKS'y:G*Co,Wxa-
Client:
GET /demo HTTP/1.1
Host: example.com
Connection: Upgrade
Upgrade: WebSocket
Server:
HTTP/1.1 101 WebSocket Protocol Handshake
Upgrade: WebSocket
Connection: Upgrade
WebSocket-Location: ws://example.com/demo`);
    expect(found.map(judge)).toEqual([
      ['fail version', 'fail version'],
      ['fail version', 'fail version'],
    ]);
    expect(found.map(({ request }) => request?.fields.length)).toEqual([6, 3]);
  });
});

describe('what browsers copy', () => {
  const HEADERS = [
    'Upgrade: websocket',
    'Origin: https://a.example',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${KEY}`,
    'Sec-WebSocket-Version: 13',
  ];

  it.each<[what: string, text: string]>([
    [
      'cURL (bash)',
      `curl 'wss://b.example/ws?x=1' \\\n${HEADERS.map((line) => `  -H '${line}'`).join(' \\\n')} \\\n  --compressed`,
    ],
    [
      'cURL (bash) with $ quoting',
      `$ curl $'wss://b.example/ws?x=\\u0031' -H $'Upgrade: websocket' ${HEADERS.slice(1)
        .map((line) => `-H '${line}'`)
        .join(' ')}\n$ ls`,
    ],
    ['cURL (cmd), double quotes', `curl "wss://b.example/ws?x=1" ^\r\n${HEADERS.map((line) => `  -H "${line}"`).join(' ^\r\n')}`],
    [
      'cURL (cmd), carets',
      `curl --url ^"wss://b.example/ws?x=1^" ^\r\n${HEADERS.map((line) => `  -H ^"${line}^"`).join(' ^\r\n')} &\r\n`,
    ],
    [
      'fetch',
      `fetch("wss://b.example/ws?x=1", {\n  "headers": ${JSON.stringify(Object.fromEntries(HEADERS.map((line) => line.split(': '))))},\n  "body": null,\n  "method": "GET"\n});`,
    ],
    [
      'headers with pseudo fields',
      [':authority: b.example', ':method: GET', ':path: /ws?x=1', ':scheme: https', ...HEADERS].join('\n'),
    ],
    [
      'name and value on alternate lines',
      [
        'Request URL',
        'wss://b.example/ws?x=1',
        'Request Method',
        'GET',
        ...HEADERS.flatMap((line) => line.toLowerCase().replace(KEY.toLowerCase(), KEY).split(': ')),
      ].join('\n'),
    ],
  ])('as %s', (_what, text) => {
    const found = readPasted(text);
    expect(found).toMatchObject([{ request: { method: 'GET', target: '/ws?x=1' } }]);
    expect(found.flatMap(judge)).toEqual([]);
    expect(found[0]?.request && fieldValues(found[0].request, 'Host')).toEqual(['b.example']);
    expect(found[0]?.notes.length).toBeGreaterThan(0);
  });

  it('request headers without their request line: what is assumed is said', () => {
    const [found] = readPasted(`Request Headers\n\n${HEADERS.join('\n')}`);
    expect(found).toMatchObject({
      request: { target: '/' },
      notes: ['The request line was not in the text; GET / HTTP/1.1 was assumed.'],
    });
  });

  it('the whole panel, response first', () => {
    const panel = `General
Request URL: wss://b.example/ws
Request Method: GET
Status Code: 101 Switching Protocols
Response Headers
connection: Upgrade
sec-websocket-accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=
upgrade: websocket
Request Headers
${HEADERS.join('\n')}`;
    const found = readPasted(panel);
    expect(found).toMatchObject([{ request: { target: '/ws' }, response: { status: 101, reason: 'Switching Protocols' } }]);
    expect(found.flatMap(judge)).toEqual([]);
  });

  it('HAR: the WebSocket entries among the others', () => {
    const list = (lines: string[]) => lines.map((line) => ({ name: line.split(': ')[0], value: line.split(': ')[1] }));
    const page = {
      request: { method: 'GET', url: 'https://b.example/', httpVersion: 'h2', headers: [] },
      response: { status: 200, headers: [] },
    };
    const socket = {
      request: {
        method: 'GET',
        url: 'wss://b.example/ws',
        httpVersion: 'http/1.1',
        headers: list(['Host: b.example', ...HEADERS]),
      },
      response: {
        status: 101,
        statusText: 'Switching Protocols',
        httpVersion: 'HTTP/1.1',
        headers: list(RESPONSE.split('\n').slice(1, 4)),
      },
    };
    for (const text of [
      JSON.stringify({ log: { entries: [page, socket] } }),
      JSON.stringify(socket),
      JSON.stringify([socket], undefined, 2),
    ]) {
      expect(readPasted(text)).toMatchObject([{ request: { target: '/ws', version: 'HTTP/1.1' }, response: { status: 101 } }]);
      expect(readPasted(text).flatMap(judge)).toEqual([]);
    }
  });
});

it('no text makes it throw', () => {
  const piece = fc.constantFrom(
    'GET / HTTP/1.1',
    'HTTP/1.1 101',
    ' ',
    '\n',
    'Host:',
    'Sec-WebSocket-Key: a',
    'curl ',
    "'",
    '"',
    '^',
    'fetch("a"',
    '{',
    ':',
    '> ',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), (pieces) => {
      readPasted(pieces.join(''));
    }),
  );
});

it.each(['GET / ', 'GET ', 'A-', 'a: ', "curl -H '", 'HTTP/1.1 ', '> ', '"', 'fetch("', '\\', "$'", ' a:', 'Host: '])(
  'takes linear time on many %j',
  (piece) => {
    const started = performance.now();
    readPasted(piece.repeat(20_000));
    readPasted(`curl ${piece.repeat(20_000)}`);
    readPasted(`GET / HTTP/1.1\n${piece.repeat(20_000)}`);
    expect(performance.now() - started).toBeLessThan(2000);
  },
);
