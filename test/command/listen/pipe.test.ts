import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { GoodClient, REQUEST, rawClient, rawServer } from '../../peer.ts';
import { run, start, startListen } from '../../program.ts';
import { waitFor } from '../../wait.ts';

const folder = mkdtempSync(join(tmpdir(), 'listen-pipe-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('where', () => {
  test('without a port, or with 0, it takes a free one and says so on stderr', async () => {
    const { env, port } = await startListen([]);
    expect(env.stderr.text).toMatch(
      new RegExp(
        `^wstap: listening on ws://127\\.0\\.0\\.1:${port}/\nwstap: look inside with a browser: http://127\\.0\\.0\\.1:${port}/\\?token=[\\w-]{22}\n$`,
      ),
    );
    expect((await startListen(['0'])).port).toBeGreaterThan(0);
    expect((await startListen(['localhost:0'])).port).toBeGreaterThan(0);
    expect((await startListen(['[::1]:0'])).env.stderr.text).toContain('ws://[::1]:');
  });

  test('--port-file is written once it is ready', async () => {
    const file = join(folder, 'port');
    const { port } = await startListen(['--port-file', file]);
    expect(readFileSync(file, 'utf8')).toBe(`${port}\n`);
    const outcome = await run(['listen', '--port-file', join(folder, 'none', 'port')]);
    expect(outcome.status).toBe(3);
    expect(outcome.stderr).toContain('the port cannot be written to');
  });

  test('a port in use: 3, and what to do', async () => {
    const { port } = await rawServer(() => undefined);
    const { status, stderr } = await run(['listen', String(port)]);
    expect(status).toBe(3);
    // Where the system does not tell who has it, how to ask is said.
    const who = process.platform === 'linux' ? `in use by \\S.*, process ${process.pid}: end it, or` : 'in use:';
    expect(stderr).toMatch(new RegExp(`^wstap: port ${port} is ${who} choose another, or 0 for a free one.*\n$`));
  });

  test('an address of another machine: 3', async () => {
    const outcome = await run(['listen', '192.0.2.1:0']);
    expect(outcome.status).toBe(3);
    expect(outcome.stderr).toContain('wstap: "192.0.2.1" is no address of this machine\n');
  });

  test('an address that others reach is warned about', async () => {
    const { env } = await startListen(['0.0.0.0:0']);
    expect(env.stderr.text).toMatch(
      /^wstap: ! 0\.0\.0\.0, .* can be reached from other machines; nobody is asked for a password /,
    );
  });

  test('loopback has two addresses', async () => {
    const { port } = await startListen([]);
    const sixth = await new Promise((resolve) => {
      createServer()
        .once('error', () => resolve(true))
        .listen(port, '::1', function (this: ReturnType<typeof createServer>) {
          this.close();
          resolve(false);
        });
    });
    expect(sixth).toBe(true);
  });

  test('wscat: -l PORT', async () => {
    const { env, outcome } = start(['-l', '0', '--echo']);
    const [, port] = await env.stderr.until(/:(\d+)\/\n/);
    const client = await new GoodClient(Number(port)).open();
    client.socket.send('x');
    expect(await client.got(1)).toEqual(['x']);
    env.signal('SIGTERM');
    expect((await outcome).status).toBe(143);
  });
});

