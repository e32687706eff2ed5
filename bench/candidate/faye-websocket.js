import { createServer } from 'node:http';
import WebSocket from 'faye-websocket';
import { keepFull } from '../work/keep-full.js';

export function serve({ mode, payload }, counter) {
  const server = createServer();
  server.on('upgrade', (request, socket, head) => {
    const ws = new WebSocket(request, socket, head);
    ws.on('error', () => undefined);
    if (mode === 'flood') ws.on('open', () => flood(ws, socket, payload, counter));
    else {
      ws.on('message', ({ data }) => {
        counter.messages++;
        ws.send(data);
      });
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

function flood(ws, socket, payload, counter) {
  const send = () => {
    ws.send(payload);
    counter.messages++;
  };
  keepFull(socket, () => socket.writableLength, send);
}

export function connect({ port }, _counter, received) {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket.Client(`ws://127.0.0.1:${port}/`);
    ws.on('error', ({ message }) => reject(new Error(message)));
    ws.on('open', () => resolve({ send: (payload) => ws.send(payload), extensions: '' }));
    ws.on('message', ({ data }) => received(data.length));
  });
}
