import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * What many connections cost the public server, and that they give it back; nothing is timed here:
 *
 *   node bench/soak.js [CONNECTIONS] [ROUNDS]      10,000 and 4 where they are left out
 *
 * Opens the connections, says what an idle one weighs, has each say something, sends to all, ends a third of them in each of
 * three ways, and does it all again. From the second round on memory and descriptors must stay where they were: status 1.
 */
const MIB = 1024 * 1024;
const here = fileURLToPath(import.meta.url);
const bundle = join(dirname(here), 'node_modules/.cache/wstap-server.js');
const [, , role = '10000', ...rest] = process.argv;

if (role === 'client') serveJobs(Number(rest[0]));
else if (role === 'server') await measure(Number(rest[0]), Number(rest[1]));
else await start(Number(role), Number(rest[0] ?? 4));

async function start(count, rounds) {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [join(dirname(here), '../src/library/server.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
  });
  const [status] = await once(fork(here, ['server', count, rounds], { execArgv: ['--expose-gc'] }), 'exit');
  process.exitCode = status ?? 1;
}

async function measure(count, rounds) {
  const { WebSocketServer } = await import(pathToFileURL(bundle).href);
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true });
  server.on('connection', (socket) => socket.on('message', (data) => socket.send(data, { binary: false })));
  await once(server, 'listening');
  const child = fork(here, ['client', server.address().port], { execArgv: [] });
  const ask = async (name) => {
    const done = once(child, 'message');
    child.send({ name, count });
    await done;
  };
  const empty = [];
  for (let round = 1; round <= rounds; round++) {
    const before = await weight();
    await ask('open');
    const open = await weight();
    await ask('talk');
    const cpu = process.cpuUsage();
    server.broadcast('news');
    // Written when this turn ends.
    await sleep(0);
    const { user, system } = process.cpuUsage(cpu);
    const each = (key) => ((open[key] - before[key]) / count / 1024).toFixed(2);
    say(`round ${round}: an idle connection ${each('rss')} KiB, ${each('heap')} of them heap; ${text(await weight())}`);
    say(`         one message to all: ${((user + system) / count).toFixed(2)} µs each`);
    await ask('close');
    while (server.clients.size > 0) await sleep(20);
    empty.push(await weight());
    say(`         all gone: ${text(empty.at(-1))}`);
  }
  child.disconnect();
  await server.close();
  judge(empty, count);
}

function judge([, second, ...later], count) {
  const last = later.at(-1);
  if (!last) return;
  const bytes = (last.heap - second.heap) / later.length / count;
  const descriptors = last.descriptors - second.descriptors;
  say(`left behind: ${bytes.toFixed(1)} bytes a connection, ${descriptors} descriptors in all`);
  // A connection weighs 3 KiB of heap: a hundredth of that is the collector's own noise.
  if (bytes > 30 || descriptors > 0) process.exitCode = 1;
}

/** After garbage was collected, and what waited for it. */
async function weight() {
  for (let i = 0; i < 5; i++) {
    await sleep(50);
    globalThis.gc();
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heap: heapUsed, descriptors: readdirSync('/proc/self/fd').length };
}

function text({ rss, heap, descriptors }) {
  return `${(rss / MIB).toFixed(1)} MiB, ${(heap / MIB).toFixed(2)} of them heap, ${descriptors} descriptors`;
}

function say(line) {
  process.stdout.write(`${line}\n`);
}

/** The other side: bare sockets. */
function serveJobs(port) {
  const request =
    'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
  // Masked with a key of zeroes.
  const hello = Buffer.from(`818500000000${Buffer.from('hello').toString('hex')}`, 'hex');
  const close = Buffer.from('88820000000003e8', 'hex');
  let sockets = [];

  const openOne = async () => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    socket.write(request);
    await once(socket, 'data');
    sockets.push(socket);
  };
  const endOne = async (socket, index) => {
    const gone = once(socket, 'close');
    socket.resume();
    // In good order, without a Close, with a reset.
    if (index % 3 === 0) socket.write(close);
    else if (index % 3 === 1) socket.end();
    else socket.resetAndDestroy();
    await gone;
  };
  const jobs = {
    async open(count) {
      for (let left = count; left > 0; left -= 100) await Promise.all(Array.from({ length: Math.min(100, left) }, openOne));
    },
    async talk() {
      for (const socket of sockets) {
        socket.write(hello);
        await once(socket, 'data');
      }
    },
    async close() {
      await Promise.all(sockets.map(endOne));
      sockets = [];
    },
  };
  process.on('message', async ({ name, count }) => {
    await jobs[name](count);
    process.send('done');
  });
  process.on('disconnect', () => process.exit());
}
