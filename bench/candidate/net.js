import { connect as connectTcp, createServer } from 'node:net';
import { keepFull } from '../work/keep-full.js';

/** Bare sockets that carry as many bytes as the messages have: no WebSocket can be faster than this. */

const PIECE = 64 * 1024;

export function serve({ mode, size }, counter) {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    if (mode === 'flood') flood(socket, size, counter);
    else {
      socket.on('data', (chunk) => {
        counter.messages += chunk.length / size;
        socket.write(chunk);
      });
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

function flood(socket, size, counter) {
  const piece = Buffer.alloc(Math.max(size, PIECE));
  const send = () => {
    socket.write(piece);
    counter.messages += piece.length / size;
  };
  keepFull(socket, () => socket.writableLength, send);
}

/** Answers as many bytes as come, so that the window stays as it is. */
export function connect({ port, size, flood: receivesOnly }, counter) {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ port, host: '127.0.0.1', noDelay: true });
    socket.on('error', reject);
    socket.on('connect', () => resolve({ begin: (window) => socket.write(Buffer.alloc(window * size)) }));
    socket.on('data', (chunk) => {
      counter.messages += chunk.length / size;
      if (!receivesOnly) socket.write(chunk);
    });
  });
}
