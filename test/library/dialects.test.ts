import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from '../../src/index.ts';
import { WebSocketServer } from '../../src/library/server.ts';
import { echoing, listening } from './listening.ts';
import { messages, openTo } from './watch.ts';

/** The older versions, by the library's own options. */

describe.each(['75', 'hixie-76', 'hybi-02', '4', '5', '6', '7', '8', 'hybi-11', '13'])('%s', (dialect) => {
  test('there and back', async () => {
    const { server, url } = await listening({ dialects: 'all' });
    echoing(server);
    const socket = await openTo(url, { dialect });
    const got = messages(socket, 1);
    socket.send('Grüße');
    expect(await got).toEqual(['Grüße']);
    socket.close();
    expect(await once(socket, 'close')).toMatchObject([{ wasClean: true }]);
  });

  test('on an HTTP server, whose parser hands over what it likes', async () => {
    const http = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void http.close());
    await once(http, 'listening');
    const server = new WebSocketServer({ server: http, dialects: 'all' });
    echoing(server);
    const socket = await openTo(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/`, { dialect });
    const got = messages(socket, 1);
    socket.send('a');
    expect(await got).toEqual(['a']);
  });
});

test('without dialects a server speaks RFC 6455 and nothing older', async () => {
  const { url } = await listening();
  const socket = new WebSocket(url, { dialect: '8' });
  expect(await once(socket, 'close')).toMatchObject([{ code: 1006 }]);
});

test('a version that nobody knows is a TypeError', () => {
  expect(() => new WebSocket('ws://127.0.0.1:1/', { dialect: 'hybi-99' })).toThrow(TypeError);
  expect(() => new WebSocketServer({ noServer: true, dialects: ['99'] })).toThrow(TypeError);
});

test('bytes that a version does not know throw, and a broadcast leaves them out', async () => {
  const { server, url } = await listening({ dialects: ['76', '13'] });
  const old = await openTo(url, { dialect: '76' });
  await openTo(url);
  expect(() => old.send(new Uint8Array(1))).toThrow('hixie-76 has no binary');
  await expect.poll(() => server.clients.size).toBe(2);
  expect(server.broadcast(new Uint8Array(1))).toBe(1);
  expect(server.broadcast('text')).toBe(2);
});
