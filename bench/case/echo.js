import { withSides } from '../side-process.js';
import { watchTraffic } from '../traffic.js';
import { mebibytes, micros, SIZES, whole } from '../unit.js';

/** Messages to an echo server and back, client and server of the same make, a number of them always on their way. */

const EVERYBODY = ['net', 'wstap', 'wstap each', 'ws', 'ws+bufferutil', 'undici', 'faye-websocket', 'websocket'];

export const TRAFFIC_COLUMNS = [
  { key: 'rate', label: 'messages/s', format: whole, better: 'more' },
  { key: 'clientCpu', label: 'client µs', format: micros, better: 'less' },
  { key: 'serverCpu', label: 'server µs', format: micros, better: 'less' },
  { key: 'cpu', label: 'both µs', format: micros, better: 'less', ratio: true },
  { key: 'clientRss', label: 'client MiB', format: mebibytes, better: 'less' },
  { key: 'serverRss', label: 'server MiB', format: mebibytes, better: 'less' },
];

function table(title, message, goals, candidates = EVERYBODY) {
  return {
    title,
    columns: TRAFFIC_COLUMNS,
    reference: 'ws',
    candidates,
    goals,
    sample: (candidate, settings) => echo(candidate, message, settings),
  };
}

async function echo(candidate, { window: inFlight, deflate = false, ...payload }, settings) {
  return withSides([candidate, candidate], async (client, server) => {
    const options = { ...payload, deflate };
    const port = await server.call('serve', { ...options, mode: 'echo' });
    const extensions = await client.call('talk', { ...options, port, window: inFlight });
    if (deflate && !extensions.includes('permessage-deflate'))
      throw new Error(`${candidate}: no permessage-deflate was agreed on`);
    return watchTraffic(client, server, settings);
  });
}

function sized(size, kind, goal, window = 100) {
  const message = { kind, size: SIZES[size], window };
  return table(`echo, ${size} ${kind}, window ${window}`, message, [{ factor: goal }, { of: 'wstap each', factor: goal }]);
}

export const echoes = {
  name: 'echo',
  tables: () => [
    sized('16 B', 'text', 15),
    sized('1 KiB', 'text', 10),
    sized('64 KiB', 'binary', 3.5),
    sized('1 MiB', 'binary', 3.5, 16),
  ],
};

export const deflate = {
  name: 'deflate',
  tables: () => [
    table(
      'echo with permessage-deflate, 1 KiB JSON, window 100',
      { kind: 'text', size: 1024, json: true, window: 100, deflate: true },
      [{ factor: 15 }],
      ['wstap', 'ws', 'ws+bufferutil'],
    ),
  ],
};

export const roundTrip = {
  name: 'roundtrip',
  tables: () => [table('round trip, 16 B text, window 1', { kind: 'text', size: 16, window: 1 }, [{ factor: 1 }])],
};

/** The price of watching: every frame and message of both sides made an event and counted. */
export const watched = {
  name: 'watched',
  tables: () =>
    ['16 B', '1 KiB', '64 KiB'].map((size) =>
      table(
        `echo with every frame watched and counted, ${size}, window 100`,
        { kind: size === '64 KiB' ? 'binary' : 'text', size: SIZES[size], window: 100 },
        [{ of: 'wstap watched', factor: 1 }],
        ['wstap watched', 'ws'],
      ),
    ),
};
