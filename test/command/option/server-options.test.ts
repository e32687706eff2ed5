import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { describe, expect, onTestFinished, test } from 'vitest';
import { allOf, GoodClient, REQUEST, rawClient } from '../../peer.ts';
import { run, startListen } from '../../program.ts';

async function statusFor(argv: readonly string[], origin: string | undefined, host = 'localhost'): Promise<number> {
  const { port } = await startListen(argv);
  const socket = await rawClient(port);
  const request = REQUEST.map((line) => (line.startsWith('Host') ? `Host: ${host}` : line));
  socket.write(`${[...request, ...(origin === undefined ? [] : [`Origin: ${origin}`])].join('\r\n')}\r\n\r\n`);
  const chunk = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
  socket.destroy();
  return Number(/^HTTP\/1\.1 (\d+)/.exec(String(chunk))?.[1]);
}

describe('which pages may connect', () => {
  test.each<[origin: string | undefined, status: number]>([
    [undefined, 101],
    ['http://localhost', 101],
    ['http://localhost:3000', 101],
    ['https://localhost:8443', 101],
    ['http://127.0.0.1:8080', 101],
    ['http://[::1]:8080', 101],
    ['http://app.localhost:3000', 101],
    ['http://evil.example', 403],
    ['null', 403],
    ['', 403],
    ['http://localhost.evil', 403],
    ['http://localhost.evil.example:80', 403],
    ['http://evil.example/localhost', 403],
    ['http://localhost@evil.example', 403],
    ['http://127.0.0.1.evil.example', 403],
    ['http://192.168.1.1', 403],
    ['file://', 403],
    ['chrome-extension://abcdefghijklmnop', 403],
    ['nonsense', 403],
  ])('Origin %s: %i', async (origin, status) => {
    expect(await statusFor([], origin)).toBe(status);
  });

  test.each<[argv: string[], origin: string, status: number]>([
    [['--origin', 'https://example.com'], 'https://example.com', 101],
    [['--origin', 'https://example.com'], 'http://example.com', 403],
    [['--origin', 'https://example.com'], 'https://example.com:444', 403],
    [['--origin', 'https://example.com'], 'https://www.example.com', 403],
    [['-o', 'https://a.example', '-o', 'https://b.example'], 'https://b.example', 101],
    [['--origin', 'https://example.com'], 'http://localhost:1', 101],
    [['--origin', '*'], 'https://anything.example', 101],
    [['--origin', '*'], 'null', 101],
  ])('%j lets in %s: %i', async (argv, origin, status) => {
    expect(await statusFor(argv, origin)).toBe(status);
  });

  test.each<[argv: string[], origin: string | undefined, host: string, status: number]>([
    [[], undefined, '192.168.1.5:80', 101],
    [[], 'http://localhost:3000', '192.168.1.5:80', 101],
    [[], 'http://192.168.1.5:80', '192.168.1.5:80', 101],
    [[], 'http://192.168.1.5:81', '192.168.1.5:80', 403],
    [[], 'http://evil.example', '192.168.1.5:80', 403],
    [[], 'null', '192.168.1.5:80', 403],
    [[], undefined, 'evil.example', 403],
    [[], 'http://evil.example', 'evil.example', 403],
    [['--allow-host', 'box.example'], 'http://box.example', 'box.example', 101],
  ])('0.0.0.0 %j: Origin %s and Host %s: %i', async (argv, origin, host, status) => {
    expect(await statusFor(['0.0.0.0:0', ...argv], origin, host)).toBe(status);
  });

  test('an origin as an address bar has it', async () => {
    expect(await statusFor(['--origin', 'https://example.com/'], 'https://example.com')).toBe(101);
  });

  test('two Origins are none', async () => {
    const { port } = await startListen([]);
    const socket = await rawClient(port);
    socket.end(`${[...REQUEST, 'Origin: http://localhost', 'Origin: http://evil.example'].join('\r\n')}\r\n\r\n`);
    expect(await allOf(socket)).toMatch(/^HTTP\/1\.1 40[03] /);
  });

  test('the refusal says what to do', async () => {
    const { port, env } = await startListen(['-v']);
    const { status, body } = await new GoodClient(port, { origin: 'http://evil.example' }).refused();
    const why = 'Origin "http://evil.example" is not one that may connect (--origin adds it)';
    expect([status, body]).toEqual([403, `Refused: ${why}.\n`]);
    await env.stderr.until(/was refused.*\n/);
    expect(env.stderr.text).toContain(`was refused: 403, ${why}\n`);
    expect(env.stderr.text).toContain('Origin: http://evil.example');
    expect(env.stderr.text).toMatch(/✗ The page is one that may connect .*RFC 6455 §10\.2\n +found +http:\/\/evil\.example\n/);
  });
});

