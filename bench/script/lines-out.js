import { WebSocket } from 'ws';

/** Each message as a line of standard output: what one writes with ws in two minutes. */
const ws = new WebSocket(process.argv[2]);
ws.on('message', (data) => process.stdout.write(`${data}\n`));
