import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { answering, echoServer, rawServer, upgrading } from '../peer.ts';
import { run, start } from '../program.ts';

const folder = mkdtempSync(join(tmpdir(), 'handshake-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Times, ports, keys and what is derived from them, made equal. */
const steady = (text: string) =>
  text
    .replace(/\d+(\.\d+)? (ms|s)\b/g, 'N ms')
    .replace(/(127\.0\.0\.1|localhost):\d+/g, '$1:PORT')
    .replace(/[A-Za-z0-9+/]{22}==/g, 'KEY==')
    .replace(/[A-Za-z0-9+/]{27}=/g, 'ACCEPT=')
    .replace(/\b[0-9a-f]{40}\b/g, 'SHA1')
    .replace(/\b([0-9a-f]{2} ){19}[0-9a-f]{2}\b/g, 'SHA1')
    .replace(/ +█+ +/g, ' ███ ')
    .replace(/[ ]+$/gm, '');

describe('live', () => {
  test('all is well: 0, and everything is shown', async () => {
    const { url } = await echoServer();
    const { status, stdout, stderr } = await run(['handshake', url]);
    expect([status, stderr]).toEqual([0, '']);
    expect(steady(stdout)).toMatchInlineSnapshot(`
      "  TCP        N ms ███ 127.0.0.1:PORT
        HTTP       N ms ███ 101
        total      N ms

      > GET / HTTP/1.1
      > Host: 127.0.0.1:PORT
      > Connection: Upgrade
      > Upgrade: websocket
      > Sec-WebSocket-Version: 13
      > Sec-WebSocket-Key: KEY==
      >

      < HTTP/1.1 101 Switching Protocols
      < Upgrade: websocket
      < Connection: Upgrade
      < Sec-WebSocket-Accept: ACCEPT=
      <

      Request
        ✓ The method is GET                                              RFC 6455 §4.1
        ✓ The HTTP version is 1.1: HTTP/1.1                              RFC 6455 §4.1
        ✓ The target is a path or an http(s) URL: /                      RFC 6455 §4.1
        ✓ Host is sent exactly once: 127.0.0.1:PORT                     RFC 6455 §4.1
        ✓ Upgrade names websocket                                        RFC 6455 §4.1
        ✓ Connection names Upgrade                                       RFC 6455 §4.1
        ✓ Sec-WebSocket-Key is 16 bytes in base64, once                  RFC 6455 §4.1
        ✓ Sec-WebSocket-Version is 13                                    RFC 6455 §4.1
        ✓ Origin is one origin (browsers must send it)                   RFC 6455 §4.1
        ✓ Subprotocols are tokens, each once: none asked for             RFC 6455 §4.1
        ✓ Extensions follow the grammar: none offered                    RFC 6455 §9.1
      Response
        ✓ The HTTP version is 1.1: HTTP/1.1                            RFC 6455 §4.2.2
        ✓ The status is 101: 101 Switching Protocols                     RFC 6455 §4.1
        ✓ Upgrade is websocket, once: websocket                          RFC 6455 §4.1
        ✓ Connection names Upgrade                                       RFC 6455 §4.1
        ✓ Sec-WebSocket-Accept fits the key                              RFC 6455 §4.1
        ✓ The subprotocol is one that was asked for                      RFC 6455 §4.1
        ✓ The extensions are ones that were offered: none in use         RFC 6455 §4.1
      18 requirements: 18 met

      Sec-WebSocket-Accept
        key     KEY==
        GUID  + 258EAFA5-E914-47DA-95CA-C5AB0DC85B11
                ↓ SHA-1
        hash    SHA1
                ↓ base64
        accept  ACCEPT=  ✓ the server sent this
      "
    `);
  });

  test('it closes at once with 1000', async () => {
    let sent = Buffer.alloc(0);
    const { url, sockets } = await upgrading((socket) =>
      socket.on('data', (chunk: Buffer) => {
        sent = Buffer.concat([sent, chunk]);
        socket.end(Buffer.from('880203e8', 'hex'));
      }),
    );
    expect((await run(['handshake', url])).status).toBe(0);
    expect([sent.length, sent[0], sockets.length]).toEqual([8, 0x88, 1]);
  });

  test('refused: 6, with the likely cause', async () => {
    const { url } = await answering('HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nnope');
    const { status, stdout, stderr } = await run(['handshake', url]);
    expect([status, stderr]).toEqual([6, '']);
    for (const shown of ['< HTTP/1.1 404 Not Found', 'nope', '✗ The status is 101', 'Likely cause: '])
      expect(stdout).toContain(shown);
  });

  test('json: one object', async () => {
    const { url } = await echoServer();
    const good = await run(['handshake', '--format=json', url]);
    expect(good.status).toBe(0);
    const report = JSON.parse(good.stdout);
    expect(report).toMatchObject({ format: 'wstap.handshake', version: 1, ok: true, response: { status: 101 } });
    expect(good.stdout.split('\n')).toHaveLength(2);
    const { url: other } = await answering('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    const bad = await run(['handshake', '--format=json', other]);
    expect([bad.status, JSON.parse(bad.stdout).ok]).toEqual([6, false]);
  });

  test.each<[string, () => Promise<{ url: string }>, string[], number, RegExp]>([
    ['nobody listens', async () => ({ url: 'ws://127.0.0.1:1/' }), [], 4, /could not connect/],
    ['silence', () => rawServer(() => undefined), ['--timeout', '100ms'], 124, /timed out/],
    ['another protocol', () => answering('SSH-2.0-OpenSSH_9.2\r\n'), [], 6, /SSH/],
    ['an end without a word', () => answering(''), [], 6, /without a word/],
  ])('%s', async (_, peer, argv, status, said) => {
    const { url } = await peer();
    const outcome = await run(['handshake', ...argv, url]);
    expect(outcome.status).toBe(status);
    expect(outcome.stdout).toMatch(said);
    expect(outcome.stderr).toBe('');
    // The reason, its cause, what to try: in this order, behind how far it came.
    const order = [said, /Likely cause: |$/, /→ try: |$/].map((part) => outcome.stdout.search(part));
    expect(order).toEqual(order.toSorted((one, other) => one - other));
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s: %i', async (signal, status) => {
    const { url } = await rawServer((socket) => socket.once('data', () => env.signal(signal)));
    const { env, outcome } = start(['handshake', url]);
    expect((await outcome).status).toBe(status);
    expect(env.listens).toBe(false);
  });

  test('requests of any kind can be tried', async () => {
    let asked = '';
    const { url } = await upgrading((socket, request) => {
      asked = request;
      socket.end();
    });
    await run(['handshake', '-H', 'X-Test: 1', '-s', 'chat', '--compress', url]);
    expect(asked).toMatch(/X-Test: 1[\s\S]*|permessage-deflate/);
    expect(asked).toContain('Sec-WebSocket-Protocol: chat');
  });
});

const RFC = `GET /chat HTTP/1.1
Host: server.example.com
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==
Sec-WebSocket-Protocol: chat, superchat
Sec-WebSocket-Version: 13
Origin: http://example.com

HTTP/1.1 101 Switching Protocols
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=
Sec-WebSocket-Protocol: chat
`;

/** As they stand on slides, in notes and in an encyclopaedia. */
const WRITTEN_DOWN: [what: string, text: string, status: number, shown: string][] = [
  ['both heads', RFC, 0, '✓ Sec-WebSocket-Accept fits the key'],
  [
    'version 8, each head on one line',
    [
      'The opening handshake:',
      'GET /demo HTTP/1.1 Host: example.com Upgrade: websocket Connection: Upgrade Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC== Sec-WebSocket-Origin: http://example.com Sec-WebSocket-Version: 8',
      'HTTP/1.1 101 Switching Protocols Upgrade: WebSocket Connection: Upgrade Sec-WebSocket-Accept: OfS0wDaT5NoxF2gqm7Zj2YtetzM=',
      "$key='AQIDBAUGBwgJCgsMDQ4PEC=='; $accept=base64_encode(sha1($key.$magic,true));",
    ].join('\n'),
    0,
    '✓ Sec-WebSocket-Version is 8',
  ],
  [
    'a URL that lost its host, and prose between the heads',
    `GET ws:// HTTP/1.1
Cookie: __utma=99as
Connection: Upgrade
Sec-WebSocket-Key: uRovscZjNol/umbTt5uKmw==
Upgrade: websocket
Sec-WebSocket-Version: 13

A server that understands answers:

HTTP/1.1 101 WebSocket Protocol Handshake
Date: Fri, 10 Feb 2012 17:38:18 GMT
Connection: Upgrade
Server: Kaazing Gateway
Upgrade: WebSocket
Access-Control-Allow-Credentials: true
Sec-WebSocket-Accept: rLHCkw/SKsO9GAH/ZSFhBATDKrU=
Access-Control-Allow-Headers: content-type
From here on it is no HTTP any more.
`,
    0,
    '! The target is a path or an http(s) URL',
  ],
  [
    'everything in one paragraph, with an Origin that was stripped',
    `As in section 1.2: Client request: ${RFC.replace('http://example.com\n', '').replace(/\n+/g, ' ').replace('HTTP/1.1 101', 'Server response: HTTP/1.1 101')} Each line ends with \\r\\n.`,
    0,
    '✓ Sec-WebSocket-Accept fits the key',
  ],
  [
    'hixie-76, whose keys lost a space each on a web page',
    `From the browser:
GET /demo HTTP/1.1
Host: example.com
Connection: Upgrade
Sec-WebSocket-Key2: 12998 5 Y3 1 .P00
Sec-WebSocket-Protocol: sample
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
Sec-WebSocket-Protocol: sample
8jKS'y:G*Co,Wxa-
`,
    1,
    'The answer shown is right if both keys had 5 spaces, one more than here.',
  ],
];

describe('pasted', () => {
  test.each(WRITTEN_DOWN)('%s', async (_, text, status, shown) => {
    const fromPipe = await run(['handshake', '-'], text);
    expect(fromPipe).toMatchObject({ status, stderr: '' });
    expect(fromPipe.stdout).toContain(shown);
    const file = join(folder, 'pasted.txt');
    writeFileSync(file, text);
    expect(await run(['handshake', file])).toEqual(fromPipe);
  });

  test('what is said of an early version: its name, and the arithmetic of its keys', async () => {
    const [, text = ''] = WRITTEN_DOWN.at(-1) ?? [];
    const { stdout } = await run(['handshake', '-'], text);
    expect(stdout).toContain('This handshake is of hixie-76 (= hybi-00).\n');
    expect(stdout).toContain('  key 1   4146546015 / 4 spaces = 1036636503, remainder 3\n');
    expect(stdout).toContain('  key 1   4146546015 / 5 spaces = 829309203\n');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('a capture of hixie-76 with its raw bytes, line ends among them', async () => {
    const keys = 'Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\nSec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\n';
    const request = `GET / HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: a\r\nOrigin: http://a\r\n${keys}\r\n\r\n\r\n\r\n\r\n`;
    const fields =
      'Upgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Origin: http://a\r\nSec-WebSocket-Location: ws://a/\r\n';
    const proof = Buffer.from('fbfe51467eeb432cd8579391dfbe2996', 'hex');
    const capture = Buffer.concat([Buffer.from(`${request}HTTP/1.1 101 WebSocket Protocol Handshake\r\n${fields}\r\n`), proof]);
    const { status, stdout } = await run(['handshake', '-'], capture);
    expect(stdout).toContain('✓ the server sent this');
    expect(stdout).toContain('19 requirements: 19 met');
    expect(status).toBe(0);
    // What is printed can be read again.
    expect((await run(['handshake', '-'], stdout)).stdout).toBe(stdout);
  });

  test('json names the dialect and has the steps to its proof', async () => {
    const [, text = ''] = WRITTEN_DOWN.at(-1) ?? [];
    const { stdout } = await run(['handshake', '--format=json', '-'], text);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      dialect: 'hixie-76',
      requestBody: '5e6e3a64735b3455',
      responseBody: '386a4b5327793a472a436f2c5778612d',
      proof: { key1: { digits: '4146546015', spaces: 4, quotient: '1036636503', remainder: '3', fault: 'not divisible' } },
    });
  });

  test('several handshakes, each judged', async () => {
    const { status, stdout } = await run(['handshake', '-'], `${RFC}\n\nand\n\n${RFC.replace('HSmrc', 'XSmrc')}`);
    expect(status).toBe(1);
    expect(stdout).toContain('Handshake 1 of 2');
    expect(stdout).toContain('Handshake 2 of 2');
    const [first = '', second = ''] = stdout.split('Handshake 2 of 2');
    expect([first.includes('✗'), second.includes('✗ Sec-WebSocket-Accept fits the key')]).toEqual([false, true]);
  });

  test('json: an object a line', async () => {
    const { stdout } = await run(['handshake', '--format=json', '-'], `${RFC}\n\n${RFC}`);
    const reports = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(reports.map(({ ok, request }) => [ok, request.target])).toEqual([
      [true, '/chat'],
      [true, '/chat'],
    ]);
  });

  test('answers that were mixed up are put down to the keys that they prove', async () => {
    const handshake = (key: string, accept: string) =>
      `GET / HTTP/1.1\nHost: h\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Key: ${key}\nSec-WebSocket-Version: 13\n\n` +
      `HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: ${accept}\n\n`;
    const one = handshake('x3JJHMbDL1EzLkh9GBhXDw==', 'rLHCkw/SKsO9GAH/ZSFhBATDKrU=');
    const other = handshake('uRovscZjNol/umbTt5uKmw==', 'HSmrc0sMlYUkAGmm5OPpG2HaGWk=');
    const { status, stdout } = await run(['handshake', '-'], one + other);
    expect(status).toBe(1);
    expect(stdout).toContain('This answers the key of handshake 2: the server mixed them up.');
    expect(stdout).toContain('This answers the key of handshake 1: the server mixed them up.');
  });

  test('nothing to be found: 3', async () => {
    expect(await run(['handshake', '-'], 'Dear all,\nno luck.\n')).toEqual({
      status: 3,
      stdout: '',
      stderr: 'wstap: no HTTP request or response was found in standard input: paste a head that begins with GET or HTTP/1.1\n',
    });
    expect((await run(['handshake', '-'], Buffer.alloc(100_000, 0x80))).status).toBe(3);
    expect((await run(['handshake', './no/such/file'])).status).toBe(3);
  });

  test('what was pasted drives no terminal', async () => {
    const { stdout } = await run(['handshake', '--no-color', '-'], RFC.replace('superchat', 'super\x1b]0;x\x07chat'), {
      terminal: true,
    });
    expect(stdout).not.toMatch(/[\x1b\x07]/);
  });
});
