import { describe, expect, test, vi } from 'vitest';
import { GoodClient, REQUEST, rawClient } from '../../peer.ts';
import { run, startListen } from '../../program.ts';

const once = (...argv: string[]) => startListen(['--once', ...argv]);

describe('the first client is the other end of a pipe', () => {
  test('its messages come out, our input goes in, and its end is ours', async () => {
    const { env, outcome, port } = await once();
    env.stdin.write('to you\n');
    const client = await new GoodClient(port).open();
    client.socket.send('from me');
    expect(await client.got(1)).toEqual(['to you']);
    await env.captured.until(/from me/);
    client.socket.close(1000);
    expect(await outcome).toEqual({ status: 0, stdout: 'from me\n', stderr: `wstap: listening on ws://127.0.0.1:${port}/\n` });
  });

  test.each<[string, (client: GoodClient) => void, number, RegExp]>([
    ['1001', (client) => client.socket.close(1001), 0, /^$/],
    ['no code', (client) => client.socket.close(), 0, /^$/],
    ['4001', (client) => client.socket.close(4001, 'why'), 8, /closed by the peer: 4001/],
    ['1011', (client) => client.socket.close(1011), 8, /closed by the peer: 1011/],
    ['TCP alone', (client) => client.socket.terminate(), 8, /the connection was lost: 1006/],
  ])('it ends with %s', async (_, end, status, said) => {
    const { outcome, port } = await once();
    end(await new GoodClient(port).open());
    const { status: found, stderr } = await outcome;
    expect(found).toBe(status);
    expect(stderr.split('\n').slice(1).join('\n')).toMatch(said);
  });

  test.each([[['--echo']], [['--sink']], [[]]])(
    'a client that hangs: --timeout is for what is expected too: 124, %j',
    async (argv) => {
      const { outcome, port } = await once('--timeout', '300ms', '--expect', 'foo', ...argv);
      const client = await new GoodClient(port).open();
      client.socket.send('bar');
      const { status, stderr } = await outcome;
      expect([status, stderr]).toEqual([124, expect.stringContaining('1 of 1 expected patterns were not seen, within 300 ms\n')]);
      expect((await client.closed).code).toBe(1001);
    },
  );

  test('a client that came in time, and of which nothing is expected, may stay', async () => {
    const { outcome, port } = await once('--timeout', '200ms');
    const client = await new GoodClient(port).open();
    await new Promise((resolve) => setTimeout(resolve, 400));
    client.socket.close(1000);
    expect((await outcome).status).toBe(0);
  });

  test('with a behaviour -w counts from the opening', async () => {
    const { outcome, port } = await once('--echo', '-w', '100ms');
    const client = await new GoodClient(port).open();
    expect((await client.closed).code).toBe(1000);
    expect((await outcome).status).toBe(0);
  });

  test('the answer to what was expected still arrives', async () => {
    const { outcome, port } = await once('--exec', 'cat', '--expect', 'hi');
    const client = await new GoodClient(port).open();
    client.socket.send('hi');
    expect(await client.got(1)).toEqual(['hi']);
    expect((await outcome).status).toBe(0);
  });

  test('it breaks the protocol: 7', async () => {
    const { outcome, port } = await once();
    const socket = await rawClient(port);
    socket.end(Buffer.from(`${REQUEST.join('\r\n')}\r\n\r\n\x81\x01x`, 'latin1'));
    socket.resume();
    expect(await outcome).toMatchObject({ status: 7, stderr: expect.stringMatching(/the peer broke the protocol: .*mask/i) });
  });

  test('who is refused is not the first client', async () => {
    const { env, outcome, port } = await once();
    const refused = await rawClient(port);
    refused.end('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await env.stderr.until(/was refused: 426, Upgrade is not sent; still waiting for a client\n/);
    (await new GoodClient(port).open()).socket.close(1000);
    expect((await outcome).status).toBe(0);
  });

  test('nobody else gets in', async () => {
    const { env, port, outcome } = await once();
    const first = await new GoodClient(port).open();
    first.socket.send('first');
    await env.captured.until(/first/);
    await expect(rawClient(port)).rejects.toThrow(/ECONNREFUSED/);
    first.socket.close(1000);
    expect((await outcome).status).toBe(0);
  });

  test.each([
    ['', [], 'GET / HTTP/1.1\r\n'],
    [', though it says nothing', [], ''],
    [', though it may speak HTTP/2', ['--http2'], 'PRI '],
  ])('who waits in the handshake meanwhile is let go without a word%s', async (_, argv, said) => {
    const { env, port, outcome } = await once(...argv);
    const waiting = await rawClient(port);
    waiting.write(said);
    const first = await new GoodClient(port).open();
    first.socket.send('first');
    await env.captured.until(/first/);
    first.socket.close(1000);
    expect(await outcome).toMatchObject({ status: 0, stderr: `wstap: listening on ws://127.0.0.1:${port}/\n` });
  });
});

describe('-v', () => {
  test('shows what was wrong with a request, and what is right with the next one', async () => {
    const { env, outcome, port } = await once('-v', '--no-color');
    const wrong = await rawClient(port);
    wrong.end(`${REQUEST.map((line) => line.replace('Version: 13', 'Version: 12')).join('\r\n')}\r\n\r\n`);
    await env.stderr.until(/was refused: No draft was ever spoken as version 12\.; still waiting for a client\n/);
    expect(env.stderr.text).toMatch(
      /✗ Sec-WebSocket-Version is 13 .*RFC 6455 §4\.1\n +expected +13 or 8\n +found +12\n1 requirement: 0 met, 1 not met\n/,
    );
    (await new GoodClient(port).open()).socket.close(1000);
    expect((await outcome).status).toBe(0);
  });
});

describe('the end of input', () => {
  test('is not the end: the client is waited for', async () => {
    const { env, outcome, port } = await once();
    env.stdin.end('all\n');
    const client = await new GoodClient(port).open();
    expect(await client.got(1)).toEqual(['all']);
    client.socket.send('late answer');
    client.socket.close(1000);
    expect(await outcome).toMatchObject({ status: 0, stdout: 'late answer\n' });
  });

  test('-E closes with everything sent', async () => {
    const { env, outcome, port } = await once('-E');
    env.stdin.end('a\nb\n');
    const client = new GoodClient(port);
    expect((await client.closed).code).toBe(1000);
    expect(client.messages).toEqual(['a', 'b']);
    expect((await outcome).status).toBe(0);
  });

  test('--wait closes after so much quiet', async () => {
    const { env, outcome, port } = await once('-w', '50ms');
    env.stdin.end('a\n');
    const client = new GoodClient(port);
    expect((await client.closed).code).toBe(1000);
    expect((await outcome).status).toBe(0);
  });
});

describe('what is asked for', () => {
  test.each<[argv: string[], texts: string[], status: number, output: string]>([
    [['-1'], ['a', 'b'], 0, 'a\n'],
    [['--count', '2'], ['a', 'b', 'c'], 0, 'a\nb\n'],
    [['--expect', 'b'], ['a', 'b', 'c'], 0, 'a\nb\n'],
    [['--count', '3'], ['a'], 1, 'a\n'],
    [['--expect', '/x/'], ['a'], 1, 'a\n'],
  ])('%j of %j: %i', async (argv, texts, status, output) => {
    const { outcome, port } = await once(...argv);
    const client = await new GoodClient(port).open();
    for (const text of texts) client.socket.send(text);
    if (status === 1) client.socket.close(1000);
    expect(await outcome).toMatchObject({ status, stdout: output });
    expect((await client.closed).code).toBe(1000);
  });

  test('--echo and -x work as without --once', async () => {
    const { outcome, port } = await once('--echo', '-x', 'hello');
    const client = await new GoodClient(port).open();
    client.socket.send('you?');
    expect(await client.got(2)).toEqual(['hello', 'you?']);
    client.socket.close(1000);
    expect((await outcome).status).toBe(0);
  });
});

describe('signals', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s while it waits for a client: status %i', async (signal, status) => {
    const { env, outcome } = await once();
    env.signal(signal);
    expect((await outcome).status).toBe(status);
  });

  test('with a client: a clean close first', async () => {
    const { env, outcome, port } = await once();
    const client = await new GoodClient(port).open();
    client.socket.send('x');
    await env.captured.until(/x/);
    env.signal('SIGTERM');
    expect((await client.closed).code).toBe(1001);
    expect((await outcome).status).toBe(143);
    expect(env.listens).toBe(false);
  });

  test('nothing is left that would keep the process', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const { outcome, port } = await once('-w', '10');
      const client = await new GoodClient(port).open();
      client.socket.close(1000);
      await Promise.all([client.closed, outcome]);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

test('input that is wrong: 3', async () => {
  const { env, outcome, port } = await once();
  env.stdin.end(Buffer.from([0xff, 10]));
  const client = new GoodClient(port);
  expect((await client.closed).code).toBe(1000);
  expect(await outcome).toMatchObject({ status: 3, stderr: expect.stringContaining('line 1 of standard input') });
});

test('--once with --broadcast makes no sense', async () => {
  expect((await run(['listen', '--once', '--broadcast'])).status).toBe(2);
});
