import { pathToFileURL } from 'node:url';
import { enginePath } from '../engine.js';

/**
 * Who runs. Each module has some of: `serve(options, counter)` gives a port, `connect(options, counter, received)` gives
 * `{ send, extensions }`, `parser(options, received)` takes chunks, `builder()` takes texts.
 */
const ours = () => import(pathToFileURL(enginePath()).href);
const ws = () => import('./ws.js');

export const CANDIDATES = {
  net: { load: () => import('./net.js'), label: 'net (no WebSocket)' },
  raw: { load: () => import('./raw.js') },
  wstap: { load: ours },
  'wstap each': { load: ours, options: { each: true }, label: 'wstap, by each()' },
  'wstap watched': { load: ours, options: { observed: true }, label: 'wstap, all watched' },
  ws: { load: ws, variables: { WS_NO_BUFFER_UTIL: '1' } },
  'ws+bufferutil': { load: ws, label: 'ws + bufferutil' },
  undici: { load: () => import('./undici.js'), label: 'undici (server: ws)' },
  'faye-websocket': { load: () => import('./faye-websocket.js') },
  websocket: { load: () => import('./websocket.js') },
};
