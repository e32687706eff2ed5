import { describe, expect, test } from 'vitest';
import { clientEnv } from '../../../src/command/session/client-env.ts';
import { statusOf } from '../../../src/command/session/failure.ts';
import { Client, type Ending } from '../../../src/endpoint/client.ts';
import type { FaultAnswer } from '../../../src/endpoint/fault/row.ts';
import { FAULT_NAMES, type FaultName, faultRow } from '../../../src/endpoint/fault/table.ts';
import { CLIENT_LIMITS } from '../../../src/protocol/connection/limits.ts';
import type { SessionEvent } from '../../../src/session/event.ts';
import { FakeEnv } from '../../fake-env.ts';
import { run, start, startListen } from '../../program.ts';

/** Every fault, and every answer that the table promises of `wstap connect`. As bytes: fault-wire.test.ts. */

/** Values that take less time than the usual ones; what else a fault needs to be seen. */
const VALUES: Readonly<Record<string, string>> = { slow: '1ms', delay: '5ms', jitter: '5ms', bandwidth: '10KiB' };
const LISTEN: Readonly<Record<string, readonly string[]>> = { 'no-subprotocol': ['-s', 'chat'] };
const MiB = 1024 * 1024;

interface Met {
  readonly events: readonly SessionEvent[];
  readonly messages: readonly string[];
  readonly ending: Ending;
}

/** Sends two messages, waits for the pong to a ping (or not, where none will come), and closes with 1000. */
function meet(port: number, isCompressing: boolean, mayWait: boolean): Promise<Met> {
  const events: SessionEvent[] = [];
  const messages: string[] = [];
  return new Promise((resolve) => {
    const client: Client = new Client(
      {
        target: { host: '127.0.0.1', port },
        request: {
          host: `127.0.0.1:${port}`,
          target: '/',
          subprotocols: ['chat'],
          ...(isCompressing && { extensions: 'permessage-deflate' }),
        },
        limits: { ...CLIENT_LIMITS, maxMessage: MiB },
        tolerance: 'strict',
        handshakeTimeout: mayWait ? 3000 : 150,
        closeTimeout: 150,
        compressFrom: 0,
      },
      clientEnv(new FakeEnv()),
      (event) => events.push(event),
      {
        open: (link) => {
          link.sendText('one');
          link.sendText('two');
          link.ping(Buffer.from('done'));
          if (!mayWait) client.stop();
        },
        message: (message) => messages.push(Buffer.from(message.view()).toString()),
        pong: (payload) => {
          if (Buffer.from(payload).toString() === 'done') client.stop();
        },
        peerClosed: () => undefined,
        drain: () => undefined,
        end: (ending) => resolve({ events, messages, ending }),
      },
    );
  });
}

const CASES = FAULT_NAMES.flatMap((name) =>
  faultRow(name).answers.map((answer: FaultAnswer): [fault: string, answer: FaultAnswer, name: FaultName] => {
    const value = answer.value ?? VALUES[name];
    return [value === undefined ? name : `${name}=${value}`, answer, name];
  }),
);

/** These answer no ping, or nothing at all. */
const MUTE = new Set(['silent', 'no-pong', 'stall', 'half-open']);

test.each(CASES)('--fault %s: %j', async (fault, answer, name) => {
  const { port } = await startListen(['--echo', '--fault', fault, ...(LISTEN[name] ?? ['-s', 'chat'])]);
  const { ending, events } = await meet(port, faultRow(name).deflate === 'needed', !MUTE.has(name));
  const violation = events.find((event) => event.type === 'violation' && event.fatal);
  const rule = violation?.type === 'violation' ? violation.violation.rule : undefined;
  const failed = ending.type === 'refused' ? ending.findings.filter(({ level }) => level === 'fail').map(({ id }) => id) : [];
  expect({ exit: statusOf(ending, violation !== undefined), rule }).toEqual({ exit: answer.exit, rule: answer.rule });
  if (answer.finding) expect(failed).toContain(answer.finding);
  if (answer.code) expect(ending).toMatchObject({ type: 'closed', code: answer.code });
});

describe('what arrives', () => {
  test.each<[fault: string, messages: readonly string[]]>([
    ['drop', ['one']],
    ['duplicate', ['one', 'two', 'two']],
    ['reorder=1', ['two', 'one']],
    ['fragment', ['one', 'two']],
    ['ping-between', ['one', 'two']],
    ['pong', ['one', 'two']],
    ['split', ['one', 'two']],
    ['glued', ['one', 'two']],
    ['bandwidth=2KiB', ['one', 'two']],
    ['data-after-close', []],
  ])('--fault %s: %j', async (fault, expected) => {
    const { port } = await startListen(['--echo', '--fault', fault]);
    for (const isCompressing of [false, true]) {
      const { messages, ending } = await meet(port, isCompressing, true);
      expect([messages, ending.type]).toEqual([expected, 'closed']);
    }
  });
});

