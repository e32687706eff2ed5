import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { WebSocket } from '../../src/index.ts';
import { Inbox } from '../interop/inbox.ts';
import { goodServer } from '../peer.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A socket of which nobody keeps anything but a weak reference. */
function forgotten(url: string, heard: Inbox<string>): WeakRef<WebSocket> {
  const socket = new WebSocket(url);
  for (const type of ['open', 'message', 'close'] as const) socket.addEventListener(type, () => heard.put(type));
  return new WeakRef(socket);
}

test('a socket that only its listeners know of is not collected before it is closed, and then it is', async () => {
  const { url, server } = await goodServer(() => undefined);
  const heard = new Inbox<string>();
  const connection = once(server, 'connection');
  const socket = forgotten(url, heard);
  collect();
  expect(await heard.next()).toBe('open');
  const [peer] = await connection;
  await nextTurn();
  collect();
  expect(socket.deref()).toBeDefined();
  await nextTurn();
  peer.send('x');
  expect(await heard.next()).toBe('message');
  peer.close();
  expect(await heard.next()).toBe('close');
  for (let i = 0; i < 50 && socket.deref(); i++) {
    await nextTurn();
    collect();
  }
  expect(socket.deref()).toBeUndefined();
});
