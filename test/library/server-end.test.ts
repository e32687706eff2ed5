import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from '../../src/library/server.ts';
import type { ServerWebSocket } from '../../src/library/server-websocket.ts';
import { REQUEST, rawClient } from '../peer.ts';
import { open, pair, statusOf } from './listening.ts';

async function http() {
  const server = createServer();
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

describe('handleUpgrade for a client that has gone meanwhile', () => {
  test.each<[how: string, leave: (client: Duplex) => void, gone: (socket: Duplex) => Promise<unknown>]>([
    ['cut off', (client) => client.destroy(), (socket) => once(socket.destroy(), 'close')],
    ['ended', (client) => client.end(), (socket) => once(socket.resume(), 'end')],
  ])('%s: nobody is let in, and the server can close', async (_, leave, gone) => {
    const { server, port } = await http();
    const sockets = new WebSocketServer({ noServer: true });
    const client = await rawClient(port);
    client.on('error', () => undefined);
    client.write(`${REQUEST.join('\r\n')}\r\n\r\n`);
    const [request, socket, head] = (await once(server, 'upgrade')) as [IncomingMessage, Duplex, Buffer];
    leave(client);
    await gone(socket);
    let upgraded = 0;
    sockets.handleUpgrade(request, socket, head, () => upgraded++);
    expect([upgraded, sockets.clients.size, socket.destroyed]).toEqual([0, 0, true]);
    await sockets.close();
  });
});

describe('two servers on one HTTP server', () => {
  test('the one that answers first is the only one to answer', async () => {
    const { server, port } = await http();
    const first = new WebSocketServer({ server, path: '/a' });
    const second = new WebSocketServer({ server, path: '/b' });
    const client = await open(`ws://127.0.0.1:${port}/a`);
    for (const socket of first.clients) socket.send('hello');
    expect(await client.inbox.next()).toBe('hello');
    expect(await statusOf(port, {}, '/b')).toBe(404);
    expect([first.clients.size, second.clients.size]).toEqual([1, 0]);
    await Promise.all([first.close({}), second.close({})]);
    expect(await client.ends).toBe('1001');
  });
});

describe('a paused socket ends', () => {
  async function paused(options = {}) {
    const { server, socket, client, request } = await pair(options);
    const heard: unknown[] = [];
    socket.on('message', (data) => heard.push(String(data)));
    socket.pause();
    client.socket.send('unread');
    const ends = once(socket, 'close').then(([code]) => code as number);
    return { server, socket, request: request as IncomingMessage, heard, ends };
  }

  test.each<[how: string, end: (socket: ServerWebSocket, request: IncomingMessage, server: WebSocketServer) => void]>([
    ['when it is terminated', (socket) => socket.terminate()],
    ['when its TCP socket is destroyed', (_, { socket }) => socket.destroy()],
    ['when its server closes it', (_, __, server) => void server.close({ timeout: 20 })],
    ['when nobody answers its Close in time', (socket) => socket.close(1000)],
  ])('%s, at once, and what is unread stays so', async (_, end) => {
    const { server, socket, request, heard, ends } = await paused({ closeTimeout: 20 });
    end(socket, request, server);
    expect(await ends).toBe(1006);
    expect([socket.readyState, server.clients.size]).toEqual([3, 0]);
    socket.resume();
    expect(heard).toEqual([]);
  });
});

test('path counts in an absolute-form request-target too', async () => {
  const { server, port } = await http();
  const sockets = new WebSocketServer({ server, path: '/chat' });
  onTestFinished(() => sockets.close({ timeout: 0 }));
  const status = async (target: string) => {
    const client = await rawClient(port);
    client.write(`${REQUEST.join('\r\n').replace(/^GET \S+/, `GET ${target}`)}\r\n\r\n`);
    const [chunk] = await once(client, 'data');
    client.destroy();
    return Number(String(chunk).split(' ')[1]);
  };
  expect(await status('http://127.0.0.1/chat?x=1')).toBe(101);
  expect(await status('http://127.0.0.1/other')).toBe(404);
});
