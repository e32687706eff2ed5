import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { GoodClient } from '../../peer.ts';
import { run, startListen } from '../../program.ts';
import { waitFor } from '../../wait.ts';

/** `--exec`: a process for each client, as websocketd has it. */
const folder = mkdtempSync(join(tmpdir(), 'exec-'));
afterAll(() => rmSync(folder, { recursive: true }));

const program = (name: string) => join(import.meta.dirname, 'programs', name);
const variables = { PATH: '/usr/local/bin:/usr/bin:/bin', SECRET: 'hidden', HOME: '/home/me' };
const exec = (command: string, ...argv: string[]) => startListen(['--exec', command, ...argv], { variables });

/** Whether a process is there. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie is gone, as far as anybody cares.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

const gone = (pid: number) => waitFor(() => expect(isThere(pid)).toBe(false), 10);

describe('websocketd’s examples', () => {
  test('count.sh: a line a message, and exit status 0 is 1000', async () => {
    const { port } = await exec(program('count.sh'));
    const client = new GoodClient(port);
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    expect(client.messages).toEqual(['1', '2', '3', '4', '5']);
  });

  test('greeter.sh: each client its own process', async () => {
    const { port } = await exec(program('greeter.sh'));
    const [one, two] = await Promise.all([new GoodClient(port).open(), new GoodClient(port).open()]);
    one.socket.send('one');
    two.socket.send('two');
    one.socket.send('ünï 😀');
    expect(await one.got(2)).toEqual(['Hello one!', 'Hello ünï 😀!']);
    expect(await two.got(1)).toEqual(['Hello two!']);
  });

  test('dump-env.sh: only documented names, and nothing of a client’s that could end a line', async () => {
    const { port } = await startListen(['--route', `/env=exec:${program('dump-env.sh')}`, '-s', 'chat', '--pass-env', 'GIVEN'], {
      variables: { ...variables, GIVEN: 'yes' },
    });
    const client = new GoodClient(
      port,
      { headers: { Cookie: 'c=1', Proxy: 'evil', 'X-Other': 'x', 'User-Agent': 'test/1' }, origin: 'http://localhost' },
      ['chat'],
      'env/a%20b%0Ac?q=1&r=%20',
    );
    await client.closed;
    const lines = client.messages.filter((line) => !/^(PWD|SHLVL|_|OLDPWD)=/.test(line));
    expect(lines.map((line) => line.replace(/^(REMOTE_PORT|SERVER_PORT)=\d+$/, '$1=N').replace(`:${port}`, ':N'))).toEqual([
      'GATEWAY_INTERFACE=CGI/1.1',
      'GIVEN=yes',
      'HOME=/home/me',
      'HTTP_HOST=127.0.0.1:N',
      'HTTP_ORIGIN=http://localhost',
      'HTTP_USER_AGENT=test/1',
      'PATH=/usr/local/bin:/usr/bin:/bin',
      'PATH_INFO=/a bc',
      'QUERY_STRING=q=1&r=%20',
      'REMOTE_ADDR=127.0.0.1',
      'REMOTE_HOST=127.0.0.1',
      'REMOTE_PORT=N',
      'REQUEST_METHOD=GET',
      'REQUEST_URI=/env/a%20b%0Ac?q=1&r=%20',
      'SCRIPT_NAME=/env',
      'SERVER_NAME=127.0.0.1',
      'SERVER_PORT=N',
      'SERVER_PROTOCOL=HTTP/1.1',
      'SERVER_SOFTWARE=wstap',
      'WSTAP_CONNECTION=1',
      'WSTAP_SUBPROTOCOL=chat',
    ]);
  });
});

describe('messages and lines', () => {
  test('what was written last, without a line end, is a message', async () => {
    const { port } = await exec(`printf 'a\\r\\n\\nb'`);
    const client = new GoodClient(port);
    await client.closed;
    expect(client.messages).toEqual(['a', '', 'b']);
  });

  test('-b: bytes both ways', async () => {
    const { port } = await exec('cat', '-b');
    const client = await new GoodClient(port).open();
    const types: boolean[] = [];
    client.socket.on('message', (_, isBinary) => types.push(isBinary));
    client.socket.send(Buffer.from([0, 10, 255]));
    client.socket.send('text');
    await waitFor(() => expect(client.messages.join('')).toBe('\0\n\ufffdtext'));
    expect(new Set(types)).toEqual(new Set([true]));
  });

  test('-0: messages end with NUL', async () => {
    const { port } = await exec('cat', '-0');
    const client = await new GoodClient(port).open();
    client.socket.send('two\nlines');
    expect(await client.got(1)).toEqual(['two\nlines']);
  });

  test('lines of nearly a megabyte', async () => {
    const { port } = await exec(`sh -c 'for n in 1 2 3 4 5; do head -c 1000000 /dev/zero | tr "\\0" x; echo; done'`);
    const client = new GoodClient(port);
    expect((await client.closed).code).toBe(1000);
    expect(client.messages.map(({ length }) => length)).toEqual([1e6, 1e6, 1e6, 1e6, 1e6]);
  });

  test('output that is not UTF-8 is sent as well as it goes, and said', async () => {
    const { env, port } = await exec(`printf 'a\\377\\n\\377b\\n'`);
    const client = new GoodClient(port);
    await client.closed;
    expect(client.messages).toEqual(['a\ufffd', '\ufffdb']);
    expect(env.stderr.text.match(/#1 its output is not UTF-8/g)).toHaveLength(1);
  });

  test('a line longer than --max-line: 1009', async () => {
    const { env, port } = await exec(`sh -c 'head -c 5000 /dev/zero; sleep 100'`, '--max-line', '4096');
    expect(await new GoodClient(port).closed).toEqual({ code: 1009, reason: 'a line of output is too long' });
    expect(env.stderr.text).toContain('longer than --max-line allows');
  });

  test('stderr is shown with the client’s number, and drives no terminal', async () => {
    const { env, port } = await exec(`sh -c 'printf "one\\n\\033[31mtwo\\n" >&2; printf no-end >&2'`);
    await new GoodClient(port).closed;
    await env.stderr.until(/no-end/);
    expect(env.stderr.text).toContain('wstap: #1 stderr: one\nwstap: #1 stderr: \\x1b[31mtwo\nwstap: #1 stderr: no-end\n');
  });
});

describe('the end', () => {
  test.each([
    ['sh -c "exit 3"', 1011, 'exit status 3'],
    [`sh -c 'kill -9 $$'`, 1011, 'ended by SIGKILL'],
    ['true', 1000, ''],
  ])('%s: %i', async (command, code, reason) => {
    const { port } = await exec(command);
    expect(await new GoodClient(port).closed).toEqual({ code, reason });
  });

  test('a process ends with its client, and so does what it has started', async () => {
    const { port } = await exec(`sh -c 'sleep 1000 & echo $$ $!; wait'`);
    const client = await new GoodClient(port).open();
    const [pids = ''] = await client.got(1);
    const [leader, fork] = pids.split(' ').map(Number) as [number, number];
    expect([isThere(leader), isThere(fork)]).toEqual([true, true]);
    client.socket.terminate();
    await Promise.all([gone(leader), gone(fork)]);
  });

  test('one that heeds neither the end of its input nor SIGTERM is killed', async () => {
    const { port } = await exec(`sh -c 'trap "" TERM; echo $$; while :; do sleep 1000; done'`);
    const client = await new GoodClient(port).open();
    const pid = Number((await client.got(1))[0]);
    client.socket.close();
    await gone(pid);
  });

  test('one that may finish its work does', async () => {
    const file = join(folder, 'received');
    const { port } = await exec(`sh -c 'cat > ${file}.part; mv ${file}.part ${file}'`);
    const client = await new GoodClient(port).open();
    for (const text of ['a', 'b', 'c']) client.socket.send(text);
    client.socket.close();
    await waitFor(() => expect(existsSync(file) && readFileSync(file, 'utf8')).toBe('a\nb\nc\n'));
  });

  test('what it leaves behind ends with it', async () => {
    const { port } = await exec(`sh -c 'sleep 1000 & echo $!'`);
    const client = new GoodClient(port);
    expect((await client.closed).code).toBe(1000);
    await gone(Number(client.messages[0]));
  });

  test('output that somebody outside of its group holds open does not keep the connection', async () => {
    const { port } = await exec(`sh -c 'setsid sleep 30 & echo $!'`);
    const client = new GoodClient(port);
    expect((await client.closed).code).toBe(1000);
    process.kill(Number(client.messages[0]), 'SIGKILL');
  });

  test('the server’s end is theirs', async () => {
    const { env, outcome, port } = await exec(`sh -c 'trap "" TERM; echo $$; while :; do sleep 1000; done'`);
    const client = await new GoodClient(port).open();
    const pid = Number((await client.got(1))[0]);
    env.signal('SIGTERM');
    expect((await client.closed).code).toBe(1001);
    expect((await outcome).status).toBe(143);
    await gone(pid);
  });

  test('a second signal kills at once', async () => {
    const { env, outcome, port } = await exec(`sh -c 'trap "" TERM; echo $$; while :; do sleep 1000; done'`);
    const client = await new GoodClient(port).open();
    const pid = Number((await client.got(1))[0]);
    // No time passes in which it would be killed anyway.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      env.signal('SIGINT');
      env.signal('SIGINT');
      expect((await outcome).status).toBe(130);
    } finally {
      vi.useRealTimers();
    }
    await gone(pid);
  });
});

describe('it survives a program that', () => {
  test('floods: a client that does not read pauses it, and one that reads gets everything', async () => {
    const { port } = await exec('seq 1 300000');
    const slow = await new GoodClient(port).open();
    slow.socket.pause();
    const client = new GoodClient(port);
    expect((await client.closed).code).toBe(1000);
    expect(client.messages).toHaveLength(300_000);
    expect(client.messages.at(-1)).toBe('300000');
    slow.socket.resume();
    expect((await slow.closed).code).toBe(1000);
    expect(slow.messages).toHaveLength(300_000);
  });

  test('floods without end: while its client does not read it stands still', async () => {
    const { port } = await exec(`sh -c 'echo $$; exec cat /dev/zero'`, '-b');
    const slow = await new GoodClient(port).open();
    const [first = ''] = await slow.got(1);
    slow.socket.pause();
    const written = () => Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${Number.parseInt(first, 10)}/io`, 'latin1'))?.[1]);
    let before = -1;
    await waitFor(() => {
      const last = before;
      before = written();
      expect(before).toBe(last);
    }, 100);
    expect(before).toBeGreaterThan(0);
    // What both sockets' buffers hold, and what we do.
    expect(before - slow.messages.join('').length).toBeLessThan(20e6);
  });

  test('hangs, and reads nothing: its client is read no further, and is noticed when it leaves', async () => {
    const { env, port } = await exec(`sh -c 'echo $$; exec sleep 1000'`);
    const client = await new GoodClient(port).open();
    const pid = Number((await client.got(1))[0]);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const piece = 'x'.repeat(1 << 16);
      for (let sent = 0; sent < 400; sent++) client.socket.send(piece);
      for (let turn = 0; turn < 2000; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(client.socket.bufferedAmount).toBeGreaterThan(1e6);
      client.socket.terminate();
      const left = env.stderr.until(/#1 left/);
      for (let look = 0; look < 10; look++) {
        await vi.advanceTimersByTimeAsync(250);
        for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      }
      await left;
      await vi.advanceTimersByTimeAsync(3000);
    } finally {
      vi.useRealTimers();
    }
    await gone(pid);
  });

  test('hangs, and reads nothing: a Close behind what waits for it is answered', async () => {
    const { port } = await exec(`sh -c 'echo $$; exec sleep 1000'`);
    const client = await new GoodClient(port).open();
    const pid = Number((await client.got(1))[0]);
    for (let sent = 0; sent < 14; sent++) client.socket.send('x'.repeat(1 << 16));
    client.socket.close(1000, 'enough');
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    await gone(pid);
  });

  test('closes its input', async () => {
    const { port } = await exec(`sh -c 'exec 0<&-; echo closed; sleep 0.2; echo done'`);
    const client = await new GoodClient(port).open();
    await client.got(1);
    for (let sent = 0; sent < 100; sent++) client.socket.send('x'.repeat(65536));
    expect((await client.closed).code).toBe(1000);
    expect(client.messages).toEqual(['closed', 'done']);
  });

  test('closes its output and goes on', async () => {
    const file = join(folder, 'went-on');
    const { port } = await exec(`sh -c 'echo hi; exec 1>&-; read line; echo "$line" > ${file}; exit 4'`);
    const client = await new GoodClient(port).open();
    await client.got(1);
    client.socket.send('still there');
    expect((await client.closed).reason).toBe('exit status 4');
    expect(readFileSync(file, 'utf8')).toBe('still there\n');
  });

  test('dies at once, for each of many clients', async () => {
    const { port } = await exec('false');
    const closes = await Promise.all(Array.from({ length: 20 }, () => new GoodClient(port).closed));
    expect(closes.every(({ code, reason }) => code === 1011 && reason === 'exit status 1')).toBe(true);
  });
});

describe('where it cannot be', () => {
  test('--max-forks: 503 above, until one has ended', async () => {
    const { port } = await exec('cat', '--max-forks', '2');
    const [first] = await Promise.all([new GoodClient(port).open(), new GoodClient(port).open()]);
    expect(await new GoodClient(port).refused()).toMatchObject({ status: 503, body: expect.stringContaining('--max-forks') });
    first.socket.close();
    await first.closed;
    await waitFor(async () => (await new GoodClient(port).open()).socket.terminate());
  });

  test('a program that vanished meanwhile: 1011', async () => {
    const file = join(folder, 'vanishing');
    writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 });
    const { env, port } = await exec(file);
    rmSync(file);
    expect(await new GoodClient(port).closed).toEqual({ code: 1011, reason: 'could not be started: ENOENT' });
    expect(env.stderr.text).toContain('could not be started: ENOENT');
  });

  test.each<[argv: string[], status: number, said: RegExp]>([
    [
      ['--exec', 'no-such-program-here x'],
      3,
      /no program "no-such-program-here" in PATH; for one in this folder write \.\/no-such/,
    ],
    [['--exec', './no/such'], 3, /no program ".\/no\/such"/],
    [['--exec', '/etc/passwd'], 3, /"\/etc\/passwd" may not be run/],
    [['--exec', '/'], 3, /is a directory/],
    [['--exec', 'a | b'], 2, /"\|" means something to a shell only: give --shell/],
    [['--exec', "a 'b"], 2, /a quotation has no end/],
    [['--exec', ''], 2, /needs a command/],
    [['--exec', 'cat', '--echo'], 2, /--echo and --exec exclude each other/],
    [['--shell'], 2, /--shell is about --exec/],
    [['--max-forks', '3', '--echo'], 2, /--max-forks is about --exec/],
    [['--exec', 'cat', '--pass-env', 'A=B'], 2, /no name of a variable/],
  ])('%j: %i', async (argv, status, said) => {
    const outcome = await run(['listen', ...argv], '', { variables });
    expect(outcome).toMatchObject({ status, stderr: expect.stringMatching(said) });
  });

  test('--shell', async () => {
    const { port } = await exec('echo $((6 * 7)) | cat; echo $HOME', '--shell');
    const client = new GoodClient(port);
    await client.closed;
    expect(client.messages).toEqual(['42', '/home/me']);
  });
});

test('--once: the first client’s program, and its messages on standard output', async () => {
  const { env, outcome, port } = await startListen(['--once', '--exec', program('greeter.sh'), '--expect', 'stop'], {
    variables,
  });
  env.stdin.write('never sent\n');
  const client = await new GoodClient(port).open();
  client.socket.send('you');
  expect(await client.got(1)).toEqual(['Hello you!']);
  client.socket.send('stop');
  expect((await client.closed).code).toBe(1000);
  expect(await outcome).toMatchObject({ status: 0, stdout: 'you\nstop\n' });
});
