import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { GoodClient, REQUEST, rawClient } from '../../peer.ts';
import { run, startListen } from '../../program.ts';
import { waitFor } from '../../wait.ts';

/** What `listen` does with clients by itself, but for --exec and --reply, which have files of their own. */
const folder = mkdtempSync(join(tmpdir(), 'behaviour-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('--sink', () => {
  test('reads and drops, and tells how much it was', async () => {
    const { env, port } = await startListen(['--sink']);
    const client = await new GoodClient(port).open();
    client.socket.send('x'.repeat(1000));
    client.socket.send(Buffer.alloc(24));
    client.socket.close(1000);
    await client.closed;
    await env.stderr.until(/#1 dropped 2 messages, 1024 B\n/);
    expect(env.captured.text).toBe('');
    expect(client.messages).toEqual([]);
  });

  test('--once counts and looks all the same', async () => {
    const { outcome, port } = await startListen(['--sink', '--once', '--expect', 'done']);
    const client = await new GoodClient(port).open();
    for (const text of ['a', 'done']) client.socket.send(text);
    expect((await client.closed).code).toBe(1000);
    expect(await outcome).toMatchObject({
      status: 0,
      stdout: '',
      stderr: expect.stringContaining('#1 dropped 2 messages, 5 B\n'),
    });
  });

  test('--once: what is sent back comes before the end', async () => {
    const { outcome, port } = await startListen(['--echo', '--once', '-1']);
    const client = await new GoodClient(port).open();
    client.socket.send('last words');
    expect((await client.closed).code).toBe(1000);
    expect(client.messages).toEqual(['last words']);
    expect((await outcome).status).toBe(0);
  });

  test('lines still go to everybody', async () => {
    const { env, port } = await startListen(['--sink']);
    const client = await new GoodClient(port).open();
    env.stdin.write('hello\n');
    expect(await client.got(1)).toEqual(['hello']);
  });
});

describe('--send with --every', () => {
  test('each client from its opening on, several in turn, a file whole', async () => {
    const file = join(folder, 'status.json');
    writeFileSync(file, '{\n}\n');
    const { port } = await startListen(['--send', 'tick', '--send', `@${file}`, '--every', '5ms', '--echo']);
    const client = await new GoodClient(port).open();
    expect(await client.got(4)).toEqual(['tick', '{\n}\n', 'tick', '{\n}\n']);
    expect(await (await new GoodClient(port).open()).got(1)).toEqual(['tick']);
    client.socket.send('echoed');
    await waitFor(() => expect(client.messages).toContain('echoed'));
  });

  test('a client that takes nothing is sent nothing more; memory stays flat', async () => {
    const { env, port } = await startListen(['--send', 'x'.repeat(100_000), '--every', '1ms', '--format', 'json', '-vv']);
    const slow = await rawClient(port);
    slow.pause();
    slow.write(`${REQUEST.join('\r\n')}\r\n\r\n`);
    const sent = () => env.captured.text.match(/"type":"message"/g)?.length ?? 0;
    let before = -1;
    await waitFor(() => {
      const last = before;
      before = sent();
      expect(before).toBe(last);
    }, 100);
    expect(sent()).toBeGreaterThan(1);
    expect(sent()).toBeLessThan(300);
  });

  test('it ends with its client', async () => {
    const { env, outcome, port } = await startListen(['--send', 'tick', '--every', '1h']);
    const client = await new GoodClient(port).open();
    await client.got(1);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const second = await new GoodClient(port).open();
      await second.got(1);
      client.socket.close();
      second.socket.close();
      await Promise.all([client.closed, second.closed]);
      env.signal('SIGTERM');
      await outcome;
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('--route', () => {
  const routes = [
    '/chat=broadcast',
    '/chat/side=broadcast',
    '/echo/=echo',
    '/a%20b=sink',
    '/shout=exec:tr -u a-z A-Z',
    '/hand=none',
  ];
  const argv = routes.flatMap((route) => ['--route', route]);

  test('the longest path that fits, and rooms of their own', async () => {
    const { port } = await startListen(argv);
    const at = (path: string) => new GoodClient(port, {}, [], path).open();
    const [one, two, side, echo] = await Promise.all([at('chat'), at('chat/room?x=/echo'), at('chat/side'), at('echo')]);
    one.socket.send('to the room');
    expect(await two.got(1)).toEqual(['to the room']);
    echo.socket.send('hi');
    expect(await echo.got(1)).toEqual(['hi']);
    side.socket.send('nobody hears');
    two.socket.send('back');
    expect(await one.got(1)).toEqual(['back']);
    expect(side.messages).toEqual([]);
  });

  test.each(['', 'chatter', 'ech', 'Echo'])('/%s: 404 with what there is', async (path) => {
    const { env, port } = await startListen(argv);
    expect(await new GoodClient(port, {}, [], path).refused()).toEqual({
      status: 404,
      body: 'Nothing is served at this path. There is: /a%20b, /chat, /chat/side, /echo, /hand, /shout\n',
    });
    await env.stderr.until(/#1 127\.0\.0\.1:\d+ was refused/);
  });

  test('with an option for all other paths', async () => {
    const { port } = await startListen(['--route', '/quiet=sink', '--echo']);
    const elsewhere = await new GoodClient(port, {}, [], 'elsewhere').open();
    elsewhere.socket.send('x');
    expect(await elsewhere.got(1)).toEqual(['x']);
  });

  test('/ takes all the rest', async () => {
    const { port } = await startListen(['--route', '/=echo', '--route', '/sink=sink']);
    const client = await new GoodClient(port, {}, [], 'any/thing').open();
    client.socket.send('x');
    expect(await client.got(1)).toEqual(['x']);
  });

  test('-v names what is done with each', async () => {
    const { env, port } = await startListen([...argv, '-v']);
    await new GoodClient(port, {}, [], 'shout').open();
    await env.stderr.until(/#1 127\.0\.0\.1:\d+ connected to \/shout: exec tr -u a-z A-Z\n/);
  });

  test('foreign pages are told nothing of the paths', async () => {
    const { port } = await startListen(argv);
    expect(await new GoodClient(port, { origin: 'https://evil.example' }, [], 'none').refused()).toMatchObject({ status: 403 });
  });
});

describe('what cannot be: 2', () => {
  test.each<[argv: string[], said: string]>([
    [['--echo', '--sink'], '--echo and --sink exclude each other: give one, or a --route for each'],
    [['--broadcast', '--reply', 'x'], '--broadcast and --reply exclude each other: give one, or a --route for each'],
    [['--send', 'x'], '--send needs --every TIME; -x sends once to each client'],
    [['--every', '1s'], '--every needs --send MSG: what is to be sent?'],
    [['--send', 'x', '--every', '0'], '"0" is no interval: write a time from 1ms on, such as 2s'],
    [['--route', 'chat=echo'], '--route "chat=echo": write PATH=WHAT, e.g. /chat=broadcast, where WHAT is'],
    [['--route', '/chat=eco'], '--route "/chat=eco": did you mean echo?'],
    [['--route', '/chat=constructor'], '--route "/chat=constructor": write PATH=WHAT'],
    [['--route', '/chat=toString:x'], '--route "/chat=toString:x": write PATH=WHAT'],
    [['--route', '/chat=__proto__'], '--route "/chat=__proto__": write PATH=WHAT'],
    [['--tls', '--tls-min', 'constructor'], '"constructor" is no version of TLS'],
    [['--route', '/chat=echo:x'], '--route "/chat=echo:x": echo takes nothing behind it'],
    [['--route', '/chat=exec'], '--route "/chat=exec": exec needs more: exec:CMD'],
    [['--route', '/chat=reply:'], '--route "/chat=reply:": reply needs more: reply:FILE'],
    [['--route', '/a=echo', '--route', '/a/=sink'], '--route /a/ is there twice: give one'],
    [['--once', '--broadcast'], '--once and --broadcast exclude each other'],
  ])('%j', async (argv, said) => {
    const outcome = await run(['listen', ...argv]);
    expect(outcome).toMatchObject({ status: 2, stdout: '' });
    expect(outcome.stderr).toContain(said);
  });
});

describe('--once with a --timeout', () => {
  test('nobody comes: 124', async () => {
    expect(await run(['listen', '--once', '--timeout', '20ms'])).toMatchObject({
      status: 124,
      stderr: expect.stringMatching(/wstap: no client came within 20\.0 ms\n$/),
    });
  });

  test('somebody comes: it is over, and holds up nothing', async () => {
    const { outcome, port } = await startListen(['--once', '--timeout', '1m']);
    const client = await new GoodClient(port).open();
    client.socket.close();
    expect((await outcome).status).toBe(0);
  });
});
