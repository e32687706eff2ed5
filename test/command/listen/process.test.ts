import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { websockets } from '../../interop/python.ts';
import { describeWith } from '../../need.ts';
import { GoodClient } from '../../peer.ts';
import { buildsProgram, ended, spawnProgram, spawnShell } from '../../process.ts';
import { waitFor } from '../../wait.ts';

/** `listen` as a process of its own: in a shell's hands, with programs below it. */
buildsProgram();

const folder = mkdtempSync(join(tmpdir(), 'listen-process-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const WITH_WSTAP = 'cd "$(mktemp -d)"; wstap() { $WSTAP "$@"; }';
const shell = (lines: readonly string[]) =>
  ended(spawnShell([WITH_WSTAP, ...lines].join('\n'), { stdio: ['ignore', 'pipe', 'pipe'], env: { TMPDIR: folder } }));

async function listening(...argv: string[]) {
  const child = spawnProgram(['listen', ...argv], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  const outcome = once(child, 'exit');
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const port = await waitFor(() => Number(/:(\d+)\/\n/.exec(said)?.[1] ?? expect.fail(said)), 10);
  return { child, outcome, port };
}

describe('the recipe: a shell script tests a client', () => {
  const server = (expected: string, timeout = '10s') =>
    `wstap listen --once --timeout ${timeout} --port-file port -q --reply api.yaml --expect '${expected}' > said &`;
  const script = (expected: string) => [
    `printf '%s\\n' 'rules:' '- when: { json: { type: login } }' '  reply: { json: { welcome: "\${$.user}" } }' > api.yaml`,
    server(expected),
    'until [ -s port ]; do sleep 0.1; done',
    `echo '{"type":"login","user":"ann"}' | wstap ws://localhost:$(cat port)/`,
    'wait $!; echo "status $?"; cat said',
  ];

  test('a client that does as expected: 0', async () => {
    expect(await shell(script('"login"'))).toMatchObject({
      stdout: '{"welcome":"ann"}\nstatus 0\n{"type":"login","user":"ann"}\n',
      stderr: '',
    });
  });

  test('one that does not: 1', async () => {
    expect(await shell(script('"logout"'))).toMatchObject({
      stdout: '{"welcome":"ann"}\nstatus 1\n{"type":"login","user":"ann"}\n',
      stderr: 'wstap: not met: 1 of 1 expected patterns were not seen\n',
    });
  });

  test('nobody comes: 124', async () => {
    const outcome = await shell(['echo "otherwise: x" > api.yaml', server('x', '200ms'), 'wait $!; echo "status $?"']);
    expect(outcome).toMatchObject({ stdout: 'status 124\n' });
  });
});

describe('a server that is told to end', () => {
  test.each(['SIGTERM', 'SIGHUP'] as const)('%s: its programs end with it, and it by that signal', async (signal) => {
    const { child, outcome, port } = await listening(
      '--exec',
      `sh -c 'trap "" TERM HUP INT; echo $$; while :; do sleep 1000; done'`,
    );
    const client = await new GoodClient(port).open();
    const pid = Number((await client.got(1))[0]);
    child.kill(signal);
    expect((await client.closed).code).toBe(1001);
    expect(await outcome).toEqual([null, signal]);
    expect(() => readFileSync(`/proc/${pid}/status`)).toThrow();
  });
});

test('with few descriptors: whoever has no room for a program gets 1011, and the others are served', async () => {
  const script = `ulimit -n 64; exec $WSTAP listen -q --exec cat --port-file ${folder}/few`;
  const child = spawnShell(script, { stdio: ['ignore', 'ignore', 'ignore'] });
  const port = await waitFor(() => Number(readFileSync(`${folder}/few`, 'utf8') || expect.fail()), 10);
  const clients = Array.from({ length: 30 }, () => new GoodClient(port));
  const fates = clients.map(async (client) => {
    client.socket.on('open', () => client.socket.send('served'));
    return Promise.race([client.got(1).then(([text]) => text), client.closed.then(({ reason }) => reason)]);
  });
  const met = new Set(await Promise.all(fates));
  // Dropped by the system, where there is not even a descriptor for the client itself.
  met.delete('');
  expect(met).toEqual(new Set(['served', 'could not be started: EMFILE']));
  for (const { socket } of clients) socket.terminate();
  await waitFor(async () => expect(await Promise.race([echoed(port), new GoodClient(port).closed])).toBe('x'));
  child.kill('SIGTERM');
});

async function echoed(port: number): Promise<string | undefined> {
  const client = await new GoodClient(port).open();
  client.socket.send('x');
  return (await client.got(1))[0];
}

describeWith(websockets, 'Python’s websockets as client', () => {
  const python = async (code: string, port: number) => {
    const source = `import asyncio, websockets\nasync def main():\n  async with websockets.connect('ws://127.0.0.1:${port}/') as w:\n${code}\nasyncio.run(main())`;
    return (await promisify(execFile)('/usr/bin/python3', ['-c', source])).stdout;
  };

  test('--exec: lines, bytes and the close code', async () => {
    const { port } = await listening('--exec', `sh -c 'read a; echo "got $a"; exit 7'`);
    const code = `    await w.send('line')\n    print(await w.recv())\n    await w.wait_closed()\n    print(w.close_code, w.close_reason)`;
    expect(await python(code, port)).toBe('got line\n1011 exit status 7\n');
    const binary = await listening('--exec', 'cat', '-b');
    expect(await python(`    await w.send(b'\\x00\\xff')\n    print(await w.recv())`, binary.port)).toBe("b'\\x00\\xff'\n");
  });

  test('--reply', async () => {
    const { port } = await listening('--reply', join(import.meta.dirname, 'replies.yaml'));
    const code = `    print(await w.recv())\n    await w.send('add 1 2')\n    print(await w.recv())\n    await w.send('bye now')\n    await w.wait_closed()\n    print(w.close_code, w.close_reason)`;
    expect(await python(code, port)).toBe('welcome\n1 + 2 = ?\n4001 bye now\n');
  });
});
