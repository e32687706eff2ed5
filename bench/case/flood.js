import { withSides } from '../side-process.js';
import { watchTraffic } from '../traffic.js';
import { SIZES } from '../unit.js';
import { TRAFFIC_COLUMNS } from './echo.js';

/** A server that sends as fast as its client takes it. */

async function sample(candidate, size, settings) {
  return withSides([candidate, candidate], async (client, server) => {
    const options = { kind: 'text', size };
    const port = await server.call('serve', { ...options, mode: 'flood' });
    await client.call('talk', { ...options, port });
    return watchTraffic(client, server, settings);
  });
}

export const flood = {
  name: 'flood',
  tables: () =>
    ['16 B', '1 KiB'].map((size) => ({
      title: `flood into one client, ${size} text`,
      columns: TRAFFIC_COLUMNS,
      reference: 'ws',
      candidates: ['net', 'wstap', 'ws', 'ws+bufferutil', 'undici', 'faye-websocket', 'websocket'],
      goals: size === '16 B' ? [{ factor: 10 }] : [],
      sample: (candidate, settings) => sample(candidate, SIZES[size], settings),
    })),
};
