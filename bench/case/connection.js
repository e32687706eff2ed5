import { setTimeout as sleep } from 'node:timers/promises';
import { openFileLimit } from '../machine.js';
import { withSides } from '../side-process.js';
import { watchTraffic } from '../traffic.js';
import { kibibytes, micros, whole } from '../unit.js';

/** Connections themselves: how fast they open, and what one costs that says nothing. The client is a bare socket. */

const SERVERS = ['wstap', 'ws', 'faye-websocket', 'websocket'];

export const handshakes = {
  name: 'handshake',
  tables: () => [
    {
      title: 'opening handshakes, 64 at a time, one client process',
      columns: [
        { key: 'rate', label: 'handshakes/s', format: whole, better: 'more' },
        { key: 'perHandshake', label: 'server µs', format: micros, better: 'less', ratio: true },
      ],
      reference: 'ws',
      candidates: SERVERS,
      goals: [{ factor: 1.2 }],
      sample: (candidate, settings) =>
        withSides(['raw', candidate], async (client, server) => {
          const port = await server.call('serve', { mode: 'echo' });
          await client.call('handshakes', { port, window: 64 });
          return openings(client, server, settings);
        }),
    },
  ],
};

/** Some ten thousand handshakes a second are few: so long V8 still compiles what they run through. Milliseconds. */
const STEADY = { warmup: 2000, window: 2000 };

/** A server counts no handshakes: the client's count stands for both. */
async function openings(client, server, { quick, ...brief }) {
  const settings = quick ? brief : STEADY;
  const counted = {
    call: async (method) => ({ ...(await server.call(method)), messages: (await client.call(method)).messages }),
  };
  const { rate, serverCpu, busy } = await watchTraffic(client, counted, settings);
  return { rate, perHandshake: serverCpu, busy };
}

/** Milliseconds of connections that come and go before the first look: a heap that has grown is not what idle ones cost. */
const WARM_UP = 2000;
export const MANY = 10_000;

export const memory = {
  name: 'memory',
  tables: ({ quick }) => {
    const count = Math.min(quick ? 2000 : MANY, openFileLimit() - 500);
    return [
      {
        title: `memory of an idle connection, server, ${whole(count)} of them`,
        columns: [{ key: 'bytes', label: 'KiB each', format: kibibytes, better: 'less' }],
        reference: 'ws',
        candidates: SERVERS,
        goals: [{ limit: 7 * 1024, unit: 'KiB' }],
        sample: (candidate) => idle(candidate, count),
      },
    ];
  },
};

async function idle(candidate, count) {
  return withSides(['raw', 'raw', candidate], async (visitors, client, server) => {
    const port = await server.call('serve', { mode: 'echo' });
    await visitors.call('handshakes', { port, window: 64 });
    await sleep(WARM_UP);
    await visitors.stop();
    const before = await server.call('settledMemory');
    await client.call('idle', { port, count });
    const after = await server.call('settledMemory');
    return { bytes: (after - before) / count };
  });
}
