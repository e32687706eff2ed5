import { connect } from 'node:net';

/**
 * Opening handshakes by a client that costs less than any server that is measured with it: else it would measure itself. It
 * works on the sockets that lie below those of `node:net`, where a Node has them, and never sleeps: to wake it would be the
 * server's time.
 */

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const nothing = () => undefined;

/** Opens connections one after the other, `window` of them at a time, and resets each: no port stays occupied. */
export function handshakes({ port, window }, counter) {
  const request =
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`;
  const answered = (head) => {
    if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(`refused: ${head}`);
    counter.messages++;
  };
  const open = bareOpener(port, request, answered) ?? ordinaryOpener(port, request, answered);
  for (let i = 0; i < window; i++) open();
  const stayAwake = () => setImmediate(stayAwake);
  stayAwake();
}

function bareOpener(port, request, answered) {
  let bindings;
  try {
    bindings = { ...process.binding('tcp_wrap'), ...process.binding('stream_wrap') };
  } catch {
    return undefined;
  }
  const { TCP, TCPConnectWrap, WriteWrap, constants } = bindings;
  function read(bytes) {
    if (!bytes) return;
    answered(Buffer.from(bytes).latin1Slice());
    this.reset(nothing);
    open();
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
  const open = () => {
    const opening = new TCPConnectWrap();
    opening.oncomplete = connected;
    const status = new TCP(constants.SOCKET).connect(opening, '127.0.0.1', port);
    if (status !== 0) throw new Error(`no connection: ${status}`);
  };
  return open;
}

function ordinaryOpener(port, request, answered) {
  const open = () => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(request));
    socket.once('data', (bytes) => {
      answered(bytes.latin1Slice());
      socket.resetAndDestroy();
      open();
    });
  };
  return open;
}