describe('which Host names are ours (DNS rebinding)', () => {
  test.each<[argv: string[], host: string, status: number]>([
    [[], 'localhost', 101],
    [[], 'localhost:8080', 101],
    [[], '127.0.0.1:1', 101],
    [[], '[::1]:8080', 101],
    [[], '192.168.1.7', 101],
    [[], 'evil.example', 403],
    [[], 'localhost.evil.example', 403],
    [['--allow-host', 'dev.example'], 'dev.example:8080', 101],
    [['--allow-host', 'dev.example'], 'other.example', 403],
  ])('%j %s: %i', async (argv, host, status) => {
    expect(await statusFor(argv, undefined, host)).toBe(status);
  });
});

describe('what the 101 says', () => {
  test.each<[argv: string[], asked: string[], chosen: string]>([
    [['-s', 'chat'], ['chat'], 'chat'],
    [['-s', 'a,b'], ['b', 'a'], 'b'],
    [['-s', 'a', '-s', 'b'], ['x', 'a'], 'a'],
  ])('%j, asked for %j: %s', async (argv, asked, chosen) => {
    const { port } = await startListen(argv);
    expect((await new GoodClient(port, {}, asked).open()).socket.protocol).toBe(chosen);
  });

  test('headers of ours', async () => {
    const { port } = await startListen(['-H', 'X-Served-By: wstap', '-H', 'Set-Cookie: a=1']);
    const socket = await rawClient(port);
    socket.write(`${REQUEST.join('\r\n')}\r\n\r\n`);
    const chunk = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(String(chunk)).toMatchInlineSnapshot(`
      "HTTP/1.1 101 Switching Protocols
      Upgrade: websocket
      Connection: Upgrade
      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
      X-Served-By: wstap
      Set-Cookie: a=1

      "
    `);
  });

  test.each<[argv: string[], extensions: string]>([
    [[], 'permessage-deflate'],
    [['--no-compress'], ''],
    [['--deflate', 'server_no_context_takeover'], 'permessage-deflate; server_no_context_takeover'],
  ])('%j answers the offer with %j', async (argv, extensions) => {
    const { port } = await startListen(['--echo', ...argv]);
    const client = await new GoodClient(port, { perMessageDeflate: { threshold: 0 } }).open();
    expect(client.socket.extensions).toBe(extensions.split(';')[0]);
    client.socket.send('x'.repeat(2000));
    expect(await client.got(1)).toEqual(['x'.repeat(2000)]);
  });
});

test.each<[string[], string]>([
  [['-s', 'two words'], '"two words" is no subprotocol'],
  [['-H', 'nonsense'], '--header "nonsense": '],
  [['--deflate', 'client_max_window_bits=99'], '--deflate "client_max_window_bits=99": '],
  [['--deflate', ';;'], '--deflate ";;": '],
  [['-o', 'evil'], '--origin "evil": an origin is a scheme and a host'],
  [['-o', 'http://a.example/path'], '--origin "http://a.example/path": an origin is a scheme and a host'],
  [['--echo', '--broadcast'], '--echo and --broadcast exclude each other: give one'],
  [['--one'], '--one is about one client: give --once too'],
  [['-w', '1'], '--wait is about one client: give --once too'],
  [['http://x'], '"http://x" is no address to listen at: write PORT, HOST:PORT or unix:PATH'],
  [['65536'], '"65536" is no address to listen at'],
  [['1', '2'], "'2' is one word too many"],
])('listen %j is refused: %s', async (argv, said) => {
  const outcome = await run(['listen', ...argv]);
  expect(outcome).toMatchObject({ status: 2, stdout: '' });
  expect(outcome.stderr).toContain(`wstap: ${said}`);
});

test.each([
  [[], 101],
  [['--max-header', '64'], 431],
] as const)('%j bounds the head of a request: %i', async (argv, status) => {
  expect(await statusFor(argv, undefined)).toBe(status);
});

describe('-H with --http2', () => {
  test.each<[lines: string[], said: string]>([
    [['Date: a', 'date: b'], '--header "date" is there twice, and over HTTP/2 it is sent once: leave one out'],
    [['Keep-Alive: timeout=5'], '--header "Keep-Alive" is about a connection of HTTP/1.1, and HTTP/2 forbids it'],
  ])('%j: 2', async (lines, said) => {
    const outcome = await run(['listen', '--http2', ...lines.flatMap((line) => ['-H', line])]);
    expect(outcome).toMatchObject({ status: 2, stderr: expect.stringContaining(said) });
  });

  test('whatever its name is, it is sent', async () => {
    const { port } = await startListen(['--http2', '-H', 'constructor: 1', '-H', '__proto__: 2', '-H', '__proto__: 3']);
    const client = connectHttp2(`http://127.0.0.1:${port}`);
    onTestFinished(() => client.destroy());
    const stream = client.request(
      { ':method': 'CONNECT', ':protocol': 'websocket', ':authority': 'localhost', 'sec-websocket-version': '13' },
      { endStream: false },
    );
    const [, , raw] = await once(stream, 'response');
    expect(raw).toEqual(expect.arrayContaining(['constructor', '1', '__proto__', '2', '3']));
  });
});
