import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { echoServer, frame, GoodClient, goodServer, rawServer, upgrading } from './peer.ts';
import { buildsProgram, builtProgram, ended, spawnProgram, spawnShell } from './process.ts';
import { waitFor } from './wait.ts';

/** What only a real process shows: its descriptors, its signals, and how its end looks to the shell. */
buildsProgram();

const folder = mkdtempSync(join(tmpdir(), 'process-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shell = (script: string, env: Record<string, string> = {}) =>
  ended(spawnShell(script, { stdio: ['ignore', 'pipe', 'pipe'], env }));
const QUICK = '-w 50ms';

test.each<[script: string, status: number, stdout: string]>([
  [`echo hi | $WSTAP ${QUICK}`, 0, 'hi\n'],
  [`$WSTAP ${QUICK} --expect no -x yes`, 1, 'yes\n'],
  ['$WSTAP --nonsense', 2, ''],
  ['$WSTAP -x @/no/such/file', 3, ''],
  ['$WSTAP ws://127.0.0.1:1/', 4, ''],
  [`seq 200000 | $WSTAP ${QUICK} | tail -1`, 0, '200000\n'],
])('%s: %i', async (script, status, stdout) => {
  expect(await shell(script)).toMatchObject({ status, stdout });
});

test('what nobody caught is a bug: it is said, in a line, and the status is 70', async () => {
  const crash = 'Promise.reject(new Error("no luck"))';
  const script = `const { main, processEnv, endWith } = require(process.argv[1]); main(processEnv(), ["listen", "0"]).then(endWith); setTimeout(() => ${crash}, 100)`;
  const outcome = await shell(`node -e '${script}' ${join(dirname(builtProgram()), '../dist/main.cjs')}`);
  expect(outcome).toMatchObject({ status: 70, stdout: '' });
  expect(outcome.stderr).toMatch(/^wstap: this is a bug in wstap, please report it: no luck \(WSTAP_DEBUG=1 shows where\)$/m);
  expect(outcome.stderr).not.toMatch(/^ +at /m);
});

describe('standard streams', () => {
  test.each([
    ['stdin closed', '<&-', '', 0],
    ['stdin /dev/null', '</dev/null', '', 0],
    ['stdin a file', '< <(echo from a file)', 'from a file\n', 0],
    ['stdin a directory', '</', '', 3],
    ['stderr closed', '2>&-', '', 0],
    ['stdout closed', '>&-', '', 3],
  ])('%s', async (_, redirection, stdout, status) => {
    const outcome = await shell(`$WSTAP ${QUICK} ${redirection}`);
    expect(outcome).toMatchObject({ stdout });
    expect([0, status]).toContain(outcome.status);
    expect(outcome.stderr).not.toMatch(/at |node:|Error/);
  });

  test('stdin a file: all of it is sent', async () => {
    const file = join(folder, 'lines');
    expect(await shell(`seq 100000 > ${file}; $WSTAP ${QUICK} < ${file} | cmp - ${file} && echo same`)).toMatchObject({
      stdout: 'same\n',
      stderr: '',
    });
  });

  test('stdout a file', async () => {
    const file = join(folder, 'out');
    expect(await shell(`seq 100000 | $WSTAP ${QUICK} > ${file}; seq 100000 | cmp - ${file} && echo same`)).toMatchObject({
      stdout: 'same\n',
      stderr: '',
    });
  });

  test('a reader that leaves: quiet, status 141', async () => {
    const { url } = await goodServer((client) => {
      const flood = () => client.readyState === 1 && client.send('a line', () => setImmediate(flood));
      flood();
    });
    const { stdout, stderr } = await shell(`$WSTAP -w -1 ${url} | head -1; echo "status \${PIPESTATUS[0]}"`);
    expect([stdout, stderr]).toEqual(['a line\nstatus 141\n', '']);
  });

  test('a full disk: said, status 3', async () => {
    expect(await shell(`$WSTAP ${QUICK} -x hi > /dev/full`)).toEqual({
      status: 3,
      signal: null,
      stdout: '',
      stderr: 'wstap: standard output failed: ENOSPC: no space left on device, write\n',
    });
  });

  test('the same for what is not payload', async () => {
    for (const argv of ['--help', '--version', 'completion bash', 'handshake - <<<"GET / HTTP/1.1"']) {
      const { status, stderr } = await shell(`$WSTAP ${argv} > /dev/full`);
      expect([argv, status, stderr.includes('    at ')]).toEqual([argv, 3, false]);
    }
    expect(await shell(`$WSTAP --help | head -1 > /dev/null; echo "\${PIPESTATUS[0]}"`)).toMatchObject({ stderr: '' });
  });
});

describe('surroundings', () => {
  test('an empty environment', async () => {
    const [node = '', ...rest] = process.execPath.split('\n');
    expect(rest).toEqual([]);
    expect(await shell(`env -i \${WSTAP/#node/${node}} ${QUICK} -x hi`)).toMatchObject({ status: 0, stdout: 'hi\n', stderr: '' });
  });

  test('a working directory that is gone', async () => {
    const gone = join(folder, 'gone');
    const outcome = await shell(`mkdir ${gone}; cd ${gone}; rmdir ${gone}; $WSTAP ${QUICK} -x hi`);
    expect(outcome.stderr).not.toContain('    at ');
    expect(outcome).toMatchObject({ stdout: 'hi\n', status: 0 });
  });

  test('few descriptors: clients wait or are dropped, none ends the server, and it does not spin', async () => {
    const server = spawnShell('ulimit -n 48; exec $WSTAP listen --echo', { stdio: ['ignore', 'pipe', 'pipe'] });
    const port = await portOf(server);
    const clients = Array.from({ length: 60 }, () => new GoodClient(port));
    const [first] = clients;
    const opened = await first?.open();
    opened?.socket.send('hi');
    expect(await opened?.got(1)).toEqual(['hi']);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const busy = cpuOf(server.pid);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(cpuOf(server.pid) - busy).toBeLessThan(20);
    for (const client of clients) client.socket.terminate();
    // Until their descriptors are free again, whoever comes is dropped.
    const late = await waitFor(() => new GoodClient(port).open());
    late.socket.send('again');
    expect(await late.got(1)).toEqual(['again']);
  });
});

describe('signals', () => {
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

  test.each(names)('%s with a connection: the shell sees the signal', async (signal) => {
    const { url } = await echoServer();
    const child = spawnProgram(['-x', 'hi', '-w', '-1', url], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdout?.once('data', () => child.kill(signal));
    expect(await ended(child)).toEqual({ status: null, signal, stdout: 'hi\n', stderr: '' });
  });

  test.each(names)('%s in the handshake', async (signal) => {
    const child = spawnProgram([(await rawServer((socket) => socket.once('data', () => child.kill(signal)))).url]);
    expect(await ended(child)).toMatchObject({ status: null, signal });
  });

  test.each(names)('%s to listen', async (signal) => {
    for (const argv of [['listen'], ['listen', '--once']]) {
      const child = spawnProgram(argv, { stdio: ['pipe', 'pipe', 'pipe'] });
      await portOf(child);
      child.kill(signal);
      expect(await ended(child)).toMatchObject({ status: null, signal, stdout: '' });
    }
  });

  test('listen does not stay a moment longer than its clients', async () => {
    const child = spawnProgram(['listen'], { stdio: ['pipe', 'pipe', 'pipe'] });
    const client = await new GoodClient(await portOf(child)).open();
    const before = performance.now();
    child.kill('SIGTERM');
    await Promise.all([client.closed, ended(child)]);
    expect(performance.now() - before).toBeLessThan(4500);
  });

  test('a second one ends at once, whatever stalls', async () => {
    const { url } = await upgrading((socket) => {
      socket.pause();
      const piece = frame(0x82, Buffer.alloc(60_000));
      const flood = (): void => {
        while (socket.write(piece));
      };
      socket.on('drain', flood);
      flood();
    });
    const child = spawnProgram(['-w', '-1', '--format=raw', url], { stdio: ['pipe', 'pipe', 'pipe'] });
    // Its output is not read, and the peer answers no Close.
    await new Promise((resolve) => child.stdout?.once('readable', resolve));
    const before = performance.now();
    child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill('SIGINT');
    const [signal] = await new Promise<[unknown]>((resolve) => child.once('exit', (_, how) => resolve([how])));
    expect(signal).toBe('SIGINT');
    expect(performance.now() - before).toBeLessThan(4500);
  });
});

/** The port that a starting server tells. */
function portOf(child: ReturnType<typeof spawnProgram>): Promise<number> {
  let text = '';
  return new Promise((resolve) => {
    child.stderr?.on('data', (chunk) => {
      text += chunk;
      const port = /listening on ws:\/\/\S+:(\d+)\//.exec(text)?.[1];
      if (port) resolve(Number(port));
    });
  });
}

/** Clock ticks (a hundredth of a second) that a process has used. */
function cpuOf(pid = 0): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
