import { Receiver, Sender, WebSocket, WebSocketServer } from 'ws';
import { keepFull } from '../work/keep-full.js';

export function serve({ mode, deflate, payload }, counter) {
  const perMessageDeflate = deflate ? { threshold: 0 } : false;
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate });
  server.on('connection', (ws, { socket }) => {
    ws.on('error', () => undefined);
    if (mode === 'flood') flood(ws, socket, payload, counter);
    else {
      ws.on('message', (data, binary) => {
        counter.messages++;
        ws.send(data, { binary });
      });
    }
  });
  return new Promise((resolve) => server.on('listening', () => resolve(server.address().port)));
}

function flood(ws, socket, payload, counter) {
  const send = () => {
    ws.send(payload);
    counter.messages++;
  };
  keepFull(socket, () => ws.bufferedAmount, send);
}

export function connect({ port, deflate }, _counter, received) {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: deflate ? { threshold: 0 } : false });
    ws.on('error', reject);
    ws.on('open', () => resolve({ send: (payload) => ws.send(payload), extensions: ws.extensions }));
    ws.on('message', (data) => received(data.length));
  });
}

export function parser({ masked }, received) {
  const receiver = new Receiver({ isServer: masked, maxPayload: 100 * 1024 * 1024 });
  receiver.on('message', (data) => received(data.length));
  return (chunk) => receiver.write(chunk);
}

export function builder() {
  const socket = { cork: () => undefined, uncork: () => undefined, write: () => true };
  const sender = new Sender(socket, {});
  const options = { fin: true, binary: false, mask: true, compress: false };
  return { text: (text) => sender.send(text, options), flush: () => undefined };
}
