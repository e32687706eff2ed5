import { setTimeout as sleep } from 'node:timers/promises';
import { openFileLimit } from '../machine.js';
import { SideProcess, withSides } from '../side-process.js';
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
      repeat: BURSTS,
      open: openServers,
      sample: async (candidate, settings) => {
        const servers = await openServers([candidate], settings);
        try {
          return await servers.sample(candidate, settings);
        } finally {
          await servers.close();
        }
      },
    },
  ],
};

/**
 * A handshake takes so little that the same server opens half as many when a neighbour of this machine wakes up: the servers
 * all stand there from the beginning, and take turns in short bursts. At first V8 compiles what they run through.
 */
const BURSTS = 6;
const WARM = 2000;
const WINDOW = 64;

async function openServers(candidates, { quick, window }) {
  const client = new SideProcess('raw');
  const servers = new Map();
  const close = () => Promise.all([client, ...[...servers.values()].map(({ server }) => server)].map((side) => side.stop()));
  const burst = async (name, milliseconds) => {
    const { server, port } = servers.get(name);
    const before = await server.call('snapshot');
    const { count, elapsed } = await client.call('handshakes', { port, window: WINDOW, milliseconds });
    const after = await server.call('snapshot');
    return { rate: (count / elapsed) * 1000, perHandshake: (after.cpu - before.cpu) / count };
  };
  for (const name of candidates) {
    const server = new SideProcess(name);
    servers.set(name, { server, port: await server.call('serve', { mode: 'echo' }) });
    await burst(name, quick ? window : WARM);
  }
  return { sample: (name) => burst(name, window / 2), close };
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