describe('several clients', () => {
  test.each([[[]], [['-v']]])('with %j secrets in a request’s query are not shown', async (options) => {
    const { env, port } = await startListen(['--echo', ...options]);
    await new GoodClient(port, {}, [], 'p?x=1&token=SECRET1&sig=SECRET2').open();
    await env.stderr.until(/#1 127\.0\.0\.1:\d+ connected to \/p\?x=1&token=\*\*\*&sig=\*\*\*(?:: echo)?\n/);
    expect(env.stderr.text).not.toContain('SECRET');
  });

  test('are numbered; what they send comes out, and lines go to all of them', async () => {
    const { env, port } = await startListen([]);
    const first = await new GoodClient(port).open();
    const second = await new GoodClient(port, {}, []).open();
    await env.stderr.until(/#2/);
    first.socket.send('from one');
    await env.captured.until(/from one\n/);
    second.socket.send('from two');
    await env.captured.until(/from two\n/);
    env.stdin.write('to all\nand more\n');
    expect(await first.got(2)).toEqual(['to all', 'and more']);
    expect(await second.got(2)).toEqual(['to all', 'and more']);
    first.socket.close(4000);
    second.socket.terminate();
    await env.stderr.until(/#2 left/);
    await env.stderr.until(/#1 left/);
    const lines = env.stderr.text
      .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
      .replace(/token=.*/, 'token=TOKEN')
      .trimEnd()
      .split('\n');
    expect(lines.sort()).toEqual([
      'wstap: #1 ADDRESS connected',
      'wstap: #1 left: 4000',
      'wstap: #2 ADDRESS connected',
      'wstap: #2 left: 1006, not cleanly',
      'wstap: listening on ws://ADDRESS/',
      'wstap: look inside with a browser: http://ADDRESS/?token=TOKEN',
    ]);
  });

  test('what a client asks for is shown, and drives no terminal', async () => {
    const { env, port } = await startListen(['--no-color']);
    const socket = await rawClient(port);
    socket.write(`${['GET /a\u009b31m\u202e HTTP/1.1', ...REQUEST.slice(1)].join('\r\n')}\r\n\r\n`);
    await env.stderr.until(/#1 .*\n/);
    expect(env.stderr.text).not.toMatch(/[\x80-\x9f\u202e]/);
  });

  test.each<[said: string, argv: string[], request: string, why: RegExp]>([
    ['a foreign page', [], `${REQUEST.join('\r\n')}\r\nOrigin: http://evil.test`, /403, Origin "http:\/\/evil\.test" is not one/],
    ['another version', [], REQUEST.join('\r\n').replace('Version: 13', 'Version: 9'), /No draft was ever spoken as version 9/],
    ['no key', [], REQUEST.filter((line) => !line.includes('Key')).join('\r\n'), /400, Sec-WebSocket-Key is not sent/],
    ['no route', ['--route', '/a=echo'], REQUEST.join('\r\n'), /404, nothing is served at "\/" \(--route adds it\)/],
    ['no HTTP', [], 'hello', /400, .+/],
    [
      'a foreign name',
      [],
      REQUEST.join('\r\n').replace('localhost', 'evil\u009b31m'),
      /403, Host "evil\\x9b31m" does not name this machine/,
    ],
  ])('why one was refused is said in a line, and with -v in full: %s', async (_, argv, request, why) => {
    for (const more of [[], ['-v']]) {
      const { env, port } = await startListen([...argv, ...more, '--no-color']);
      (await rawClient(port)).write(`${request}\r\n\r\n`, 'latin1');
      await env.stderr.until(new RegExp(`#1 127\\.0\\.0\\.1:\\d+ was refused: ${why.source}.*\\n`));
      expect(/^ {2}✗ .+/m.test(env.stderr.text)).toBe(more.length > 0);
    }
  });

  test('lines that came before anybody are kept for the first', async () => {
    const { env, port } = await startListen([]);
    env.stdin.write('early\n');
    expect(await (await new GoodClient(port).open()).got(1)).toEqual(['early']);
  });

  test('the end of input ends nothing: it is a server', async () => {
    const { env, port } = await startListen(['--echo']);
    env.stdin.end('bye\n');
    const client = await new GoodClient(port).open();
    expect(await client.got(1)).toEqual(['bye']);
    client.socket.send('still there?');
    expect(await client.got(2)).toEqual(['bye', 'still there?']);
  });

  test('--echo answers each its own', async () => {
    const { env, port } = await startListen(['--echo']);
    const [first, second] = await Promise.all([new GoodClient(port).open(), new GoodClient(port).open()]);
    first.socket.send('1');
    second.socket.send('2');
    expect([await first.got(1), await second.got(1)]).toEqual([['1'], ['2']]);
    expect(env.captured.text.split('\n').sort()).toEqual(['', '1', '2']);
  });

  test('--broadcast sends to all others, and not back', async () => {
    const { port } = await startListen(['--broadcast']);
    const clients = await Promise.all([1, 2, 3].map(() => new GoodClient(port).open()));
    const [first, second, third] = clients as [GoodClient, GoodClient, GoodClient];
    first.socket.send('one');
    expect([await second.got(1), await third.got(1)]).toEqual([['one'], ['one']]);
    second.socket.send('two');
    expect([await first.got(1), await third.got(2)]).toEqual([['two'], ['one', 'two']]);
    expect([first.messages, second.messages]).toEqual([['two'], ['one']]);
  });

  test('-x greets each', async () => {
    const { port } = await startListen(['-x', 'welcome', '-x', 'and sit']);
    for (const client of [new GoodClient(port), new GoodClient(port)])
      expect(await client.got(2)).toEqual(['welcome', 'and sit']);
  });

  test('100,000 lines reach two clients whole and in order', async () => {
    const { env, port } = await startListen([]);
    const clients = await Promise.all([1, 2].map(() => new GoodClient(port).open()));
    await env.stderr.until(/#2/);
    const lines = Array.from({ length: 100_000 }, (_, index) => `line ${index}`);
    env.stdin.write(`${lines.join('\n')}\n`);
    for (const client of clients) expect((await client.got(lines.length)).join('\n') === lines.join('\n')).toBe(true);
  });

  test('--format json numbers every event', async () => {
    const { env, port } = await startListen(['--format=json', '--echo']);
    const client = await new GoodClient(port).open();
    client.socket.send('hi');
    await client.got(1);
    client.socket.close(1000);
    await client.closed;
    await env.captured.until(/"type":"closed"/);
    const events = env.captured.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ type, connection }) => `${connection} ${type}`)).toEqual([
      '1 hop',
      '1 head',
      '1 head',
      '1 open',
      '1 message',
      '1 message',
      '1 closed',
    ]);
  });
});

describe('trouble with one client is that client’s alone', () => {
  const upgraded = async (port: number) => {
    const socket = await rawClient(port);
    socket.write(`${REQUEST.join('\r\n')}\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    return socket;
  };

  test.each<[string, string | undefined]>([
    ['an unmasked frame', '810178'],
    ['a reserved opcode', '838000000000'],
    ['a huge length', '82ff7fffffffffffffff00000000'],
    ['text that is not UTF-8', '818100000000ff'],
    ['a reset', undefined],
  ])('%s', async (_, bytes) => {
    const { env, port } = await startListen(['--echo']);
    const good = await new GoodClient(port).open();
    const bad = await upgraded(port);
    if (bytes === undefined) bad.resetAndDestroy();
    else bad.write(Buffer.from(bytes, 'hex'));
    await env.stderr.until(/#2 left: 10\d\d/);
    good.socket.send('unharmed');
    expect(await good.got(1)).toEqual(['unharmed']);
  });

  test('a message above the limit: 1009', async () => {
    const { port } = await startListen(['--max-message', '1KiB']);
    const client = await new GoodClient(port).open();
    client.socket.send('x'.repeat(1025));
    expect((await client.closed).code).toBe(1009);
  });

  test('16 MiB is the limit without --max-message', async () => {
    const { port } = await startListen([]);
    const client = await new GoodClient(port).open();
    client.socket.send(Buffer.alloc(16 * 1024 * 1024 + 1));
    expect((await client.closed).code).toBe(1009);
  });

  test('who takes nothing for ten seconds while it is sent to is dropped with 1013, and the others get everything', async () => {
    const { env, port } = await startListen(['--broadcast']);
    const [sender, reader] = await Promise.all([new GoodClient(port).open(), new GoodClient(port).open()]);
    const slow = await upgraded(port);
    slow.pause();
    await env.stderr.until(/#3/);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const text = 'x'.repeat(1 << 20);
      for (let round = 0; round < 24; round++) sender.socket.send(text);
      // Everybody waits for the slow one, until its time is up.
      await waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0), 5);
      expect(reader.messages.length).toBeLessThan(24);
      await vi.advanceTimersByTimeAsync(10_000);
      await reader.got(24);
      await vi.advanceTimersByTimeAsync(5000);
      await env.stderr.until(/#3 left/);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('the end', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s closes everybody with 1001: status %i', async (signal, status) => {
    const { env, outcome, port } = await startListen([]);
    const clients = await Promise.all([1, 2, 3].map(() => new GoodClient(port).open()));
    await env.stderr.until(/#3/);
    env.signal(signal);
    for (const client of clients) expect(await client.closed).toEqual({ code: 1001, reason: 'the server ends' });
    expect((await outcome).status).toBe(status);
    expect(env.listens).toBe(false);
  });

  test.each([
    ['nothing', [], ''],
    ['half a request', [], 'GET / HTTP/1.1\r\n'],
    ['the start of HTTP/2', ['--http2'], 'PRI '],
  ])('who has said %s is sent away without a word', async (_, argv, said) => {
    const { env, outcome, port } = await startListen(['--no-page', ...argv]);
    const waiting = await rawClient(port);
    waiting.write(said);
    await (await new GoodClient(port).open()).socket.terminate();
    await env.stderr.until(/#\d left/);
    env.signal('SIGTERM');
    await outcome;
    expect(env.stderr.text.split('\n').filter((line) => /left before|refused/.test(line))).toEqual([]);
  });

  test('a signal before it is ready: no port stays open', async () => {
    const { env, outcome } = start(['listen', '--no-page']);
    while (!env.listens) await new Promise((resolve) => setImmediate(resolve));
    env.signal('SIGTERM');
    expect((await outcome).status).toBe(143);
    const [, port] = /:(\d+)\/\n/.exec(env.stderr.text) ?? [];
    for (const host of port === undefined ? [] : ['127.0.0.1', '::1']) {
      const socket = connect(Number(port), host);
      const [error] = await once(socket, 'error');
      expect(error).toMatchObject({ code: expect.stringMatching(/ECONNREFUSED|EADDRNOTAVAIL|ENETUNREACH/) });
    }
  });

  test('the port is free again', async () => {
    const { env, outcome, port } = await startListen([]);
    env.signal('SIGTERM');
    await outcome;
    expect((await startListen([String(port)])).port).toBe(port);
  });

  test('a client that does not answer the Close is waited for five seconds; a second signal does not wait', async () => {
    const { env, outcome, port } = await startListen([]);
    const mute = await rawClient(port);
    mute.write(`${REQUEST.join('\r\n')}\r\n\r\n`);
    await env.stderr.until(/#1/);
    env.signal('SIGINT');
    env.signal('SIGINT');
    expect((await outcome).status).toBe(130);
  });

  test('nothing is left that would keep the process', async () => {
    const { env, outcome, port } = await startListen([]);
    const client = await new GoodClient(port).open();
    await env.stderr.until(/#1/);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      env.signal('SIGTERM');
      await client.closed;
      await outcome;
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test('input that cannot be sent: 3, naming the line', async () => {
    const { env, outcome, port } = await startListen([]);
    await new GoodClient(port).open();
    env.stdin.write(Buffer.from('good\n\xff\n', 'latin1'));
    expect(await outcome).toMatchObject({
      status: 3,
      stderr: expect.stringContaining(
        'wstap: line 2 of standard input is not valid UTF-8, as a text message must be; -b sends bytes\n',
      ),
    });
  });
});
