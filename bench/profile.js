import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { profileInto } from './side-process.js';

/** Where the time goes: functions by their own share, idle time left out. */

const SHOWN = 16;

export async function profileCases(cases, settings, candidates) {
  for (const { tables } of cases) {
    for (const { title, candidates: possible, sample } of tables(settings)) {
      for (const candidate of possible.filter((name) => candidates.includes(name))) {
        process.stdout.write(
          `${title}: ${candidate}\n${await profiled(() => sample(candidate, { ...settings, window: 3000 }))}\n`,
        );
      }
    }
  }
}

async function profiled(work) {
  const folder = mkdtempSync(join(tmpdir(), 'wstap-profile-'));
  try {
    profileInto(folder);
    await work();
    const files = readdirSync(folder).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    return files.map((file) => `  ${basename(file, '.cpuprofile')}\n${topOf(join(folder, file))}\n`).join('');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function topOf(file) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'));
  const nameOf = new Map(nodes.map(({ id, callFrame }) => [id, labelOf(callFrame)]));
  const own = new Map();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const name = nameOf.get(id);
    if (name.startsWith('(idle)')) continue;
    total += timeDeltas[index];
    own.set(name, (own.get(name) ?? 0) + timeDeltas[index]);
  }
  const sorted = [...own].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
  return sorted.map(([name, time]) => `    ${((time / total) * 100).toFixed(1).padStart(5)} %  ${name}`).join('\n');
}

function labelOf({ functionName, url, lineNumber }) {
  if (url === '') return functionName || '(anonymous)';
  return `${functionName || '(anonymous)'} ${basename(url)}:${lineNumber + 1}`;
}
