import { createServer } from 'node:http';
import websocket from 'websocket';
import { keepFull } from '../work/keep-full.js';

const LARGE = 16 * 1024 * 1024;
/** Its defaults cut messages at 64 KiB a frame and 1 MiB in all, and split what is sent above 16 KiB. */
const limits = { maxReceivedFrameSize: LARGE, maxReceivedMessageSize: LARGE, fragmentOutgoingMessages: false };

export function serve({ mode, payload }, counter) {
  const httpServer = createServer();
  const server = new websocket.server({ httpServer, autoAcceptConnections: true, keepalive: false, ...limits });
  server.on('connect', (connection) => {
    connection.on('error', () => undefined);
    if (mode === 'flood') flood(connection, payload, counter);
    else {
      connection.on('message', (message) => {
        counter.messages++;
        if (message.type === 'utf8') connection.sendUTF(message.utf8Data);
        else connection.sendBytes(message.binaryData);
      });
    }
  });
  return new Promise((resolve) => httpServer.listen(0, '127.0.0.1', () => resolve(httpServer.address().port)));
}

function flood(connection, payload, counter) {
  const send = () => {
    connection.send(payload);
    counter.messages++;
  };
  keepFull(connection.socket, () => connection.socket.writableLength, send);
}

export function connect({ port }, _counter, received) {
  return new Promise((resolve, reject) => {
    const client = new websocket.client(limits);
    client.on('connectFailed', reject);
    client.on('connect', (connection) => {
      connection.on('error', reject);
      connection.on('message', (message) =>
        received(message.type === 'utf8' ? message.utf8Data.length : message.binaryData.length),
      );
      resolve({ send: (payload) => connection.send(payload), extensions: '' });
    });
    client.connect(`ws://127.0.0.1:${port}/`);
  });
}
