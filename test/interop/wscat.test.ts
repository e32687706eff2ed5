import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { describeWith } from '../need.ts';
import { buildsProgram, builtProgram } from '../process.ts';
import { waitFor } from '../wait.ts';
import { wstap } from './program.ts';

/** What wscat's users have in their fingers. The server is of npm's `ws`, as wscat itself is. */

vi.setConfig({ testTimeout: 20_000, hookTimeout: 30_000 });

buildsProgram();

let server: WebSocketServer;
let port = 0;
/** What was asked for, by path. */
const requests = new Map<string | undefined, IncomingHttpHeaders>();

beforeAll(async () => {
  const handleProtocols = (offered: Set<string>) => [...offered][0] ?? false;
  server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols });
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
  server.on('connection', (client, { url, headers }) => {
    requests.set(url, headers);
    client.on('message', (data, isBinary) => client.send(data, { binary: isBinary }));
    if (url === '/late') client.once('message', () => setTimeout(() => client.send('late'), 500));
  });
});
afterAll(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

describe.concurrent('in a script', () => {
  test.each<[line: string, headers: Record<string, string>]>([
    ['-c URL -x hi', {}],
    ['-c HOST -x hi', {}],
    ['--connect URL --execute hi', {}],
    ['-x hi -c URL', {}],
    ['-c URL -x hi -w 0.1', {}],
    ['-c URL -x hi --wait 0', {}],
    ['-n -c URL -x hi', {}],
    ['--no-check -c URL -x hi', {}],
    ['--no-color -c URL -x hi', {}],
    ['--slash -P -c URL -x hi', {}],
    ['--show-ping-pong -c URL -x hi', {}],
    ['-c URL -x hi -p 13', { 'sec-websocket-version': '13' }],
    ['-c URL -x hi --protocol 8', { 'sec-websocket-version': '8' }],
    ['-c URL -x hi -o http://example.com', { origin: 'http://example.com' }],
    ['-c URL -x hi --origin http://example.com', { origin: 'http://example.com' }],
    ['-c URL -x hi --host example.com', { host: 'example.com' }],
    ['-c URL -x hi -s one', { 'sec-websocket-protocol': 'one' }],
    ['-c URL -x hi -s one -s two', { 'sec-websocket-protocol': 'one, two' }],
    ['-c URL -x hi --subprotocol one', { 'sec-websocket-protocol': 'one' }],
    ['-c URL -x hi -H X-One:1', { 'x-one': '1' }],
    ['-c URL -x hi -H X-One:1 --header X-Two:2', { 'x-one': '1', 'x-two': '2' }],
    ['-c URL -x hi --auth me:secret', { authorization: 'Basic bWU6c2VjcmV0' }],
  ])('wscat %s', async (line, headers) => {
    const path = `/${encodeURIComponent(line)}`;
    const places: Record<string, string> = { URL: `ws://127.0.0.1:${port}${path}`, HOST: `127.0.0.1:${port}${path}` };
    const run = await wstap(line.split(' ').map((word) => places[word] ?? word));
    expect(run).toMatchObject({ status: 0, stdout: 'hi\n' });
    expect(requests.get(path)).toMatchObject(headers);
  });

  test('-x may be repeated', async () => {
    const run = await wstap(['-c', `127.0.0.1:${port}`, '-x', 'one', '-x', 'two']);
    expect(run).toEqual({ status: 0, stdout: 'one\ntwo\n', stderr: '' });
  });

  test('-w waits for what comes late, seconds without a unit', async () => {
    const run = await wstap(['-c', `127.0.0.1:${port}/late`, '-x', 'hi', '-w', '1']);
    expect(run).toMatchObject({ status: 0, stdout: 'hi\nlate\n' });
  });

  test('lines from a pipe', async () => {
    expect(await wstap(['-c', `ws://127.0.0.1:${port}`], 'one\ntwo\n')).toEqual({ status: 0, stdout: 'one\ntwo\n', stderr: '' });
  });

  test('both -c and -l: usage', async () => {
    expect(await wstap(['-c', 'ws://127.0.0.1', '-l', '0'])).toMatchObject({ status: 2, stdout: '' });
  });

  test.each([['-h'], ['--help']])('%s', async (flag) => {
    expect(await wstap([flag])).toMatchObject({ status: 0, stderr: '' });
  });

  test.each([['-V'], ['--version']])('%s', async (flag) => {
    expect((await wstap([flag])).stdout).toMatch(/\d+\.\d+\.\d+/);
  });
});

describeWith({ debianPackage: 'tmux', probe: ['tmux', '-V'] }, 'in a terminal', () => {
  const name = `wscat-${process.pid}`;
  const tmux = (...args: string[]): string =>
    execFileSync('tmux', ['-u', '-L', name, '-f', '/dev/null', ...args], { encoding: 'utf8' });
  const screen = (): string => tmux('capture-pane', '-p', '-S', '-500');
  const shows = (pattern: RegExp): Promise<void> => waitFor(() => expect(screen()).toMatch(pattern), 40);
  const type = (line: string) => {
    tmux('send-keys', '-l', line);
    tmux('send-keys', 'Enter');
  };

  beforeAll(() => {
    tmux(
      'new-session',
      '-d',
      '-x',
      '80',
      '-y',
      '40',
      'env',
      'TERM=screen',
      'PS1=$ ',
      'NO_COLOR=1',
      'XDG_STATE_HOME=/nonexistent',
      'sh',
    );
    type(`wscat() { '${process.execPath}' '${builtProgram()}' "$@"; echo "status $?"; }`);
  });
  afterAll(() => {
    tmux('kill-server');
  });
  beforeEach(() => {
    type('clear');
    tmux('clear-history');
  });

  test('wscat -c URL: the example of its README', async () => {
    type(`wscat -c ws://127.0.0.1:${port}`);
    await shows(/^> *$/m);
    type('hi there');
    await shows(/^> hi there\n< hi there$/m);
    type('are you a happy parrot?');
    await shows(/^> are you a happy parrot\?\n< are you a happy parrot\?$/m);
    tmux('send-keys', 'C-c');
    await shows(/^status 0$/m);
  });

  test('wscat --slash -P -c URL: /ping, /pong, /close', async () => {
    const pings: string[] = [];
    const closed = vi.fn();
    let socket: WebSocket | undefined;
    server.once('connection', (client) => {
      socket = client;
      client.on('ping', (data) => pings.push(`ping ${data}`));
      client.on('pong', (data) => pings.push(`pong ${data}`));
      client.on('close', (code, reason) => closed(code, String(reason)));
    });
    type(`wscat --slash -P -c 127.0.0.1:${port}`);
    await shows(/^> *$/m);
    type('/ping');
    await shows(/pong/i);
    type('/ping some data');
    type('/pong more');
    await waitFor(() => expect(pings).toEqual(['ping ', 'ping some data', 'pong more']));
    socket?.ping('of the server');
    await shows(/ping.*of the server/i);
    type('/close 4001 that is all');
    await waitFor(() => expect(closed).toHaveBeenCalledWith(4001, 'that is all'));
    await shows(/^status \d+$/m);
  });

  test('wscat -l PORT: what is typed goes to the client, what it sends is shown', async () => {
    type('wscat -l 0');
    await shows(/Listening on ws:\/\/127\.0\.0\.1:\d+/);
    const [, url = ''] = /Listening on (ws:\S+)/.exec(screen()) ?? [];
    const client = new WebSocket(url);
    const received: string[] = [];
    client.on('message', (data) => received.push(String(data)));
    await once(client, 'open');
    client.send('hello');
    await shows(/^.*< hello$/m);
    type('welcome');
    await waitFor(() => expect(received).toEqual(['welcome']));
    client.close();
    tmux('send-keys', 'C-c');
    await shows(/^status \d+$/m);
  });
});
