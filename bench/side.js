import { setTimeout as sleep } from 'node:timers/promises';
import { CANDIDATES } from './candidate/table.js';
import { payloadsOf } from './payload.js';

/**
 * One process of a measurement: a candidate as server, as client, or alone. It does what the parent asks and hands back
 * its own counts; nothing is computed here that another process would have to wait for.
 */
const [, , name] = process.argv;
const { load, options: own = {} } = CANDIDATES[name];
const counter = { messages: 0 };

const methods = {
  async serve(options) {
    const [payload] = payloadsOf({ kind: 'text', size: 16, ...options });
    return (await load()).serve({ deflate: false, observed: false, payload, ...options, ...own }, counter);
  },

  /** Connects; with a `window`, keeps so many messages on their way to an echo and back. */
  async talk({ window, ...options }) {
    const payloads = payloadsOf(options);
    let next = 0;
    let connection;
    const received = (length) => {
      if (length !== options.size) throw new Error(`a message of ${length} bytes came, not ${options.size}`);
      counter.messages++;
      if (window) connection.send(payloads[next++ % payloads.length]);
    };
    const settings = { deflate: false, observed: false, flood: !window, ...options, ...own };
    connection = await (await load()).connect(settings, counter, received);
    if (connection.begin) connection.begin(window ?? 0);
    else for (let i = 0; i < (window ?? 0); i++) connection.send(payloads[next++ % payloads.length]);
    return connection.extensions;
  },

  async handshakes(options) {
    return (await load()).handshakes(options, counter);
  },

  async idle(options) {
    return (await load()).idle(options);
  },

  async pingAll() {
    return (await load()).pingAll();
  },

  async parse(options) {
    return (await import('./work/parse.js')).parse(await load(), options);
  },

  async build(options) {
    return (await import('./work/build.js')).build(await load(), options);
  },

  snapshot() {
    const { user, system } = process.cpuUsage();
    const origin = performance.timeOrigin;
    return { origin, time: performance.now(), cpu: user + system, rss: process.memoryUsage.rss(), ...counter };
  },

  /** Memory that stays: after garbage was collected, and what waited for it. */
  async settledMemory() {
    for (let i = 0; i < 5; i++) {
      await sleep(60);
      globalThis.gc();
    }
    return process.memoryUsage.rss();
  },
};

process.on('message', async ({ id, method, options }) => {
  try {
    process.send({ id, result: await methods[method](options) });
  } catch (error) {
    process.send({ id, error: error instanceof Error ? error.stack : String(error) });
  }
});

// A parent that wants the profile written lets go instead of killing.
process.on('disconnect', () => process.exit());