describe('the program against itself', () => {
  const connect = (port: number, ...args: string[]) => run(['connect', `ws://127.0.0.1:${port}/`, ...args]);

  test('a broken rule: 7, and both sides say what happened', async () => {
    const { env, port } = await startListen(['--fault', 'rsv=2', '-x', 'hi', '-vv']);
    const outcome = await connect(port, '-w', '-1');
    expect(outcome.status).toBe(7);
    expect(outcome.stderr).toContain('the peer broke the protocol: RSV2 set');
    await env.stderr.until(/closed|left/);
    expect(env.stderr.text).toMatch(/^#1 {8}! fault: rsv, message 1: RSV2 set$/m);
    expect(env.stderr.text).toMatch(/→ TEXT {3}fin {2}·1·/);
  });

  test('refused: 6, with the body', async () => {
    const { port } = await startListen(['--reject', '403=no entry']);
    const outcome = await connect(port, '-x', 'hi');
    expect(outcome.status).toBe(6);
    expect(outcome.stderr).toContain('the server refused: 403 Forbidden');
    expect(outcome.stderr).toContain('no entry');
  });

  test('in JSON a fault is an event', async () => {
    const { env, port } = await startListen(['--fault', 'close=1001:bye', '--format', 'json']);
    await connect(port, '-x', 'hi');
    const [line = ''] = await env.captured.until(/^.*"type":"fault".*$/m);
    expect(JSON.parse(line)).toMatchObject({ v: 1, connection: 1, type: 'fault', name: 'close', detail: 'a Close with 1001' });
  });

  test('a bomb that is watched does not go off here: 64 MiB of it are looked at', async () => {
    const { env, port } = await startListen(['--fault', 'bomb', '-vv']);
    const outcome = await connect(port, '--compress', '--max-message', '1MiB', '-w', '-1');
    expect(outcome.status).toBe(7);
    await env.stderr.until(/fault: bomb, 1061884 bytes that inflate to 1073741824\n/);
    await env.stderr.until(/✗ limit --max-message: a message inflates to more than 67108864 bytes/);
  });

  test('a person is told of it between the messages', async () => {
    const { env, outcome } = start(['listen', '0', '--fault', 'close=4000:bye@1', '-x', 'hi'], { terminal: true });
    const [, port] = await env.captured.until(/Listening on ws:\/\/\S+:(\d+)\//);
    expect((await connect(Number(port), '-w', '-1')).stdout).toBe('hi\n');
    await env.captured.until(/#1 (?:\x1b\[\d+m)*• fault: close, a Close with 4000/);
    env.signal('SIGTERM');
    env.signal('SIGTERM');
    await outcome;
  });

  test('over HTTP/2: refused, and broken frames', async () => {
    const refusing = await startListen(['--http2', '--reject', '503=later']);
    const refused = await connect(refusing.port, '--http2', '-x', 'hi');
    expect([refused.status, refused.stderr]).toEqual([6, expect.stringContaining('later')]);
    const breaking = await startListen(['--http2', '--fault', 'mask', '--echo']);
    expect((await connect(breaking.port, '--http2', '-x', 'hi')).status).toBe(7);
  });

  test('an older draft: what is about frames of RFC 6455 is not done, and says so', async () => {
    const { env, port } = await startListen(['--draft', 'all', '--fault', 'rsv', '--fault', 'delay=1ms', '--echo', '-v']);
    expect(await connect(port, '--draft', '76', '-x', 'hi')).toMatchObject({ status: 0, stdout: 'hi\n' });
    expect(env.stderr.text).toContain('fault: rsv, not done: the client speaks an older version');
    expect(env.stderr.text).toContain('fault: delay, what is sent leaves 1 ms later');
  });

  test('it ends when told to, whatever it keeps open', async () => {
    for (const fault of ['half-open', 'no-fin', 'no-close']) {
      const { env, outcome, port } = await startListen(['--fault', fault, '--echo']);
      await meet(port, false, fault !== 'half-open');
      env.signal('SIGTERM');
      env.signal('SIGTERM');
      expect((await outcome).status).toBe(143);
    }
  });
});
