import { once } from 'node:events';
import { createWriteStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withSides } from '../side-process.js';
import { mebibytes, micros, whole } from '../unit.js';
import { wholeProcess } from '../whole-process.js';
import { WS_ALONE, WSCAT, WSTAP } from './startup.js';

/** A million lines through the programs as filters, and what they hold when one end stops. */

const LINE = 50;
const script = (name) => [process.execPath, fileURLToPath(new URL(`../script/${name}`, import.meta.url))];
const SCRIPT = 'ws + readline script';

const IN = { wstap: WSTAP, [SCRIPT]: script('lines-in.js'), wscat: [...WSCAT, '-c'] };
const OUT = {
  wstap: [...WSTAP, '-w', '-1'],
  [SCRIPT]: script('lines-out.js'),
  'the same with console.log': script('lines-log.js'),
  wscat: [...WSCAT, '-c'],
};

const COLUMNS = [
  { key: 'rate', label: 'lines/s', format: whole, better: 'more' },
  { key: 'delivered', label: 'delivered', format: whole, better: 'more' },
  { key: 'perLine', label: 'cpu µs', format: micros, better: 'less', ratio: true },
  { key: 'peak', label: 'peak MiB', format: mebibytes, better: 'less' },
];
const PEAK = [{ key: 'peak', label: 'peak MiB', format: mebibytes, better: 'less' }];
const FLAT = { key: 'peak', limit: 100 * 1024 * 1024, unit: 'MiB' };

let folder;

/** A file of `count` lines, made once a run. */
async function linesFile(count) {
  folder ??= mkdtempSync(join(tmpdir(), 'wstap-bench-'));
  const path = join(folder, `${count}.txt`);
  if (existsSync(path) && statSync(path).size === count * (LINE + 1)) return path;
  const file = createWriteStream(path);
  for (let line = 0; line < count; line += 10_000) {
    const lines = Array.from({ length: 10_000 }, (_, index) => String(line + index).padStart(LINE, '.'));
    if (!file.write(`${lines.join('\n')}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
  return path;
}

process.once('exit', () => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function pipeIn(name, count) {
  const input = await linesFile(count);
  return withSides(['wstap'], async (server) => {
    const port = await server.call('serve', { mode: 'sink' });
    const { cpu, peak } = await wholeProcess(command(IN[name], port), { input, variables: WS_ALONE, memory: true });
    const { messages, openedAt, lastAt } = await server.call('snapshot');
    return { delivered: messages, rate: messages / ((lastAt - openedAt) / 1000), perLine: (cpu * 1000) / messages, peak };
  });
}

async function pipeOut(name, count) {
  return withSides(['raw'], async (server) => {
    const port = await server.call('serve', { mode: 'lines', kind: 'text', size: LINE, count });
    const options = { output: 'count', variables: WS_ALONE, memory: true };
    const { cpu, peak, lines, endedAt } = await wholeProcess(command(OUT[name], port), options);
    const { origin, openedAt } = await server.call('snapshot');
    // A client may have answered the Close while lines still wait for the reader: the end is that of the whole pipe.
    return { delivered: lines, rate: lines / ((endedAt - origin - openedAt) / 1000), perLine: (cpu * 1000) / lines, peak };
  });
}

/** 200 MB for a server that reads nothing. */
async function stalledPeer(name, count, limit) {
  const input = await linesFile(count);
  return withSides(['raw'], async (server) => {
    const port = await server.call('serve', {});
    const options = { input, again: 4, limit, variables: WS_ALONE, memory: true };
    return wholeProcess(command(IN[name], port), options);
  });
}

/** A server that sends without end, and a reader of standard output that reads nothing. */
async function stalledOutput(name, limit) {
  return withSides(['wstap'], async (server) => {
    const port = await server.call('serve', { mode: 'flood', kind: 'text', size: LINE });
    const options = { output: 'stalled', limit, variables: WS_ALONE, memory: true };
    return wholeProcess(command(OUT[name], port), options);
  });
}

const command = (argv, port) => [...argv, `ws://127.0.0.1:${port}/`];

function throughput(title, count, candidates, sample) {
  const goals = [{ factor: 10 }, { key: 'delivered', least: count, unit: 'lines' }, FLAT];
  return { title, columns: COLUMNS, reference: SCRIPT, candidates, goals, sample: (name) => sample(name, count) };
}

function stalled(title, candidates, sample) {
  return { title, columns: PEAK, reference: SCRIPT, candidates, goals: [FLAT], sample };
}

export const pipe = {
  name: 'pipe',
  tables: ({ quick }) => {
    const count = quick ? 200_000 : 1_000_000;
    const limit = quick ? 2000 : 5000;
    return [
      throughput(`${whole(count)} lines of 50 B from a file into a server`, count, Object.keys(IN), pipeIn),
      throughput(`${whole(count)} lines of 50 B from a server to standard output`, count, Object.keys(OUT), pipeOut),
      stalled(`a server that reads nothing, ${limit / 1000} s`, Object.keys(IN), (name) => stalledPeer(name, count, limit)),
      stalled(`standard output that nobody reads, ${limit / 1000} s`, Object.keys(OUT), (name) => stalledOutput(name, limit)),
    ];
  },
};
