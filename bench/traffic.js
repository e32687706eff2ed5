import { setTimeout as sleep } from 'node:timers/promises';
import { machineTime, wasBusy } from './machine.js';

/**
 * A client and a server under traffic, looked at twice: what each of them did in between, by its own clock and counts.
 * Rates are the client's; processor time is µs for each message that the same process counted.
 */
export async function watchTraffic(client, server, { warmup, window }) {
  await sleep(warmup);
  const before = await look(client, server);
  await sleep(window);
  const after = await look(client, server);
  const [c, s] = ['client', 'server'].map((side) => difference(before[side], after[side]));
  return {
    rate: (c.messages / c.elapsed) * 1000,
    clientCpu: each(c),
    serverCpu: each(s),
    cpu: each(c) === undefined || each(s) === undefined ? undefined : each(c) + each(s),
    clientRss: after.client.rss,
    serverRss: after.server.rss,
    busy: wasBusy(before.machine, after.machine, c.cpu + s.cpu, c.elapsed),
  };
}

/** Nothing for who stood still: two ends that each wait until the other reads. */
function each({ cpu, messages }) {
  return messages === 0 ? undefined : cpu / messages;
}

async function look(client, server) {
  const [c, s] = await Promise.all([client.call('snapshot'), server.call('snapshot')]);
  return { client: c, server: s, machine: machineTime() };
}

function difference(before, after) {
  return { messages: after.messages - before.messages, cpu: after.cpu - before.cpu, elapsed: after.time - before.time };
}
