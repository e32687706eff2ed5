import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';

export { handshakes } from './bare-client.js';

/** The other side where only one is measured: a client that costs little, and a server that never reads. */

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

function openOne(port, localAddress) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
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

const kept = [];

/** An address has some 28,000 ports, of which others may still wait to be free: Linux has more addresses of loopback. */
const sourceOf = (number) => (process.platform === 'linux' ? `127.0.0.${2 + (number % 8)}` : undefined);

/** Opens `count` connections that stay, and say nothing; gives the milliseconds that it took. */
export async function idle({ port, count }) {
  const startedAt = performance.now();
  for (let left = count; left > 0; left -= 100) {
    const some = Array.from({ length: Math.min(100, left) }, (_, number) => openOne(port, sourceOf(number)));
    kept.push(...(await Promise.all(some)));
  }
  return performance.now() - startedAt;
}

/** Masked with a key of zeroes, without data; and its answer. */
const PING = Buffer.from('898000000000', 'hex');
const PONG = '8a00';

/** Pings all of them at once; gives how many answered, and the milliseconds until the last one had. */
export async function pingAll() {
  const startedAt = performance.now();
  const answers = kept.map(
    (socket) =>
      new Promise((resolve) => {
        socket.once('data', (chunk) => resolve(chunk.toString('hex') === PONG));
        socket.once('close', () => resolve(false));
        if (socket.destroyed) resolve(false);
        else socket.write(PING);
      }),
  );
  const answered = (await Promise.all(answers)).filter(Boolean).length;
  return { answered, time: performance.now() - startedAt };
}

/** Answers the opening handshake and reads nothing from then on; in mode `lines` it sends `count` payloads and a Close. */
export function serve({ mode, payload, count }, counter) {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (chunk) => {
      const key = /sec-websocket-key: *(\S+)/i.exec(chunk.latin1Slice())?.[1] ?? '';
      const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
      counter.openedAt = performance.now();
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      if (mode === 'lines') sendLines(socket, Buffer.from(payload), count);
      else socket.pause();
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

/** Frames in one write. */
const TOGETHER = 1000;
const CLOSE = Buffer.from('880203e8', 'hex');

/** Text frames made once and sent over and over, so that whoever receives them is what is measured. At most 125 bytes each. */
function sendLines(socket, payload, count) {
  const frame = Buffer.concat([Buffer.from([0x81, payload.length]), payload]);
  const many = Buffer.concat(Array(TOGETHER).fill(frame));
  let left = count;
  const send = () => {
    let goesOn = true;
    while (left > 0 && goesOn) {
      const now = Math.min(left, TOGETHER);
      left -= now;
      goesOn = socket.write(many.subarray(0, now * frame.length));
    }
    if (left > 0) socket.once('drain', send);
    else socket.end(CLOSE);
  };
  // Whatever the client answers is let go.
  socket.resume();
  send();
}
