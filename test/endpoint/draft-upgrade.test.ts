import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { handshakeOf } from '../../src/protocol/dialect/handshakes.ts';
import { CLIENT_HEAD_LIMITS, encodeHead } from '../../src/protocol/http/head.ts';
import { readHead } from '../../src/protocol/http/head-reader.ts';
import { rawServer } from '../peer.ts';
import { run } from '../program.ts';

/** Our client in old versions, with servers whose every byte the test writes. */

/** Hands a whole hixie-76 request over, as its head and proof are to be answered. */
function asked76(socket: Socket, answer: (head: Uint8Array, proof: Uint8Array) => void): void {
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const read = readHead(received, 'request', CLIENT_HEAD_LIMITS);
    if (read.state !== 'complete' || read.rest.length !== 8) return;
    received = Buffer.alloc(0);
    socket.removeAllListeners('data');
    const handshake = handshakeOf('hixie-76');
    const parts = { random: (size: number) => new Uint8Array(size) };
    const { head, body } = handshake.answer({ head: read.head, body: read.rest, raw: read.raw }, parts);
    answer(encodeHead(head), body);
  });
}

const QUICK = ['-x', 'hi', '-1'];
const MESSAGE = Buffer.from('00686fff', 'hex');
const CLOSE = Buffer.from('ff00', 'hex');

/** One write after the other, each in a packet of its own. */
async function drip(socket: Socket, bytes: Uint8Array): Promise<void> {
  for (const byte of bytes) {
    await new Promise<void>((resolve) => socket.write(Uint8Array.of(byte), () => resolve()));
  }
}

describe('hixie-76', () => {
  test.each<[what: string, answer: (socket: Socket, head: Uint8Array, proof: Uint8Array) => unknown]>([
    ['in one piece, with a message behind it', (socket, head, proof) => socket.write(Buffer.concat([head, proof, MESSAGE]))],
    [
      'the head first and the proof later, as Socket.IO did',
      (socket, head, proof) => {
        socket.write(head);
        setTimeout(() => socket.write(Buffer.concat([proof, MESSAGE])), 20);
      },
    ],
    ['byte by byte', (socket, head, proof) => drip(socket, Buffer.concat([head, proof, MESSAGE]))],
  ])('an answer %s', async (_, answer) => {
    const { url } = await rawServer((socket) => {
      asked76(socket, (head, proof) => {
        void answer(socket, head, proof);
        socket.on('data', (chunk: Buffer) => chunk.includes(CLOSE) && socket.end(CLOSE));
      });
    });
    expect(await run(['--draft', '76', ...QUICK, url])).toMatchObject({ status: 0, stdout: 'ho\n', stderr: '' });
  });

  test('a server that ends TCP in place of the closing frame has done well enough, which is told', async () => {
    const { url } = await rawServer((socket) => {
      asked76(socket, (head, proof) => {
        socket.write(Buffer.concat([head, proof, MESSAGE]));
        socket.on('data', (chunk: Buffer) => chunk.includes(CLOSE) && socket.end());
      });
    });
    const stderr = 'wstap: the peer ended TCP and did not acknowledge our closing frame\n';
    expect(await run(['--draft', '76', ...QUICK, url])).toMatchObject({ status: 0, stdout: 'ho\n', stderr });
    const { stdout } = await run(['--draft', '76', ...QUICK, '--format', 'json', url]);
    expect(stdout).toContain('"type":"closed","code":1005,"name":"No Status Rcvd","reason":"","wasClean":false,"by":"us"');
  });

  test.each<[what: string, change: (proof: Uint8Array) => Uint8Array, says: RegExp]>([
    ['wrong', (proof) => proof.map((byte) => byte ^ 1), /✗ 16 bytes follow the head: the MD5 of the keys/],
    ['cut', (proof) => proof.subarray(0, 15), /✗ 16 bytes follow the head/],
  ])('a proof that is %s opens nothing', async (_, change, says) => {
    const { url } = await rawServer((socket) =>
      asked76(socket, (head, proof) => socket.end(Buffer.concat([head, change(proof)]))),
    );
    const { status, stderr } = await run(['--draft', '76', ...QUICK, url]);
    expect(status).toBe(6);
    expect(stderr).toMatch(says);
  });

  test('a proof that never comes is waited for as long as any answer', async () => {
    const { url } = await rawServer((socket) => asked76(socket, (head) => socket.write(head)));
    const { status, stderr } = await run(['--draft', '76', '-v', '--timeout', '200ms', ...QUICK, url]);
    expect(status).toBe(124);
    expect(stderr).toContain('< HTTP/1.1 101 WebSocket Protocol Handshake');
  });
});

