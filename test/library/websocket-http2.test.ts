import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket } from '../../src/index.ts';
import type { SessionEvent } from '../../src/session/event.ts';
import { serve } from '../interop/our-server.ts';

/** The library's client on an HTTP/2 stream. */

test('http2: a message there and back, and a clean end', async () => {
  const { url } = await serve({ http2: true, subprotocols: ['chat'] });
  const heads: string[] = [];
  const observe = (event: SessionEvent) => {
    if (event.type === 'head') heads.push(`${event.head.kind} ${event.head.version}`);
  };
  const socket = new WebSocket(url, { protocols: ['chat'], http2: true, observe });
  await once(socket, 'open');
  expect([socket.protocol, socket.extensions]).toEqual(['chat', 'permessage-deflate']);
  socket.send('hi');
  const [{ data }] = (await once(socket, 'message')) as [MessageEvent];
  expect(data).toBe('hi');
  socket.close(1000);
  const [{ code, wasClean }] = (await once(socket, 'close')) as [{ code: number; wasClean: boolean }];
  expect([code, wasClean, heads]).toEqual([1000, true, ['request HTTP/2', 'response HTTP/2']]);
});

test('a server without HTTP/2: error and close, as for any that is no WebSocket server', async () => {
  const { url } = await serve();
  const socket = new WebSocket(url, { http2: true });
  const [{ code }] = (await once(socket, 'close')) as [{ code: number }];
  expect(code).toBe(1006);
});
