import { createRequire } from 'node:module';
import { WebSocket } from 'undici';

/** undici has no server: its client talks to the one of ws. */
export { serve } from './ws.js';

export function connect({ port }, _counter, received) {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(`ws://127.0.0.1:${port}/`);
    ws.binaryType = 'arraybuffer';
    ws.addEventListener('error', () => reject(new Error('undici could not connect')));
    ws.addEventListener('open', () => resolve({ send: (payload) => ws.send(payload), extensions: ws.extensions }));
    ws.addEventListener('message', ({ data }) => received(typeof data === 'string' ? data.length : data.byteLength));
  });
}

export function builder() {
  const { WebsocketFrameSend } = createRequire(import.meta.url)('undici/lib/web/websocket/frame.js');
  const TEXT = 1;
  return { text: (text) => new WebsocketFrameSend(Buffer.from(text)).createFrame(TEXT), flush: () => undefined };
}
