import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';

/** The other side where only one is measured: a client that costs little, and a server that never reads. */

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

function openOne(port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let head = '';
    socket.on('error', reject);
    socket.on('connect', () =>
      socket.write(
        `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      ),
    );
    socket.on('data', (chunk) => {
      head += chunk.latin1Slice();
      if (!head.includes('\r\n\r\n')) return;
      if (head.startsWith('HTTP/1.1 101 ')) resolve(socket);
      else reject(new Error(`refused: ${head}`));
    });
  });
}

/** Opens connections one after the other, `window` of them at a time, and resets each: no port stays occupied. */
export function handshakes({ port, window }, counter) {
  const one = async () => {
    const socket = await openOne(port);
    counter.messages++;
    socket.resetAndDestroy();
    one();
  };
  for (let i = 0; i < window; i++) one();
}

const kept = [];

/** Opens `count` connections that stay, and say nothing. */
export async function idle({ port, count }) {
  for (let left = count; left > 0; left -= 100) {
    kept.push(...(await Promise.all(Array.from({ length: Math.min(100, left) }, () => openOne(port)))));
  }
}

/** Answers the opening handshake and reads nothing from then on. */
export function serve() {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (chunk) => {
      socket.pause();
      const key = /sec-websocket-key: *(\S+)/i.exec(chunk.latin1Slice())?.[1] ?? '';
      const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}
