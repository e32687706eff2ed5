// Echo servers and clients of npm libraries that spoke the drafts.
//   drafts.cjs serve PACKAGE            prints its port, echoes
//   drafts.cjs ask PACKAGE URL VERSION TEXT   prints what comes back, closes
const { createServer } = require('node:http');
const { connect } = require('node:net');

const [what, name, url, version, text] = process.argv.slice(2);
const LIBRARIES = {
  'websocket-driver': () => require('websocket-driver'),
  'websocket-driver-0.5': () => require('websocket-driver-0.5'),
  'ws-0.4': () => require('ws-0.4'),
  'ws-0.8': () => require('ws-0.8'),
};
const library = LIBRARIES[name]();
const isDriver = name.startsWith('websocket-driver');

const ready = (server) => console.log(server.address().port);

function serveDriver() {
  const { http, isWebSocket } = library;
  const server = createServer().listen(0, '127.0.0.1', () => ready(server));
  server.on('upgrade', (request, socket, head) => {
    if (!isWebSocket(request)) return socket.end();
    const driver = http(request);
    driver.io.write(head);
    socket.on('error', () => undefined);
    socket.pipe(driver.io).pipe(socket);
    driver.messages.on('data', (data) => (typeof data === 'string' ? driver.text(data) : driver.binary(data)));
    driver.on('close', () => socket.end());
    driver.start();
  });
}

function serveWs() {
  const { Server } = library;
  const server = new Server({ host: '127.0.0.1', port: 0 }, () => ready(server._server));
  server.on('error', () => undefined);
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('message', (data, flags) => socket.send(data, { binary: flags?.binary === true }));
  });
}

function askDriver() {
  const driver = library.client(url);
  const { hostname, port } = new URL(url);
  const socket = connect(port, hostname, () => driver.start());
  socket.pipe(driver.io).pipe(socket);
  driver.on('open', () => driver.text(text));
  driver.on('error', (error) => console.log(`error ${error.message}`));
  driver.messages.on('data', (data) => {
    console.log(`got ${data}`);
    driver.close();
  });
  driver.on('close', () => {
    console.log('closed');
    socket.end();
  });
}

function askWs() {
  const WebSocket = library;
  const socket = new WebSocket(url, { protocolVersion: Number(version) });
  socket.on('open', () => socket.send(text));
  socket.on('error', (error) => console.log(`error ${error.message ?? error}`));
  socket.on('message', (data) => {
    console.log(`got ${data}`);
    socket.close(1000);
  });
  socket.on('close', (code) => {
    console.log(`closed ${code}`);
    process.exit();
  });
}

if (what === 'serve') isDriver ? serveDriver() : serveWs();
else isDriver ? askDriver() : askWs();
