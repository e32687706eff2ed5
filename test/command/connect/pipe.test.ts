import { Writable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { echoServer, frame, goodServer, rawServer, upgrading } from '../../peer.ts';
import { run, start } from '../../program.ts';
import { withResolvers } from '../../resolvers.ts';
import { waitFor } from '../../wait.ts';

/** Where the default wait of 300 ms is not the point. */
const QUICK = ['-w', '50ms'];

const ok = (stdout: string) => ({ status: 0, stdout, stderr: '' });

describe('a filter', () => {
  test('each line is a text message, and each text message a line', async () => {
    const { url } = await echoServer();
    expect(await run([...QUICK, url], 'one\ntwo\n\nGrüße, 世界 👋\n')).toEqual(ok('one\ntwo\n\nGrüße, 世界 👋\n'));
  });

  test.each([
    ['a last line without a line end', 'one\ntwo', 'one\ntwo\n'],
    ['CR LF line ends', 'one\r\ntwo\r\n', 'one\ntwo\n'],
    ['a CR inside of a line', 'o\rne\n', 'o\rne\n'],
    ['a CR at the end of the input', 'one\r', 'one\r\n'],
    ['no input at all', '', ''],
  ])('%s', async (_, input, output) => {
    const { url } = await echoServer();
    expect(await run([...QUICK, url], input)).toEqual(ok(output));
  });

  test('without a URL there is an echo server inside', async () => {
    expect(await run(QUICK, 'hi\n')).toEqual(ok('hi\n'));
    expect(await run([...QUICK, '-x', 'hi'])).toEqual(ok('hi\n'));
  });

  test('lines that came before the connection opened are kept and sent', async () => {
    const lines: string[] = [];
    const asked = withResolvers<() => void>();
    const { url } = await goodServer((client) => client.on('message', (data) => lines.push(String(data))), {
      verifyClient: (_, accept) => asked.resolve(() => accept(true)),
    });
    const { env, outcome } = start([url]);
    env.stdin.end('one\ntwo\n');
    const answer = await asked.promise;
    answer();
    expect(await outcome).toEqual(ok(''));
    expect(lines).toEqual(['one', 'two']);
  });

  test('200,000 lines go both ways in their order, and none is lost', async () => {
    const { url } = await echoServer();
    const input = Array.from({ length: 200_000 }, (_, index) => `line ${index}\n`).join('');
    const { status, stdout, stderr } = await run([url], input);
    expect([status, stderr, stdout.length]).toEqual([0, '', input.length]);
    expect(stdout === input).toBe(true);
  });

  test('messages of all sizes pass whole', async () => {
    const { url } = await echoServer();
    const lines = [125, 126, 65_535, 65_536, 200_000].map((length) => 'x'.repeat(length));
    expect((await run([...QUICK, url], `${lines.join('\n')}\n`)).stdout.split('\n').map((line) => line.length)).toEqual([
      ...lines.map((line) => line.length),
      0,
    ]);
  });

  test('what the server sends by itself comes out, also right behind its 101', async () => {
    const { url } = await goodServer((client) => {
      client.send('welcome');
      client.send('to you');
    });
    expect(await run([...QUICK, url])).toEqual(ok('welcome\nto you\n'));
  });

  test('fragments come out as one message', async () => {
    const { url } = await upgrading((socket) => {
      socket.write(Buffer.concat([frame(0x01, 'He'), frame(0x89, 'ping'), frame(0x00, 'll'), frame(0x80, 'o'), frame(0x88)]));
      socket.on('data', () => socket.end());
    });
    expect(await run([url])).toEqual(ok('Hello\n'));
  });
});

describe('at the end of the input', () => {
  test('a ping is the barrier, and then comes a clean close 1000', async () => {
    const story: string[] = [];
    const { url } = await goodServer((client) => {
      client.on('message', (data) => story.push(`message ${data}`));
      client.on('ping', () => story.push('ping'));
      client.on('close', (code) => story.push(`close ${code}`));
    });
    await run([...QUICK, url], 'a\nb\n');
    await waitFor(() => expect(story).toEqual(['message a', 'message b', 'ping', 'close 1000']));
  });

  test('a slow answer is waited for while the connection does not stay quiet for --wait', async () => {
    const { url } = await goodServer((client) => {
      client.on('message', () => [150, 300, 450, 600].map((delay) => setTimeout(() => client.send(`after ${delay} ms`), delay)));
    });
    expect(await run([url], 'go\n')).toEqual(ok('after 150 ms\nafter 300 ms\nafter 450 ms\nafter 600 ms\n'));
  });

  test('-w sets how long; what comes later is not waited for', async () => {
    const late = await goodServer((client) => client.on('message', () => setTimeout(() => client.send('late'), 400)));
    expect(await run(['-w', '50ms', late.url], 'go\n')).toEqual(ok(''));
    expect(await run(['-w', '1', late.url], 'go\n')).toEqual(ok('late\n'));
  });

  test('-w -1 waits until the peer closes', async () => {
    const { url } = await goodServer((client) => setTimeout(() => client.close(1001), 500));
    const before = performance.now();
    expect(await run(['-w', '-1', url])).toEqual(ok(''));
    expect(performance.now() - before).toBeGreaterThan(450);
  });

  test('-E closes at once, with everything sent', async () => {
    const lines: string[] = [];
    const { url } = await goodServer((client) => client.on('message', (data) => lines.push(String(data))));
    const before = performance.now();
    expect(await run(['-E', '-w', '-1', url], 'a\nb\n')).toEqual(ok(''));
    expect(lines).toEqual(['a', 'b']);
    expect(performance.now() - before).toBeLessThan(4500);
  });

  test('a server that never pongs is waited for five seconds', async () => {
    const { url } = await goodServer((client) => client.on('message', (data) => client.send(String(data))), { autoPong: false });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const { env, outcome } = start([url]);
      env.stdin.end('hi\n');
      await env.captured.until(/hi\n/);
      await vi.advanceTimersByTimeAsync(5000);
      await vi.advanceTimersByTimeAsync(300);
      expect(await outcome).toEqual(ok('hi\n'));
    } finally {
      vi.useRealTimers();
    }
  });

  test('a server that takes the Close and never ends TCP is waited for five seconds: its Close was clean', async () => {
    const { url } = await upgrading((socket) => {
      socket.on('data', (chunk: Buffer) => (chunk[0] === 0x88 ? socket.write(frame(0x88, Buffer.from([3, 232]))) : undefined));
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const { env, outcome } = start(['-E', '-vv', url]);
      env.stdin.end();
      await env.stderr.until(/← CLOSE/);
      await vi.advanceTimersByTimeAsync(5000);
      expect((await outcome).status).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('leaving early', () => {
  const greeter = () => goodServer((client) => ['one', 'two', 'three', 'four'].map((text) => client.send(text)));

  test.each([
    [['-1'], 'one\n'],
    [['--one'], 'one\n'],
    [['--count', '3'], 'one\ntwo\nthree\n'],
    [['--expect', 'two'], 'one\ntwo\n'],
    [['--expect', '/^TH/i'], 'one\ntwo\nthree\n'],
    [['--expect', 'three', '--expect', 'one'], 'one\ntwo\nthree\n'],
    [['--count', '3', '--expect', 'one'], 'one\ntwo\nthree\n'],
  ])('%j', async (argv, output) => {
    const { url } = await greeter();
    const before = performance.now();
    expect(await run([...argv, url])).toEqual(ok(output));
    expect(performance.now() - before).toBeLessThan(8000);
  });

  test('it leaves while its input goes on', async () => {
    const { url } = await echoServer();
    const { env, outcome } = start(['-1', url]);
    env.stdin.write('a\nb\nc\n');
    expect(await outcome).toEqual(ok('a\n'));
  });

  test.each([
    [['-1'], [], '0 of 1 messages came'],
    [['--count', '3'], ['x'], '1 of 3 messages came'],
    [['--expect', 'here'], ['nobody'], '1 of 1 expected patterns were not seen'],
    [['--expect', '/a/', '--expect', 'x'], ['x'], '1 of 2 expected patterns were not seen'],
  ])('%j fails when the peer closes after %j', async (argv, texts, said) => {
    const { url } = await goodServer((client) => {
      for (const text of texts) client.send(text);
      client.close(1000);
    });
    const { status, stderr } = await run([...argv, url]);
    expect([status, stderr]).toEqual([1, `wstap: not met: ${said}\n`]);
  });

  test('an expectation is waited for ten seconds, or as --wait says', async () => {
    const { url } = await echoServer();
    const failed = { status: 1, stdout: 'no\n', stderr: 'wstap: not met: 1 of 1 expected patterns were not seen\n' };
    expect(await run(['--expect', 'yes', '-w', '100ms', '-x', 'no', url])).toEqual(failed);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const { env, outcome } = start(['--expect', 'yes', '-vv', '-x', 'no', url]);
      await env.stderr.until(/← PONG/);
      let over = false;
      void outcome.then(() => {
        over = true;
      });
      await vi.advanceTimersByTimeAsync(9500);
      expect(over).toBe(false);
      await vi.advanceTimersByTimeAsync(1000);
      expect((await outcome).status).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });
});

test('--ping-interval pings, and leaves nothing behind that would keep the process', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], shouldAdvanceTime: true });
  try {
    const pings: string[] = [];
    const { url } = await goodServer((client) => {
      client.on('ping', (payload) => {
        pings.push(String(payload));
        if (pings.length === 3) client.terminate();
      });
    });
    const { outcome } = start(['--ping-interval', '50ms', url]);
    expect((await outcome).status).toBe(8);
    expect(pings).toEqual(['wstap 1', 'wstap 2', 'wstap 3']);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('--echo answers a server that tests its clients', async () => {
  const answers: string[] = [];
  const { url } = await goodServer((client) => {
    client.on('message', (data, binary) => answers.push(`${binary} ${data}`));
    client.send('text');
    client.send(Buffer.from('binary'));
    client.ping();
    client.on('pong', () => client.close(1000));
  });
  expect(await run(['--echo', url])).toEqual(ok('text\n62696e617279\n'));
  expect(answers).toEqual(['false text', 'true binary']);
});

describe('signals', () => {
  const signals = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const;

  test.each(signals)('%s closes with 1000: status %i', async (signal, status) => {
    let told = 0;
    const { url } = await goodServer((client) => {
      client.send('hello');
      client.on('close', (code) => {
        told = code;
      });
    });
    const { env, outcome } = start([url]);
    await env.captured.until(/hello/);
    env.signal(signal);
    expect(await outcome).toEqual({ status, stdout: 'hello\n', stderr: '' });
    await waitFor(() => expect(told).toBe(1000));
    expect(env.listens).toBe(false);
  });

  test.each(signals)('%s while the handshake goes on gives up: status %i', async (signal, status) => {
    const asked = withResolvers();
    const { url, sockets } = await rawServer((socket) => socket.once('data', () => asked.resolve()));
    const { env, outcome } = start([url]);
    await asked.promise;
    env.signal(signal);
    expect(await outcome).toMatchObject({ status, stdout: '' });
    await waitFor(() => expect(sockets[0]?.readableEnded || sockets[0]?.destroyed).toBe(true));
  });

  test('a second one does not wait for the closing handshake', async () => {
    const { url } = await upgrading((socket) => socket.write(frame(0x81, 'hello')));
    const { env, outcome } = start([url]);
    await env.captured.until(/hello/);
    env.signal('SIGINT');
    env.signal('SIGINT');
    expect(await outcome).toEqual({ status: 130, stdout: 'hello\n', stderr: '' });
  });

  test('one is enough where the output stalls for ever', async () => {
    const stalled = new Writable({ highWaterMark: 1, write: () => undefined });
    const { url } = await goodServer((client) => client.send('hello'));
    const { env, outcome } = start(['-w', '-1', '-vv', url], { stdout: stalled });
    await env.stderr.until(/← TEXT/);
    env.signal('SIGTERM');
    expect((await outcome).status).toBe(143);
  });

  test('a first one waits five seconds for a peer that does not answer the Close', async () => {
    const { url } = await upgrading((socket) => socket.write(frame(0x81, 'hello')));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const { env, outcome } = start([url]);
      await env.captured.until(/hello/);
      env.signal('SIGTERM');
      await vi.advanceTimersByTimeAsync(5000);
      expect((await outcome).status).toBe(143);
    } finally {
      vi.useRealTimers();
    }
  });
});
