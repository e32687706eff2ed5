import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { answering, echoServer, rawServer, upgrading } from '../../peer.ts';
import { run } from '../../program.ts';

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

describe('handshake --via-get', () => {
  test('sends the whole URL to the proxy, its login and its headers along', async () => {
    let request = '';
    const proxy = await upgrading((socket, head) => {
      request = head.replace(/(Key: ).*/, '$1KEY');
      socket.end();
    });
    const options = [
      '--proxy',
      `127.0.0.1:${proxy.port}`,
      '--proxy-auth',
      'me:pw',
      '--proxy-header',
      'X-One: 1',
      '-H',
      'X-Two: 2',
    ];
    const outcome = await run(['handshake', '--via-get', ...options, 'ws://server.test:81/chat?a=b']);
    expect(request.split('\r\n')).toEqual([
      'GET http://server.test:81/chat?a=b HTTP/1.1',
      'Host: server.test:81',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: KEY',
      `Proxy-Authorization: Basic ${btoa('me:pw')}`,
      'X-One: 1',
      'X-Two: 2',
    ]);
    expect(outcome.status).toBe(0);
    expect(outcome.stdout).not.toContain(btoa('me:pw'));
    expect(oneLine(outcome.stdout)).toContain('This proxy passed Upgrade on. Many do not');
  });

  test('through a proxy that only carries bytes', async () => {
    const { port } = await echoServer();
    const proxy = await rawServer((socket) => {
      const server = connect(port, '127.0.0.1');
      server.on('error', () => socket.destroy());
      socket.on('close', () => server.destroy());
      socket.pipe(server).pipe(socket);
    });
    const outcome = await run(['handshake', '--via-get', '--proxy', `127.0.0.1:${proxy.port}`, 'ws://server.test/']);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
  });

  test.each([
    ['200 OK', 'so it dropped them, and the server answered 200 to an ordinary GET. → try: the same without --via-get'],
    ['404 Not Found', 'the server answered 404 to an ordinary GET'],
    ['407 Proxy Authentication Required', 'The proxy asks for credentials. → try: --proxy-auth USER'],
    ['502 Bad Gateway', 'A gateway answered: it could not reach the server behind it (502).'],
  ])('%s in words', async (line, words) => {
    const proxy = await answering(`HTTP/1.1 ${line}\r\nContent-Length: 0\r\n\r\n`);
    const outcome = await run(['handshake', '--via-get', '--proxy', `127.0.0.1:${proxy.port}`, 'ws://server.test/']);
    expect(outcome.status).toBe(6);
    expect(oneLine(outcome.stdout)).toContain(words);
    for (const line of outcome.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('a proxy that hangs up', async () => {
    const proxy = await answering('');
    const outcome = await run(['handshake', '--via-get', '--proxy', `127.0.0.1:${proxy.port}`, 'ws://server.test/']);
    expect(outcome.status).toBe(6);
    expect(oneLine(outcome.stdout)).toContain('Likely cause: The proxy ended the connection without an answer');
  });
});