describe('a server of another generation', () => {
  const OLD = [
    'HTTP/1.1 101 Web Socket Protocol Handshake',
    'Upgrade: WebSocket',
    'Connection: Upgrade',
    'WebSocket-Origin: null',
    'WebSocket-Location: ws://localhost/',
    '',
    '',
  ].join('\r\n');

  test('hixie-75 in answer to version 13 is named, and what to try', async () => {
    const { url } = await rawServer((socket) => socket.once('data', () => socket.write(OLD)));
    const { status, stderr } = await run([...QUICK, url]);
    expect(status).toBe(6);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('This is a hixie-75 handshake');
    expect(stderr).toContain('→ try: --draft auto');
  });

  test('and auto goes on with 76, then 75', async () => {
    const asked: string[] = [];
    const { url } = await rawServer((socket) =>
      socket.once('data', (chunk: Buffer) => {
        asked.push(/Sec-WebSocket-(?:Version: \d+|Key1)/.exec(chunk.toString('latin1'))?.[0] ?? 'neither');
        socket.write(asked.length < 3 ? OLD : Buffer.concat([Buffer.from(OLD), MESSAGE]));
      }),
    );
    const { status, stdout } = await run(['--draft', 'auto', ...QUICK, url]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'ho\n' });
    expect(asked).toEqual(['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key1', 'neither']);
  });

  test('one that closes without a word is asked in every version, and then given up', async () => {
    const { url, sockets } = await rawServer((socket) => socket.once('data', () => socket.destroy()));
    const { status, stderr } = await run(['--draft', 'auto', ...QUICK, url]);
    expect(status).toBe(6);
    expect(sockets).toHaveLength(4);
    expect(stderr.match(/^wstap: The server closed without an answer to .*$/gm)).toHaveLength(3);
  });

  test('one that hangs is asked again once the time is over', async () => {
    const { url } = await rawServer((socket) =>
      socket.once('data', (chunk: Buffer) => {
        if (chunk.includes('Sec-WebSocket-Version')) return;
        asked76(socket, (head, proof) => socket.end(Buffer.concat([head, proof, MESSAGE, CLOSE])));
        socket.emit('data', chunk);
      }),
    );
    const { status, stdout, stderr } = await run(['--draft', 'auto', '--timeout', '2s', ...QUICK, url]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'ho\n' });
    expect(stderr).toContain('did not answer RFC 6455 (version 13) in time. Asking again in hybi-08.');
  });

  test('one that never answers is given up when the time that was given is over, not that of every try', async () => {
    const { url, sockets } = await rawServer(() => undefined);
    const startedAt = performance.now();
    const { status, stderr } = await run(['--draft', 'auto', '--timeout', '800ms', ...QUICK, url]);
    expect(performance.now() - startedAt).toBeLessThan(1600);
    expect(status).toBe(124);
    expect(sockets).toHaveLength(4);
    expect(stderr).toContain('no open connection within 0.8 s');
    expect(stderr).not.toContain('--draft auto');
  });

  test('what it names is tried first, all of it, and then the usual ones, none twice', async () => {
    const asked: string[] = [];
    const { url } = await rawServer((socket) =>
      socket.once('data', (chunk: Buffer) => {
        const [, version = 'none'] = /Sec-WebSocket-(?:Version: (\d+)|Key1)/.exec(chunk.toString('latin1')) ?? [];
        asked.push(version);
        if (asked.length === 1) socket.end('HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 7, 4, 8\r\n\r\n');
        else socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      }),
    );
    const { status, stderr } = await run(['--draft', 'auto', ...QUICK, url]);
    expect(status).toBe(6);
    expect(asked).toEqual(['13', '8', '7', '4', 'none', 'none']);
    expect(stderr).not.toContain('--draft auto');
  });

  test('one that names nothing known is not asked again, nor auto advised to whoever gave it', async () => {
    const { url, sockets } = await rawServer((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 99\r\n\r\n')),
    );
    const { stderr } = await run(['--draft', 'auto', ...QUICK, url]);
    expect(stderr).toContain('none of which is known here');
    expect(stderr).not.toContain('--draft auto');
    expect(sockets).toHaveLength(1);
  });

  test('a 404 of auto stays a 404', async () => {
    const { url, sockets } = await rawServer((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')),
    );
    expect((await run(['--draft', 'auto', ...QUICK, url])).stderr).toMatch(/^wstap: the server refused: 404/);
    expect(sockets).toHaveLength(1);
  });
});

describe('what a version cannot do is told before anything is dialed', () => {
  test.each([['-b'], ['--hex'], ['--base64']])('--draft 76 %s', async (flag) => {
    const { url, sockets } = await rawServer(() => undefined);
    const { status, stderr } = await run(['--draft', '76', flag, url]);
    expect(status).toBe(2);
    expect(stderr).toContain('hixie-76 has no binary messages');
    expect(sockets).toHaveLength(0);
  });

  test('a server that accepts no version at all', async () => {
    const { status, stderr } = await run(['listen', '--draft', '', '0']);
    expect(status).toBe(2);
    expect(stderr).toContain('name at least one version');
  });
});

test('frames that were dropped are told in a pipe, though all ends well', async () => {
  const { url } = await rawServer((socket) => {
    asked76(socket, (head, proof) => {
      socket.write(Buffer.concat([head, proof, Buffer.from('81026f6b81026f6b', 'hex')]));
      socket.on('data', (chunk: Buffer) => chunk.includes(CLOSE) && socket.end(CLOSE));
    });
  });
  const { status, stdout, stderr } = await run(['--draft', '76', '-x', 'hi', '-w', '50ms', url]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  expect(stderr.match(/^wstap: ! a frame of type 81: text in hybi-07 and later/gm)).toHaveLength(2);
});
