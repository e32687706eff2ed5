import { describe, expect, test } from 'vitest';
import { allOf, rawClient } from '../peer.ts';
import { startListen } from '../program.ts';

/** Old clients, byte for byte, at a real `wstap listen`. */

/** The keys of the draft's own example. */
const REQUEST_76 = Buffer.from(
  [
    'GET /demo HTTP/1.1',
    'Host: localhost',
    'Connection: Upgrade',
    'Sec-WebSocket-Key2: 12998 5 Y3 1  .P00',
    'Upgrade: WebSocket',
    'Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5',
    'Origin: http://localhost',
    '',
    '^n:ds[4U',
  ].join('\r\n'),
  'latin1',
);
const PROOF = "8jKS'y:G*Co,Wxa-";
const HELLO = Buffer.from('0048656c6c6fff', 'hex');
const CLOSE = Buffer.from('ff00', 'hex');

const request = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;

describe('hixie-76', () => {
  const answer = [
    'HTTP/1.1 101 WebSocket Protocol Handshake',
    'Upgrade: WebSocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Origin: http://localhost',
    'Sec-WebSocket-Location: ws://localhost/demo',
    '',
    `${PROOF}\0Hello\xff\xff\0`,
  ].join('\r\n');

  test('whole, with frames behind it in the same packet', async () => {
    const { port } = await startListen(['--echo', '--draft', '76']);
    const socket = await rawClient(port);
    socket.write(Buffer.concat([REQUEST_76, HELLO, CLOSE]));
    expect(await allOf(socket)).toBe(answer);
  });

  test('byte by byte', async () => {
    const { port } = await startListen(['--echo', '--draft', '76']);
    const socket = await rawClient(port);
    socket.setNoDelay(true);
    for (const byte of Buffer.concat([REQUEST_76, HELLO, CLOSE])) {
      await new Promise<void>((resolve) => socket.write(Uint8Array.of(byte), () => resolve()));
    }
    expect(await allOf(socket)).toBe(answer);
  });

  test('split anywhere in the last key', async () => {
    const { port } = await startListen(['--echo', '--draft', '76']);
    for (let behind = 1; behind <= 9; behind++) {
      const socket = await rawClient(port);
      socket.write(REQUEST_76.subarray(0, -behind));
      await new Promise((resolve) => setImmediate(resolve));
      socket.write(Buffer.concat([REQUEST_76.subarray(-behind), HELLO, CLOSE]));
      expect(await allOf(socket)).toBe(answer);
    }
  });

  test('who leaves before the last key has left before the request was whole', async () => {
    const { env, port } = await startListen(['--draft', 'all']);
    (await rawClient(port)).end(REQUEST_76.subarray(0, -3));
    await env.stderr.until(/#1 127\.0\.0\.1:\d+ left before its request was whole/);
  });

  test('the last key that never comes is waited for no longer than any request', async () => {
    const { env, port } = await startListen(['--draft', 'all', '--timeout', '100ms']);
    const socket = await rawClient(port);
    socket.write(REQUEST_76.subarray(0, -3));
    expect(await allOf(socket)).toMatch(/^HTTP\/1\.1 408 /);
    await env.stderr.until(/was refused/);
  });

  test('keys that were tampered with get no word', async () => {
    const { env, port } = await startListen(['--draft', 'all']);
    const socket = await rawClient(port);
    socket.write(Buffer.from(REQUEST_76.toString('latin1').replace('@1  4', '@1 4'), 'latin1'));
    expect(await allOf(socket)).toBe('');
    await env.stderr.until(/was refused/);
  });

  test('one key alone is malformed, and gets no word either', async () => {
    const { port } = await startListen([]);
    const socket = await rawClient(port);
    socket.end(
      request('GET / HTTP/1.1', 'Host: localhost', 'Upgrade: WebSocket', 'Connection: Upgrade', 'Sec-WebSocket-Key1: 1 2'),
    );
    expect(await allOf(socket)).toBe('');
  });
});

describe('which pages may connect', () => {
  test.each(['Origin', 'Sec-WebSocket-Origin'])('%s is looked at in version 8', async (field) => {
    const { port } = await startListen([]);
    const socket = await rawClient(port);
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
    const upgrade = ['Host: localhost', 'Upgrade: websocket', 'Connection: Upgrade', key, 'Sec-WebSocket-Version: 8'];
    socket.end(request('GET / HTTP/1.1', ...upgrade, `${field}: http://evil.example`));
    expect(await allOf(socket)).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe('426 names what is on', () => {
  test.each([
    [[], '13, 8'],
    [['--draft', '13'], '13'],
    [['--draft', '8,hybi-07', '--draft', '76'], '8, 7, 0'],
    [['--draft', 'all'], '13, 8, 7, 6, 5, 4, 0'],
  ])('%j: %s', async (argv, versions) => {
    const { port } = await startListen(argv);
    const socket = await rawClient(port);
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
    socket.end(
      request('GET / HTTP/1.1', 'Host: localhost', 'Upgrade: websocket', 'Connection: Upgrade', key, 'Sec-WebSocket-Version: 99'),
    );
    expect(await allOf(socket)).toMatch(
      new RegExp(
        `^HTTP/1\\.1 426 .*\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: ${versions}\r\n`,
      ),
    );
  });
});
