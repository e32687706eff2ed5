import { WebSocket } from 'ws';

/** Each message as a line of standard output, as most would write it. */
const ws = new WebSocket(process.argv[2]);
ws.on('message', (data) => console.log(data.toString()));
