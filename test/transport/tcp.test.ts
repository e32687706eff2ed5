import { once } from 'node:events';
import { createServer, type NetConnectOpts, type Server, Socket } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connectTcp } from '../../src/transport/tcp.ts';
import { failureOf, never, Told } from './observing.ts';

/** Nothing ever comes of a connection to the addresses that are reserved for documentation: no packet leaves. */
vi.mock(import('node:net'), async (original) => {
  const net = await original();
  const connect = (options: NetConnectOpts) =>
    'host' in options && options.host?.startsWith('192.0.2.') ? new Socket() : net.connect(options);
  return { ...net, connect: connect as typeof net.connect };
});

let server: Server;
let port = 0;
/** Nobody listens there. */
let closed = 0;

beforeAll(async () => {
  server = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as { port: number }).port;
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  closed = (other.address() as { port: number }).port;
  other.close();
  await once(other, 'close');
});
afterAll(() => {
  server.close();
});

test('one address', async () => {
  const told = new Told();
  const socket = await connectTcp(['127.0.0.1'], port, {}, told, never);
  expect(told.lines).toEqual([
    'begin tcp',
    `try 127.0.0.1:${port}`,
    `connected 127.0.0.1:${port}`,
    `done tcp: 127.0.0.1:${port}`,
  ]);
  socket.destroy();
});

test('an address that refuses hands over at once', async () => {
  const told = new Told();
  const socket = await connectTcp(['::1', '127.0.0.1'], port, {}, told, never);
  expect(told.lines.slice(1)).toEqual([
    `try [::1]:${port}`,
    `failed [::1]:${port} ECONNREFUSED`,
    `try 127.0.0.1:${port}`,
    `connected 127.0.0.1:${port}`,
    `done tcp: 127.0.0.1:${port}`,
  ]);
  socket.destroy();
});

test('an address that does not answer is overtaken after 250 ms', async () => {
  const told = new Told();
  const start = performance.now();
  const socket = await connectTcp(['192.0.2.1', '127.0.0.1', '192.0.2.2'], port, {}, told, never);
  expect(performance.now() - start).toBeGreaterThan(240);
  expect(told.lines.slice(1)).toEqual([
    `try 192.0.2.1:${port}`,
    `try 127.0.0.1:${port}`,
    `connected 127.0.0.1:${port}`,
    `slower 192.0.2.1:${port}`,
    `done tcp: 127.0.0.1:${port}`,
  ]);
  socket.destroy();
});

test('all that refuse are named, each once', async () => {
  const error = await failureOf(connectTcp(['::1', '127.0.0.1', '127.0.0.1'], closed, {}, new Told(), never));
  expect([error.hop, error.code, error.message]).toEqual([
    'tcp',
    'ECONNREFUSED',
    `[::1]:${closed} refused the connection; 127.0.0.1:${closed} refused the connection`,
  ]);
});

test('given up: no attempt goes on', async () => {
  const told = new Told();
  const giveUp = new AbortController();
  const pending = failureOf(connectTcp(['192.0.2.1', '192.0.2.2'], 80, {}, told, giveUp.signal));
  giveUp.abort();
  expect((await pending).code).toBe('ECONNABORTED');
  expect(told.lines).toEqual(['begin tcp', 'try 192.0.2.1:80', 'slower 192.0.2.1:80']);
});

test('given up before it began', async () => {
  const told = new Told();
  const error = await failureOf(connectTcp(['127.0.0.1'], port, {}, told, AbortSignal.abort()));
  expect([error.code, told.lines]).toEqual(['ECONNABORTED', ['begin tcp']]);
});

test.each(['127.0.0.1', '127.0.0.2', 'lo'])('it comes from %s', async (from) => {
  const accepted = once(server, 'connection');
  const socket = await connectTcp(['127.0.0.1'], port, { from }, new Told(), never);
  const [peer] = (await accepted) as [Socket];
  expect(peer.remoteAddress).toBe(from === 'lo' ? '127.0.0.1' : from);
  socket.destroy();
});

test('an address of another machine is no place to come from', async () => {
  const error = await failureOf(connectTcp(['127.0.0.1'], port, { from: '203.0.113.7' }, new Told(), never));
  expect([error.code, error.message, error.hint]).toEqual([
    'EADDRNOTAVAIL',
    '203.0.113.7 is no address of this machine',
    'an address of this machine, or the name of an interface, for --interface',
  ]);
});
