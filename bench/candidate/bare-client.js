import { connect } from 'node:net';

/**
 * Opening handshakes by a client that costs less than any server that is measured with it: else it would measure itself. It
 * works on the sockets that lie below those of `node:net`, where a Node has them, and never sleeps: to wake it would be the
 * server's time.
 */

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const nothing = () => undefined;

/**
 * Opens connections one after the other, `window` of them at a time, and resets each: no port stays occupied. After so many
 * milliseconds it gives how many were answered and how long that took; without a limit it gives nothing and goes on.
 */
export function handshakes({ port, window, milliseconds }, counter) {
  const request =
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`;
  const startedAt = performance.now();
  let answered = 0;
  let running = window;
  let ended = () => undefined;
  const over = () => milliseconds !== undefined && performance.now() - startedAt >= milliseconds;
  const open = (bareOpener ?? ordinaryOpener)(port, request, (head) => {
    if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(`refused: ${head}`);
    counter.messages++;
    answered++;
    if (!over()) open();
    else if (--running === 0) ended({ count: answered, elapsed: performance.now() - startedAt });
  });
  for (let i = 0; i < window; i++) open();
  const stayAwake = () => {
    if (running > 0) setImmediate(stayAwake);
  };
  stayAwake();
  if (milliseconds === undefined) return undefined;
  return new Promise((resolve) => {
    ended = resolve;
  });
}

const bareOpener = findBareOpener();

function findBareOpener() {
  try {
    const bindings = { ...process.binding('tcp_wrap'), ...process.binding('stream_wrap') };
    return (port, request, answered) => bareSockets(bindings, port, request, answered);
  } catch {
    return undefined;
  }
}

function bareSockets({ TCP, TCPConnectWrap, WriteWrap, constants }, port, request, answered) {
  function read(bytes) {
    if (!bytes) return;
    this.reset(nothing);
    answered(Buffer.from(bytes).latin1Slice());
  }
  function connected(status, handle) {
    if (status !== 0) throw new Error(`no connection: ${status}`);
    handle.onread = read;
    handle.readStart();
    const write = new WriteWrap();
    write.handle = handle;
    write.oncomplete = nothing;
    handle.writeLatin1String(write, request);
  }
  return () => {
    const opening = new TCPConnectWrap();
    opening.oncomplete = connected;
    const status = new TCP(constants.SOCKET).connect(opening, '127.0.0.1', port);
    if (status !== 0) throw new Error(`no connection: ${status}`);
  };
}

function ordinaryOpener(port, request, answered) {
  return () => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(request));
    socket.once('data', (bytes) => {
      socket.resetAndDestroy();
      answered(bytes.latin1Slice());
    });
  };
}
