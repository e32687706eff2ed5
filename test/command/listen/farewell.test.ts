import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { GoodClient, REQUEST, rawClient } from '../../peer.ts';
import { startListen } from '../../program.ts';
import { waitFor } from '../../wait.ts';
import { TerminalRun } from '../terminal.ts';

/** How a server that is told to end takes leave of clients that do not answer: 1001, then so long and no longer. */

/** A client that opens, reads, and never says anything again; resolves to what it got once it was cut off. */
async function mute(port: number): Promise<{ got: Promise<Buffer> }> {
  const socket = await rawClient(port);
  socket.write(`${REQUEST.join('\r\n')}\r\n\r\n`);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const got = once(socket, 'close').then(() => Buffer.concat(chunks));
  await waitFor(() => expect(Buffer.concat(chunks).includes('\r\n\r\n')).toBe(true));
  return { got };
}

/** The Close with 1001. */
const GOING_AWAY = Buffer.from('03e9', 'hex');

describe.each<[mode: string, argv: string[]]>([
  ['to all', []],
  ['--echo', ['--echo']],
  ['--once', ['--once']],
  ['--exec', ['--exec', 'cat']],
])('%s', (_, argv) => {
  test('is closed with 1001 and waited for, five seconds and no longer', async () => {
    const { env, port, outcome } = await startListen(argv);
    const { got } = await mute(port);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      let over = false;
      void outcome.then(() => {
        over = true;
      });
      env.signal('SIGTERM');
      await vi.advanceTimersByTimeAsync(4900);
      expect(over).toBe(false);
      await vi.advanceTimersByTimeAsync(200);
      // A program that runs for a client has time of its own to end.
      await vi.advanceTimersByTimeAsync(2000);
      expect((await outcome).status).toBe(143);
      expect((await got).includes(GOING_AWAY)).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s as the second signal: not waited for', async (second) => {
    const { env, port, outcome } = await startListen(argv);
    const { got } = await mute(port);
    const before = performance.now();
    env.signal('SIGTERM');
    env.signal(second);
    expect((await outcome).status).toBe(143);
    expect((await got).includes(GOING_AWAY)).toBe(true);
    expect(performance.now() - before).toBeLessThan(4500);
  });
});

test('a client in the middle of its opening handshake is not waited for', async () => {
  const { env, port, outcome } = await startListen([]);
  const socket = await rawClient(port);
  socket.write('GET / HTTP/1.1\r\n');
  const gone = once(socket.resume(), 'close');
  await new GoodClient(port).open();
  env.signal('SIGTERM');
  expect((await outcome).status).toBe(143);
  await gone;
});

test('in a terminal, too, a second signal does not wait', async () => {
  const run = new TerminalRun(['listen', '0']);
  await run.shows(/^>/m);
  const [, port] = /Listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(run.env.stdout.written) ?? [];
  const { got } = await mute(Number(port));
  run.env.signal('SIGTERM');
  await run.shows(/waiting for 1 client to close/);
  run.env.signal('SIGHUP');
  expect(await run.status).toBe(129);
  expect((await got).includes(GOING_AWAY)).toBe(true);
});
