import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileOrNothing, openFileLimit } from '../machine.js';
import { withSides } from '../side-process.js';
import { kibibytes, mebibytes, milliseconds, whole } from '../unit.js';
import { MANY } from './connection.js';
import { WSTAP } from './startup.js';

/** `wstap listen` itself, as a process with all that it does for each client, and many clients that say nothing. */

const NAME = 'wstap listen --echo';
const COMMANDS = {
  [NAME]: [],
  'with every limit on': [
    '--idle-timeout',
    '1h',
    '--max-rate',
    '1000/s',
    '--max-rate',
    '1MiB/s',
    '--max-per-address',
    String(MANY),
  ],
};
/** Milliseconds that they stay before they are asked whether they are there, and memory is read. */
const STAY = 3000;

export const many = {
  name: 'many',
  tables: ({ quick }) => {
    const count = Math.min(quick ? 2000 : MANY, openFileLimit() - 500);
    return [
      {
        title: `wstap listen with ${whole(count)} idle connections`,
        subject: 'command',
        columns: [
          { key: 'bytes', label: 'KiB each', format: kibibytes, better: 'less' },
          { key: 'resident', label: 'MiB in all', format: mebibytes, better: 'less' },
          { key: 'opening', label: 'ms to open all', format: milliseconds, better: 'less' },
          { key: 'answered', label: 'answer a ping', format: whole, better: 'more' },
          { key: 'pinging', label: 'ms until all did', format: milliseconds, better: 'less' },
        ],
        reference: NAME,
        candidates: Object.keys(COMMANDS),
        goals: [
          { of: NAME, limit: 40 * 1024, unit: 'KiB' },
          { of: NAME, key: 'answered', least: count, unit: 'answer' },
        ],
        sample: (name) => crowd(count, COMMANDS[name]),
      },
    ];
  },
};

async function crowd(count, limits) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-many-'));
  const file = join(folder, 'port');
  const [node, program] = WSTAP;
  const argv = [program, 'listen', '-q', '--echo', '--max-connections', String(count), '--port-file', file, ...limits];
  // Its standard input stays open, and silent.
  const server = spawn(node, argv, { stdio: ['pipe', 'ignore', 'inherit'] });
  try {
    return await withSides(['raw'], async (clients) => {
      const port = await portIn(file);
      // Of a process that has done nothing yet: what its heap grows by is counted too, and garbage that was not collected.
      const before = residentOf(server.pid);
      const opening = await clients.call('idle', { port, count });
      await sleep(STAY);
      const resident = residentOf(server.pid);
      const { answered, time } = await clients.call('pingAll');
      return { bytes: (resident - before) / count, resident, opening, answered, pinging: time };
    });
  } finally {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

async function portIn(file) {
  for (;;) {
    const port = Number(fileOrNothing(file));
    if (port > 0) return port;
    await sleep(20);
  }
}

/** In bytes. */
function residentOf(pid) {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(fileOrNothing(`/proc/${pid}/status`) ?? '');
  return Number(line?.[1] ?? Number.NaN) * 1024;
}
