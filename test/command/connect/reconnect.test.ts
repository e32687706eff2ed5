import { expect, test, vi } from 'vitest';
import { goodServer, rawServer, upgrading } from '../../peer.ts';
import { run, start } from '../../program.ts';

test('--reconnect comes back after trouble, and sends -x again', async () => {
  const got: string[] = [];
  let round = 0;
  const { url } = await goodServer((client) => {
    client.on('message', (data) => {
      got.push(String(data));
      if (++round < 2) client.terminate();
      else client.close(1000);
    });
  });
  const { status, stderr } = await run(['--reconnect', '-w', '-1', '-x', 'hello', url]);
  expect([status, got]).toEqual([0, ['hello', 'hello']]);
  expect(stderr).toMatch(
    /^wstap: the connection was lost: 1006[\s\S]*wstap: connecting again in \d+ ms\nwstap: connected again: gone for \d+ ms, 1 try\n$/,
  );
});

test('each gap is told once', async () => {
  let round = 0;
  const { url } = await goodServer((client) => {
    client.on('message', () => (++round < 3 ? client.terminate() : client.close(1000)));
  });
  const { stderr } = await run(['--reconnect', '-w', '-1', '-x', 'hello', url]);
  expect(stderr.match(/connecting again|connected again/g)).toEqual([
    'connecting again',
    'connected again',
    'connecting again',
    'connected again',
  ]);
});

test('input goes on where it stopped', async () => {
  const got: string[] = [];
  const { url } = await goodServer((client) => {
    client.on('message', (data) => {
      got.push(String(data));
      if (got.length === 1) client.terminate();
    });
  });
  const { env, outcome } = start(['--reconnect', '-w', '50ms', url]);
  env.stdin.write('one\n');
  await env.stderr.until(/connecting again/);
  env.stdin.end('two\n');
  expect((await outcome).status).toBe(0);
  expect(got).toEqual(['one', 'two']);
});

test('--reconnect=N gives up after N tries in a row', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], shouldAdvanceTime: true, advanceTimeDelta: 1000 });
  try {
    const { status, stderr } = await run(['--reconnect=2', 'ws://127.0.0.1:1/']);
    expect([status, stderr.match(/connecting again/g)?.length]).toEqual([4, 2]);
  } finally {
    vi.useRealTimers();
  }
});

test.each([
  ['a refusal', () => rawServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 403 No\r\n\r\n'))), 6],
  ['a breach of the protocol', () => upgrading((socket) => socket.end(Buffer.from([0xff, 0]))), 7],
  ['a clean close', () => goodServer((client) => client.close(1000)), 0],
])('%s is the end', async (_, peer, status) => {
  const { url } = await peer();
  const outcome = await run(['--reconnect', '-w', '-1', url]);
  expect(outcome.status).toBe(status);
  expect(outcome.stderr).not.toContain('connecting again');
});

test('a signal while it waits ends it, and it does not come back', async () => {
  let connections = 0;
  const { url } = await goodServer((client) => {
    connections++;
    client.terminate();
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const { env, outcome } = start(['--reconnect', url]);
    await env.stderr.until(/connecting again/);
    env.signal('SIGINT');
    expect((await outcome).status).toBe(130);
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connections).toBe(1);
  } finally {
    vi.useRealTimers();
  }
});
