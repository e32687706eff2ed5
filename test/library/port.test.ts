import { expect, test } from 'vitest';
import { WebSocketStream } from '../../src/index.ts';
import { isBadPort } from '../../src/library/port.ts';
import type { SessionEvent } from '../../src/session/event.ts';
import { socketTo, story } from './watch.ts';

test.each([
  ['ws://a.example:6667/', true],
  ['wss://a.example:25/', true],
  ['ws://a.example:10080/', true],
  ['ws://a.example/', false],
  ['wss://a.example/', false],
  ['ws://a.example:8080/', false],
])('%s is barred: %s', (url, barred) => {
  expect(isBadPort(new URL(url))).toBe(barred);
});

/** What became of it, and how it failed. */
async function failure(options?: object) {
  const events: SessionEvent[] = [];
  const socket = socketTo('ws://127.0.0.1:1/', options && { ...options, observe: (event) => events.push(event) });
  expect(socket.readyState).toBe(0);
  const lines = await story(socket);
  return { lines, codes: events.flatMap((event) => (event.type === 'failure' ? [event.code] : [])) };
}

const FAILED = ['error 3', 'close 1006 "" unclean 3'];

test('such a port is not connected to', async () => {
  expect((await failure()).lines).toEqual(FAILED);
  expect(await failure({})).toEqual({ lines: FAILED, codes: ['EBADPORT'] });
  await expect(new WebSocketStream('ws://127.0.0.1:1/').opened).rejects.toThrow(/port 1/);
});

test('but where that is asked for', async () => {
  expect(await failure({ anyPort: true })).toEqual({ lines: FAILED, codes: ['ECONNREFUSED'] });
});
