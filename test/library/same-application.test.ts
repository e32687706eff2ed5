import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import * as ws from 'ws';
import { WebSocketServer } from '../../src/library/server.ts';
import { Inbox } from '../interop/inbox.ts';

/**
 * One application, written as people write them for npm `ws`, run against it and against us: what differs is the import.
 */
interface Library {
  readonly WebSocketServer: typeof ws.WebSocketServer;
}

const ours: Library = { WebSocketServer: WebSocketServer as unknown as typeof ws.WebSocketServer };

/** A chat: `/me NAME` names a client, `/quit` leaves, binary is echoed, and all else goes to everybody else. */
function startChat({ WebSocketServer }: Library) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/chat', perMessageDeflate: true, maxPayload: 1024 });
  const log: string[] = [];
  server.on('headers', (headers, request) => headers.push(`X-Seen: ${request.headers['x-name'] ?? 'nobody'}`));
  server.on('connection', (socket, request) => {
    let name = new URL(request.url ?? '', 'ws://x').searchParams.get('name') ?? 'somebody';
    log.push(`${name} from ${request.socket.remoteAddress} speaks ${socket.protocol || 'nothing'}`);
    socket.on('error', () => log.push(`${name} errs`));
    socket.on('message', (data, isBinary) => {
      const text = data.toString();
      if (isBinary) socket.send(data, { binary: true }, () => log.push(`${name} echoed`));
      else if (text.startsWith('/me ')) name = text.slice(4);
      else if (text === '/quit') socket.close(4000, `bye ${name}`);
      else if (text === '/drop') socket.terminate();
      else {
        for (const client of server.clients) {
          if (client !== socket && client.readyState === client.OPEN) client.send(`${name}: ${text}`);
        }
      }
    });
    socket.on('ping', (data) => log.push(`${name} pings ${data}`));
    socket.on('pong', (data) => log.push(`${name} pongs ${data}`));
    socket.on('close', (code, reason) => log.push(`${name} left with ${code} "${reason}"; ${server.clients.size} left`));
    socket.ping('who?');
    socket.send('welcome', (error) => log.push(`${name} welcomed${error ? ` with ${error}` : ''}`));
  });
  return { server, log };
}

class Guest {
  readonly socket: ws.WebSocket;
  readonly inbox = new Inbox<string>();
  readonly pongs = new Inbox<string>();
  readonly closed: Promise<string>;
  headers: Readonly<Record<string, unknown>> = {};

  constructor(server: ws.WebSocketServer, name: string, protocols: string[] = []) {
    const { port } = server.address() as AddressInfo;
    this.socket = new ws.WebSocket(`ws://127.0.0.1:${port}/chat?name=${name}`, protocols, { headers: { 'X-Name': name } });
    onTestFinished(() => this.socket.terminate());
    this.socket.on('error', () => undefined);
    this.socket.on('upgrade', ({ headers }) => {
      this.headers = headers;
    });
    this.socket.on('message', (data, isBinary) => this.inbox.put(isBinary ? (data as Buffer).toString('hex') : data.toString()));
    this.socket.on('pong', (data) => this.pongs.put(data.toString()));
    this.closed = new Promise((resolve) => {
      this.socket.once('close', (code, reason) => resolve(`${code} ${reason}`));
    });
  }
}

describe.each<[string, Library]>([
  ['ws', ws],
  ['wstap', ours],
])('the chat on %s', (_, library) => {
  test('its day', async () => {
    const { server, log } = startChat(library);
    onTestFinished(() => {
      for (const client of server.clients) client.terminate();
      server.close();
    });
    await once(server, 'listening');

    const ann = new Guest(server, 'Ann', ['chat.v2', 'chat.v1']);
    expect(await ann.inbox.next()).toBe('welcome');
    const bob = new Guest(server, 'Bob');
    expect(await bob.inbox.next()).toBe('welcome');
    expect([ann.socket.protocol, bob.socket.protocol]).toEqual(['chat.v2', '']);
    expect([ann.headers['x-seen'], bob.headers['x-seen']]).toEqual(['Ann', 'Bob']);
    expect(ann.socket.extensions).toBe('permessage-deflate');

    ann.socket.send('hello');
    expect(await bob.inbox.next()).toBe('Ann: hello');
    bob.socket.send('/me Robert');
    bob.socket.send('long '.repeat(100));
    expect(await ann.inbox.next()).toBe(`Robert: ${'long '.repeat(100)}`);
    ann.socket.send(Buffer.from('00ff', 'hex'));
    expect(await ann.inbox.next()).toBe('00ff');
    ann.socket.ping('there?');
    expect(await ann.pongs.next()).toBe('there?');

    ann.socket.send('/quit');
    expect(await ann.closed).toBe('4000 bye Ann');
    bob.socket.send('x'.repeat(2000));
    expect(await bob.closed).toMatch(/^1009/);
    const cat = new Guest(server, 'Cat');
    await cat.inbox.next();
    cat.socket.send('/drop');
    expect(await cat.closed).toMatch(/^1006/);

    const closed = once(server, 'close');
    server.close();
    await closed;
    expect(log.map((line) => line.replace(/left with (?!4000).*;/, 'left with …;'))).toEqual(
      expect.arrayContaining([
        'Ann from 127.0.0.1 speaks chat.v2',
        'Bob from 127.0.0.1 speaks nothing',
        'Ann welcomed',
        'Bob pongs who?',
        'Ann echoed',
        'Ann pings there?',
        'Ann left with 4000 "bye Ann"; 1 left',
        'Robert errs',
        'Robert left with …; 0 left',
        'Cat left with …; 0 left',
      ]),
    );
  });

  test('another path, then a server that is full of nobody', async () => {
    const { server } = startChat(library);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const lost = new ws.WebSocket(`ws://127.0.0.1:${port}/elsewhere`);
    const [, response] = await once(lost, 'unexpected-response');
    expect(response.statusCode).toBe(library === ours ? 404 : 400);
    response.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    const error = await new Promise<Error | undefined>((resolve) => server.close(resolve));
    expect(error?.message).toMatch(/server is not running/);
  });
});
