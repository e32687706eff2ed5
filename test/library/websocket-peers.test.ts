import { Blob } from 'node:buffer';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serve } from '../interop/our-server.ts';
import { type Script, startScript, websockets } from '../interop/python.ts';
import { describeWith } from '../need.ts';
import { echoServer } from '../peer.ts';
import { messages, openTo, socketTo, story } from './watch.ts';

/** The whole of a session through the API, against servers of others and of ours. */
async function converse(url: string, reason = 'done'): Promise<void> {
  const socket = await openTo(url);
  socket.binaryType = 'arraybuffer';
  const texts = [
    '',
    'Hello',
    'Zöe 💚',
    'x'.repeat(125),
    'x'.repeat(126),
    'é'.repeat(40_000),
    JSON.stringify({ a: Array(2000).fill('b') }),
  ];
  const bytes = [0, 1, 125, 126, 65_535, 65_536, 1_000_000].map((length) => Buffer.alloc(length, length % 251));
  const answers = messages(socket, texts.length + bytes.length * 2);
  for (const text of texts) socket.send(text);
  for (const each of bytes) {
    socket.send(each);
    socket.send(new Blob([each]));
  }
  const got = (await answers).map((data) => (typeof data === 'string' ? data : Buffer.from(data as ArrayBuffer)));
  expect(got.slice(0, texts.length)).toEqual(texts);
  const twice = bytes.flatMap((each) => [each, each]);
  expect(got.slice(texts.length).map((data, index) => twice[index]?.equals(data as Buffer))).toEqual(twice.map(() => true));
  expect(socket.bufferedAmount).toBe(0);
  socket.close(4001, 'done');
  const [event] = await once(socket, 'close');
  expect(event).toMatchObject({ code: 4001, reason, wasClean: true });
}

describe('ws as server', () => {
  test.each([
    ['plain', false],
    ['deflate', { threshold: 0 }],
  ])('%s', async (_, perMessageDeflate) => {
    await converse((await echoServer({ perMessageDeflate })).url);
  });
});

test('our own server', async () => {
  // It answers with our code, and with no words of its own.
  await converse((await serve()).url, '');
});

describeWith(websockets, 'Python websockets as server', () => {
  let script: Script;
  let ports: number[] = [];

  beforeAll(async () => {
    script = startScript('server.py', JSON.stringify([null, {}]));
    ports = (await script.answer()) as number[];
  });
  afterAll(() => {
    script.child.kill();
  });

  test.each([
    ['plain', 0],
    ['deflate', 1],
  ])('%s', async (_, index) => {
    await converse(`ws://127.0.0.1:${ports[index]}/`);
    expect(await script.answer()).toEqual([4001, 'done']);
  });

  test('it chooses a subprotocol', async () => {
    const socket = await openTo(`ws://127.0.0.1:${ports[0]}/`, ['a', 'c']);
    expect(socket.protocol).toBe('c');
    socket.close();
    await once(socket, 'close');
    await script.answer();
  });

  test('it closes, drops and breaks the protocol', async () => {
    const at = (path: string) => story(socketTo(`ws://127.0.0.1:${ports[0]}/${path}`));
    expect(await at('close/1001/going')).toEqual(['open 1', 'close 1001 "going" clean 3']);
    await script.answer();
    expect(await at('drop')).toEqual(['open 1', 'error 3', 'close 1006 "" unclean 3']);
    await script.answer();
    expect(await at('raw/8300')).toEqual(['open 1', 'error 3', 'close 1006 "" unclean 3']);
    expect(await script.answer()).toEqual([1002, expect.anything()]);
  });
});
