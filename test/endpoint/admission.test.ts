import { describe, expect, test } from 'vitest';
import { allOf, GoodClient, REQUEST, rawClient } from '../peer.ts';
import { startListen } from '../program.ts';

/** Raw requests to a real `wstap listen`: every refusal is an HTTP answer, and none of them ends the server. */

async function answerTo(port: number, request: string | Uint8Array): Promise<string> {
  const socket = await rawClient(port);
  socket.end(request);
  return allOf(socket);
}

const lines = (...list: string[]) => `${list.join('\r\n')}\r\n\r\n`;
const without = (name: string) => REQUEST.filter((line) => !line.startsWith(name));
const instead = (name: string, ...replacement: string[]) => [...without(name), ...replacement];

describe('a request that is not a WebSocket opening handshake', () => {
  test.each<[what: string, request: string | Uint8Array, status: number, says?: RegExp]>([
    ['a browser’s visit', lines('GET / HTTP/1.1', 'Host: localhost'), 426, /upgrade: websocket/i],
    ['POST', lines('POST / HTTP/1.1', ...REQUEST.slice(1)), 405, /allow: GET/i],
    ['HTTP/1.0', lines('GET / HTTP/1.0', ...REQUEST.slice(1)), 400],
    ['HTTP/2', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), 505],
    ['no Host', lines(...without('Host')), 400],
    ['two Hosts', lines(...REQUEST, 'Host: localhost'), 400],
    ['no key', lines(...without('Sec-WebSocket-Key')), 400],
    ['two keys', lines(...REQUEST, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='), 400],
    ['a key of 15 bytes', lines(...instead('Sec-WebSocket-Key', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA')), 400],
    ['a key that is not base64', lines(...instead('Sec-WebSocket-Key', 'Sec-WebSocket-Key: ?')), 400],
    ['no Connection: Upgrade', lines(...instead('Connection', 'Connection: keep-alive')), 400],
    ['another Upgrade', lines(...instead('Upgrade', 'Upgrade: h2c')), 400],
    [
      'version 12',
      lines(...instead('Sec-WebSocket-Version', 'Sec-WebSocket-Version: 12')),
      426,
      /sec-websocket-version: [^\r]*13/i,
    ],
    ['no version', lines(...without('Sec-WebSocket-Version')), 426],
    ['a header of 17 KiB', lines(...REQUEST, `X: ${'x'.repeat(17 * 1024)}`), 431],
    ['101 headers', lines(...REQUEST, ...Array.from({ length: 101 }, (_, index) => `X-${index}: x`)), 431],
    ['a folded header', lines(...REQUEST, 'X: a', ' b'), 400],
    ['a space before the colon', lines(...REQUEST, 'X : a'), 400],
    ['a NUL', lines(...REQUEST, 'X: \0'), 400],
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['a TLS ClientHello', Buffer.from('16030100c8010000c40303', 'hex'), 400],
    ['random bytes', Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256)), 400],
  ])('%s', async (_, request, status, says = /./) => {
    const { env, port } = await startListen([]);
    const answer = await answerTo(port, request);
    const [start = '', ...headers] = answer.split('\r\n');
    expect(start).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toMatch(says);
    expect(headers.join('\n')).toMatch(/^connection: close(, upgrade)?$/im);
    await env.stderr.until(/#1 127\.0\.0\.1:\d+ was refused/);
    const next = await new GoodClient(port).open();
    expect(next.socket.readyState).toBe(1);
  });

  test('the answer in full', async () => {
    const { port } = await startListen([]);
    const answer = await answerTo(port, lines('GET / HTTP/1.1', 'Host: localhost'));
    expect(answer).toMatchInlineSnapshot(`
      "HTTP/1.1 426 Upgrade Required
      Connection: close, Upgrade
      Upgrade: websocket
      Sec-WebSocket-Version: 13, 8
      Content-Type: text/plain; charset=utf-8
      Content-Length: 131

      This is a WebSocket server, and the request has no Upgrade. A proxy on the way must forward Upgrade and Connection, over HTTP/1.1.
      "
    `);
  });
});

describe('time', () => {
  test('half a request: 408', async () => {
    const { port } = await startListen(['--timeout', '150ms']);
    const socket = await rawClient(port);
    socket.write('GET / HTTP/1.1\r\nHost: loc');
    expect(await allOf(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('a byte now and then: 408', async () => {
    const { port } = await startListen(['--timeout', '200ms']);
    const socket = await rawClient(port);
    const request = lines(...REQUEST, `X: ${'x'.repeat(1000)}`);
    let at = 0;
    const dribble = setInterval(() => socket.write(request[at++] ?? 'x'), 10);
    expect(await allOf(socket)).toMatch(/^HTTP\/1\.1 408 /);
    clearInterval(dribble);
  });

  test('a client that connects and leaves is no trouble', async () => {
    const { env, port } = await startListen([]);
    (await rawClient(port)).end();
    (await rawClient(port)).resetAndDestroy();
    await env.stderr.until(/#2 .*left before/);
    await new GoodClient(port).open();
  });
});

test('a request in many pieces, and frames right behind it', async () => {
  const { env, port } = await startListen([]);
  const socket = await rawClient(port);
  for (const byte of lines(...REQUEST).slice(0, -1)) socket.write(byte);
  socket.write(Buffer.concat([Buffer.from('\n'), Buffer.from('818200000000', 'hex'), Buffer.from('hi')]));
  await env.captured.until(/hi\n/);
});

test('--max-connections: one more gets 503, and gets in once there is room', async () => {
  const { env, port } = await startListen(['--max-connections', '1']);
  const first = await new GoodClient(port).open();
  expect((await new GoodClient(port).refused()).status).toBe(503);
  first.socket.close();
  await env.stderr.until(/#1 left/);
  await new GoodClient(port).open();
});
