/** A sender that is never the one who waits, and never keeps its event loop from turning. */

/** Bytes that may wait to be written. */
const HIGH_WATER = 256 * 1024;
/** Writes that complete at once leave nothing waiting: after so many messages the loop turns all the same. */
const TURN = 1000;

/** Calls `send` for as long as the socket lives; `waiting` gives the bytes that were sent and have not left. */
export function keepFull(socket, waiting, send) {
  let scheduled = false;
  const pump = () => {
    if (scheduled) return;
    for (let i = 0; i < TURN; i++) {
      if (waiting() >= HIGH_WATER || socket.destroyed) return;
      send();
    }
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      pump();
    });
  };
  socket.on('drain', pump);
  pump();
}
