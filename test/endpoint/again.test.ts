import { describe, expect, test } from 'vitest';
import type { Again, Retry } from '../../src/endpoint/again.ts';
import { Client, type ClientOptions, type Ending } from '../../src/endpoint/client.ts';
import { systemClock } from '../../src/endpoint/clock.ts';
import { CLIENT_LIMITS } from '../../src/protocol/connection/limits.ts';
import { maskingKeySource } from '../../src/protocol/frame/masking-key.ts';
import type { SessionEvent } from '../../src/session/event.ts';
import { FakeEnv } from '../fake-env.ts';
import { withResolvers } from '../resolvers.ts';
import { site } from '../site.ts';

const retry = (port: number, path: string): Retry => ({
  reason: 'redirect',
  to: `ws://127.0.0.1:${port}${path}`,
  target: { host: '127.0.0.1', port },
  request: { host: `127.0.0.1:${port}`, target: path },
});

/** A client of its own, with the events that it told; `deadlines` notes each that was set (+) and lifted (-). */
function client(port: number, changes: Partial<ClientOptions>) {
  const env = new FakeEnv();
  const fillRandom = (target: Uint8Array) => env.fillRandom(target);
  const system = systemClock(() => env.now());
  const deadlines: string[] = [];
  const after = (delay: number, callback: () => void) => {
    const stop = system.after(delay, callback);
    if (delay !== 5555) return stop;
    deadlines.push('+');
    return () => {
      deadlines.push('-');
      stop();
    };
  };
  const events: SessionEvent[] = [];
  const ended = withResolvers<Ending>();
  const one = new Client(
    {
      ...retry(port, '/'),
      limits: CLIENT_LIMITS,
      tolerance: 'strict',
      handshakeTimeout: 5555,
      closeTimeout: 1000,
      compressFrom: 0,
      ...changes,
    },
    { clock: { ...system, after }, maskingKeys: maskingKeySource(fillRandom), fillRandom, variables: {} },
    (event) => events.push(event),
    {
      open: () => undefined,
      message: () => undefined,
      pong: () => undefined,
      peerClosed: () => undefined,
      drain: () => undefined,
      end: (ending) => ended.resolve(ending),
    },
  );
  return { one, events, deadlines, ended: ended.promise };
}

describe('a client that may ask again', () => {
  test('tells each answer and each try in order, on one scale of time', async () => {
    const { port } = await site({ '/': '302 Found', '/b': '401 No', '/c': 'ws' });
    const asked: string[] = [];
    const again: Again = ({ response, request, attempt, target }) => {
      asked.push(`${attempt} ${target.port === port} ${request.target} ${response.status}`);
      return attempt === 1 ? retry(port, '/b') : Promise.resolve(retry(port, '/c'));
    };
    const { events, ended } = client(port, { again });
    expect(await ended).toMatchObject({ type: 'closed', code: 1000 });
    expect(asked).toEqual(['1 true / 302', '2 true /b 401']);
    const story = events.map((event) => (event.type === 'head' ? `${event.direction} head` : event.type));
    const exchange = ['hop', 'sent head', 'received head', 'hop'];
    expect(story).toEqual([...exchange, 'again', ...exchange, 'again', ...exchange, 'open', 'closed']);
    const times = events.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('gives each try a deadline of its own, and none to the decision', async () => {
    const { port } = await site({ '/': '302 Found', '/b': 'ws' });
    const seen: string[] = [];
    const again: Again = () => {
      seen.push(deadlines.join(''));
      return retry(port, '/b');
    };
    const { deadlines, ended } = client(port, { again });
    await ended;
    expect(seen[0]).toMatch(/^\+-+$/);
    expect(deadlines.join('').replace(/-+/g, '-')).toBe('+-+-');
  });

  test('is told every answer, the one that opens too', async () => {
    const { port } = await site({ '/': '302 Found', '/b': 'ws' });
    const answers: string[] = [];
    const { ended } = client(port, {
      again: () => retry(port, '/b'),
      answered: ({ response, attempt }) => answers.push(`${attempt}: ${response.status}`),
    });
    await ended;
    expect(answers).toEqual(['1: 302', '2: 101']);
  });

  test('a refusal stands where there is no next try, with a cause where there is one', async () => {
    const { port } = await site({ '/': '403 No' });
    expect(await client(port, { again: () => undefined }).ended).not.toHaveProperty('cause');
    const cause = { cause: 'It is not to be.' };
    expect(await client(port, { again: () => ({ cause }) }).ended).toMatchObject({ type: 'refused', cause });
  });

  test('given up while that is decided, it tries no more', async () => {
    const { port, asked } = await site({ '/': '302 Found', '/b': 'ws' });
    const decision = withResolvers<Retry>();
    const begun = withResolvers<void>();
    const { one, ended } = client(port, {
      again: () => {
        begun.resolve();
        return decision.promise;
      },
    });
    await begun.promise;
    one.stop();
    expect(await ended).toMatchObject({ type: 'failure', code: 'ABORTED' });
    decision.resolve(retry(port, '/b'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toHaveLength(1);
  });
});
