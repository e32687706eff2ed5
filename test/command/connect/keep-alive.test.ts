import { describe, expect, test } from 'vitest';
import { clientFrames, echoServer, frame, goodServer, upgrading } from '../../peer.ts';
import { run } from '../../program.ts';
import { waitFor } from '../../wait.ts';
import { TerminalRun } from '../terminal.ts';

/** A server that opens and then neither answers nor ends: all that a half-open connection shows. */
const silent = () => upgrading((socket) => socket.resume());

describe('--ping-timeout', () => {
  test('a peer that answers no ping is dead: 8, and in words', async () => {
    const { url } = await silent();
    const { status, stderr } = await run(['--ping-interval', '50ms', '--ping-timeout', '60ms', '-w', '-1', url]);
    expect(status).toBe(8);
    expect(stderr).toContain('the connection was lost: 1006');
    expect(stderr.replace(/\s+/g, ' ')).toContain('no pong within 60 ms The connection ended without a Close frame');
  });

  test('a hundred pings under way hide no dead peer', async () => {
    const { url } = await silent();
    const { status, stderr } = await run(['--ping-interval', '5ms', '--ping-timeout', '600ms', '-w', '-1', url]);
    expect(status).toBe(8);
    expect(stderr).toContain('no pong within 600 ms');
  });

  test('is the interval too, where none is given', async () => {
    const { url } = await silent();
    const { status, stdout } = await run(['--ping-timeout', '50ms', '--format', 'json', '-w', '-1', url]);
    expect(status).toBe(8);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.slice(-2)).toMatchObject([
      { type: 'failure', hop: 'stream', code: 'PING_TIMEOUT' },
      { type: 'closed', code: 1006, by: 'network' },
    ]);
  });

  test('a peer that answers lives on', async () => {
    let pings = 0;
    const { url } = await goodServer((client) => client.on('ping', () => ++pings === 5 && client.close(1000)));
    expect(await run(['--ping-interval', '20ms', '--ping-timeout', '5s', '-w', '-1', url])).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });

  test('with --reconnect a dead peer is left for the next try, -x is sent again, and the gap is told', async () => {
    const got: string[] = [];
    let connections = 0;
    const { url } = await upgrading((socket) => {
      const isFirst = ++connections === 1;
      socket.on('data', (chunk: Buffer) => {
        for (const { opcode, payload } of clientFrames(chunk)) {
          if (opcode === 1) got.push(`${connections}: ${payload}`);
          if (isFirst) continue;
          if (opcode === 9) socket.write(frame(0x8a, payload));
          if (opcode === 1) socket.end(Buffer.concat([frame(0x81, 'bye'), frame(0x88, Buffer.from([3, 232]))]));
        }
      });
    });
    const argv = [
      '--reconnect',
      '--ping-interval',
      '30ms',
      '--ping-timeout',
      '50ms',
      '-x',
      'hello',
      '-w',
      '-1',
      '--format',
      'json',
    ];
    const { status, stdout, stderr } = await run([...argv, url]);
    expect([status, got]).toEqual([0, ['1: hello', '2: hello']]);
    expect(stderr).toMatch(/wstap: connecting again in \d+ ms\nwstap: connected again: gone for \d+ ms, 1 try\n$/);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const types = events.map(({ type }) => type);
    expect(types.filter((type) => ['open', 'failure', 'closed', 'gap'].includes(type))).toEqual([
      'open',
      'failure',
      'closed',
      'gap',
      'open',
      'closed',
    ]);
    expect(events.find(({ type }) => type === 'gap')).toMatchObject({ tries: 1, duration: expect.any(Number) });
    const times = events.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});

test.each(['--ping-interval', '--ping-timeout'])('%s 0 is a mistake', async (option) => {
  expect(await run([option, '0', 'ws://localhost:1/'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('0 is too often'),
  });
});

describe('round trips', () => {
  test('are counted in the closed event', async () => {
    const { url } = await goodServer((client) => {
      let pings = 0;
      client.on('ping', () => ++pings === 3 && setTimeout(() => client.close(1000), 50));
    });
    const { stdout } = await run(['--ping-interval', '20ms', '-w', '-1', '--format', 'json', url]);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const times = events.filter(({ type }) => type === 'rtt').map(({ rtt }) => rtt);
    const { roundTrips } = events.at(-1);
    expect(roundTrips).toMatchObject({
      count: times.length,
      min: Math.min(...times),
      max: Math.max(...times),
      last: times.at(-1),
    });
    expect(roundTrips.mean).toBeCloseTo(times.reduce((sum, time) => sum + time, 0) / times.length, 2);
    expect(times.length).toBeGreaterThanOrEqual(3);
  });

  test('are the last words with -v', async () => {
    const { url } = await echoServer();
    const { status, stderr } = await run(['-v', '-x', 'hi', '-w', '200ms', '--ping-interval', '20ms', url]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/\n {2}ping: \d+ round trips: min [^\n]+\n$/);
  });

  test('one alone is told when it comes, and not once more', async () => {
    const { url } = await echoServer();
    const { stderr } = await run(['-v', '-x', 'hi', '-w', '50ms', url]);
    expect(stderr).toMatch(/\n {2}ping answered after \d+\.\d+ ms\n$/);
  });

  test('min, average, maximum and the last', async () => {
    let pings = 0;
    const { url } = await goodServer((client) =>
      client.on('ping', () => ++pings === 3 && setTimeout(() => client.close(1000), 50)),
    );
    const { stderr } = await run(['-v', '--ping-interval', '20ms', '-w', '-1', url]);
    expect(stderr).toMatch(/ {2}ping: \d round trips: min [\d.]+ ms, avg [\d.]+ ms, max [\d.]+ ms, last [\d.]+ ms\n$/);
  });
});

test('in a terminal the gap is a line across, and /stats has the round trips', async () => {
  let connections = 0;
  let pings = 0;
  const { url } = await goodServer((client) => {
    client.on('ping', () => pings++);
    if (++connections === 1) client.terminate();
  });
  const run = new TerminalRun(['--reconnect', '--ping-interval', '20ms', url]);
  await run.shows(/┄┄ connected again: gone for [^,]+, 1 try ┄+\n *Connected/);
  await waitFor(() => expect(pings).toBeGreaterThan(2));
  await run.line('/stats');
  await run.shows(/ping {6}\d+ round trips: min/);
  await run.line('/quit');
  expect(await run.status).toBe(0);
});
