import { connect, type Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket, type WebSocketOptions } from '../../src/index.ts';
import type { SessionEvent } from '../../src/session/event.ts';
import { echoServer, rawServer } from '../peer.ts';

/** An HTTP proxy that leads everywhere to one echo server; it keeps what it was asked. */
async function echoProxy() {
  const { port: serverPort } = await echoServer();
  const heads: string[] = [];
  const { port } = await rawServer((socket: Socket) => {
    socket.once('data', (head: Buffer) => {
      heads.push(head.toString('latin1'));
      const server = connect(serverPort, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(server).pipe(socket);
      });
      server.on('error', () => socket.destroy());
      socket.on('close', () => server.destroy());
    });
  });
  return { port, heads };
}

/** What the server sent back, or the code of the end. */
function echoed(url: string, options: WebSocketOptions): Promise<string | number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, options);
    socket.onopen = () => socket.send('hi');
    socket.onmessage = ({ data }) => {
      resolve(String(data));
      socket.close();
    };
    socket.onclose = ({ code }) => resolve(code);
  });
}

afterEach(() => vi.unstubAllEnvs());

test.each<[string, (port: number) => WebSocketOptions['proxy'], RegExp]>([
  [
    'a string',
    (port) => `http://me:pw@127.0.0.1:${port}`,
    /^CONNECT server\.test:80 .*\r\nProxy-Authorization: Basic bWU6cHc=\r\n\r\n$/s,
  ],
  [
    'a URL',
    (port) => new URL(`http://127.0.0.1:${port}`),
    /^CONNECT server\.test:80 HTTP\/1\.1\r\nHost: server\.test:80\r\n\r\n$/,
  ],
  [
    'an object',
    (port) => ({ url: `127.0.0.1:${port}`, user: 'me', password: 'pw', headers: { 'X-One': '1', 'X-Two': '' } }),
    /\r\nProxy-Authorization: Basic bWU6cHc=\r\nX-One: 1\r\nX-Two:\r\n\r\n$/,
  ],
])('%s', async (_, proxyAt, head) => {
  const { port, heads } = await echoProxy();
  expect(await echoed('ws://server.test/', { proxy: proxyAt(port) })).toBe('hi');
  expect(heads[0]).toMatch(head);
});

test('the environment is looked at only when that is asked for', async () => {
  const { port, heads } = await echoProxy();
  vi.stubEnv('http_proxy', `http://127.0.0.1:${port}`);
  expect(await echoed('ws://server.test/', { proxy: 'environment' })).toBe('hi');
  expect(heads).toHaveLength(1);
  const { url } = await echoServer();
  expect(await echoed(url, {})).toBe('hi');
  expect(heads).toHaveLength(1);
});

test.each<[WebSocketOptions['proxy']]>([['ftp://a'], ['http://'], [{ url: 'a', headers: { 'X-One': 'a\nb' } }]])(
  '%j is a TypeError',
  (proxy) => {
    expect(() => new WebSocket('ws://server.test/', { proxy })).toThrow(TypeError);
  },
);

test('a proxy that fails is a failure of the connection, told at its hop', async () => {
  const { port } = await rawServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 403 No\r\n\r\nyou')));
  const events: SessionEvent[] = [];
  const code = await echoed('ws://server.test/', { proxy: `127.0.0.1:${port}`, observe: (event) => events.push(event) });
  expect(code).toBe(1006);
  expect(events.at(-1)).toMatchObject({ type: 'failure', hop: 'proxy', code: 'PROXY_403' });
});
