import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { bytesToSend, type SendableNow } from '../../src/library/sending.ts';
import { pair } from './listening.ts';

test.each<[what: string, data: unknown, hex: string]>([
  ['a string', 'é', 'c3a9'],
  ['a number', 7, '37'],
  ['a view', new DataView(new Uint8Array([1, 2, 3]).buffer, 1, 1), '02'],
  ['an ArrayBuffer', new Uint8Array([1, 2]).buffer, '0102'],
  ['an ArrayBuffer of another realm', runInNewContext('new Uint8Array([1, 2]).buffer'), '0102'],
  ['a SharedArrayBuffer', new SharedArrayBuffer(2), '0000'],
  ['nothing', undefined, ''],
  ['null', null, ''],
  ['a list of numbers', [1, 255], '01ff'],
])('%s as bytes', (_, data, hex) => {
  expect(Buffer.from(bytesToSend(data as SendableNow)).toString('hex')).toBe(hex);
});

const NO_DATA: readonly (readonly [what: string, data: unknown])[] = [
  ['an object', { a: 1 }],
  ['one with a length', { length: 3 }],
  ['true', true],
  ['a Map', new Map([[1, 2]])],
  ['a Date', new Date(0)],
  ['a bigint', 1n],
  ['a list of something else', [{}]],
];

test.each(NO_DATA)('%s is no data, wherever it is given', async (_, data) => {
  const { server, socket, client } = await pair();
  expect(() => socket.send(data as SendableNow)).toThrow(TypeError);
  expect(() => socket.send(data as SendableNow, { fin: false })).toThrow(TypeError);
  expect(() => socket.ping(data as SendableNow)).toThrow(TypeError);
  expect(() => socket.pong(data as SendableNow)).toThrow(TypeError);
  expect(() => server.broadcast(data as SendableNow)).toThrow(/cannot be sent: give a string or bytes/);
  socket.send('whole');
  expect(await client.inbox.next()).toBe('whole');
});

test('nor is a function, though pings take one in its place', async () => {
  const { server, socket } = await pair();
  expect(() => socket.send((() => 1) as unknown as SendableNow)).toThrow(TypeError);
  expect(() => server.broadcast((() => 1) as unknown as SendableNow)).toThrow(TypeError);
});

test('a Blob goes by send alone', async () => {
  const { server, socket, client } = await pair();
  const blob = new Blob(['bytes']);
  expect(() => server.broadcast(blob as unknown as SendableNow)).toThrow(/only send\(\) takes one/);
  expect(() => socket.ping(blob as unknown as SendableNow)).toThrow(TypeError);
  socket.send(blob);
  expect(await client.inbox.next()).toBe('bytes');
});
