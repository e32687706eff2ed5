import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

/** Each line of standard input as a message: what one writes with ws and readline in two minutes. */
const ws = new WebSocket(process.argv[2]);
ws.on('open', () => {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => ws.send(line));
  lines.on('close', () => ws.close());
});
