import { describe, expect, test } from 'vitest';
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

  test('two Origins are none', async () => {
    const { port } = await startListen([]);
    const socket = await rawClient(port);
    socket.end(`${[...REQUEST, 'Origin: http://localhost', 'Origin: http://evil.example'].join('\r\n')}\r\n\r\n`);
    expect(await allOf(socket)).toMatch(/^HTTP\/1\.1 40[03] /);
  });

  test('the refusal says what to do', async () => {
    const { port, env } = await startListen(['-v']);
    const { status, body } = await new GoodClient(port, { origin: 'http://evil.example' }).refused();
    expect([status, body]).toEqual([403, 'The page is one that may connect (--origin adds one).\n']);
    await env.stderr.until(/was refused/);
    expect(env.stderr.text).toContain('Origin: http://evil.example');
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
