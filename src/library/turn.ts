/**
 * "If the client already has a WebSocket connection to the remote host … identified by /host/ and port /port/ pair … the
 * client MUST wait until that connection has been established or for that connection to have failed. There MUST be no more
 * than one connection in a CONNECTING state" (RFC 6455 §4.1, which the WebSockets Standard follows): so a script cannot
 * flood a host, nor hide behind a slow handshake.
 */

/** Who waits for a host and port to which a connection is being opened. */
const waiting = new Map<string, (() => void)[]>();

/**
 * Calls `start` once nobody is connecting to `place`, at once where nobody is. Returns what must be called when it is
 * connected or has failed, also if it never came to its turn; more than once does nothing.
 */
export function takeTurn(place: string, start: () => void): () => void {
  const line = waiting.get(place);
  if (line) line.push(start);
  else {
    waiting.set(place, []);
    start();
  }
  let over = false;
  return () => {
    if (over) return;
    over = true;
    leave(place, start);
  };
}

function leave(place: string, start: () => void): void {
  const line = waiting.get(place) ?? [];
  const at = line.indexOf(start);
  if (at >= 0) {
    line.splice(at, 1);
    return;
  }
  const next = line.shift();
  if (next) next();
  else waiting.delete(place);
}
