import { expect, test } from 'vitest';
import { inspect } from '../../src/library/inspect.ts';
import { WebSocketServer } from '../../src/library/server.ts';
import type { WebSocketServerOptions } from '../../src/library/server-options.ts';
import { listening, open, pair, statusOf } from './listening.ts';

test.each<[object]>([
  [{ verifyClient: 5 }],
  [{ handleProtocols: 5 }],
  [{ observe: {} }],
  [{ origins: ['https://app.example.com/path'] }],
  [{ origins: ['app.example.com'] }],
])('%j is a TypeError', (options) => {
  expect(() => new WebSocketServer({ noServer: true, ...(options as WebSocketServerOptions) })).toThrow(TypeError);
});

test.each<[object]>([
  [{ maxPayload: Number.NaN }],
  [{ maxPayload: -1 }],
  [{ limits: { maxFrame: -1 } }],
  [{ perMessageDeflate: { clientMaxWindowBits: 'x' } }],
  [{ perMessageDeflate: { clientMaxWindowBits: 7 } }],
  [{ perMessageDeflate: { serverMaxWindowBits: 16 } }],
  [{ perMessageDeflate: { serverMaxWindowBits: true } }],
  [{ perMessageDeflate: { threshold: -1 } }],
  [{ perMessageDeflate: { zlibDeflateOptions: { level: 10 } } }],
])('%j is a RangeError', (options) => {
  expect(() => new WebSocketServer({ noServer: true, ...(options as WebSocketServerOptions) })).toThrow(RangeError);
});

test('what npm ws takes for nothing is nothing', () => {
  const options = { noServer: true, verifyClient: null, handleProtocols: null, perMessageDeflate: false };
  expect(() => new WebSocketServer(options as unknown as WebSocketServerOptions)).not.toThrow();
});

test.each([
  ['true', true, ''],
  ['left out', undefined, ''],
  ['9', 9, '; client_max_window_bits=9'],
] as const)('clientMaxWindowBits that is %s', async (_, clientMaxWindowBits, answer) => {
  const perMessageDeflate = { threshold: 0, ...(clientMaxWindowBits !== undefined && { clientMaxWindowBits }) };
  const { socket, client } = await pair({ perMessageDeflate });
  expect(socket.extensions).toBe(`permessage-deflate${answer}`);
  client.socket.send('hello '.repeat(100));
  socket.on('message', (data) => socket.send(data, { binary: false }));
  expect(await client.inbox.next()).toBe('hello '.repeat(100));
});

test('a subprotocol alone is a list of one', async () => {
  const { url } = await listening({ protocols: 'chat' });
  expect((await open(url, ['c', 'chat'])).socket.protocol).toBe('chat');
});

test('an origin may be written with a slash behind it', async () => {
  const { port } = await listening({ origins: ['https://app.example.com/'] });
  expect(await statusOf(port, { Origin: 'https://app.example.com' })).toBe(101);
  expect(await statusOf(port, { Origin: 'https://other.example.com' })).toBe(403);
});

test('who breaks a limit is not told of an option of the command line', async () => {
  const { server, url } = await listening({ maxPayload: 5 });
  const sections: string[] = [];
  server.on('connection', (socket) => socket.on('error', ({ section }) => sections.push(section)));
  const peer = await inspect.connect(url);
  peer.send('too long');
  expect(await peer.frame({ opcode: 'close' })).toMatchObject({ code: 1009, text: expect.stringMatching(/^limit: /) });
  expect(sections).toEqual(['limit']);
});
