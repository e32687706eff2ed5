import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { load, machineFacts } from './machine.js';
import { markdownTable, plainTable, rowsOf, verdicts, verdictText } from './report.js';

/**
 * wstap beside its peers, on loopback, in separate processes:
 *
 *   npm run bench                          everything, about 15 minutes
 *   npm run bench -- echo pipe             these cases only
 *   npm run bench -- --quick               two short rounds: figures to steer by, not to quote
 *   npm run bench -- --rounds 9 --save     more rounds; writes bench/last-run.md
 *   npm run bench -- --list                the names of the cases
 *   npm run bench -- --only wstap,ws       these candidates only
 *   npm run bench -- --profile echo        no figures: where the time of wstap's processes goes
 *
 * Candidates take turns within a round, so that a disturbance meets them all; what is shown is the median of the rounds.
 */
const folder = fileURLToPath(new URL('.', import.meta.url));
const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    only: { type: 'string' },
    profile: { type: 'boolean', default: false },
  },
});

const settings = {
  quick: flags.quick,
  rounds: Number(flags.rounds ?? (flags.quick ? 2 : 5)),
  /** Milliseconds before and of each measurement. */
  warmup: flags.quick ? 200 : 400,
  window: flags.quick ? 300 : 1000,
};

if (!Number.isInteger(settings.rounds) || settings.rounds < 1) {
  process.stderr.write('bench: --rounds is a number from 1 on\n');
  process.exitCode = 2;
} else {
  installPeers();
  await main();
}

/** The peers are dependencies of this folder alone: whoever does not measure never installs them. */
function installPeers() {
  if (existsSync(new URL('node_modules/wscat', import.meta.url))) return;
  process.stderr.write('bench: installing the peers into bench/node_modules, once\n');
  const { status } = spawnSync('npm', ['ci', '--prefix', folder], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('npm could not install the peers');
}

async function main() {
  const { CASES } = await import('./case/table.js');
  if (flags.list) {
    process.stdout.write(`${CASES.map(({ name }) => name).join('\n')}\n`);
    return;
  }
  const unknown = names.filter((name) => !CASES.some((one) => one.name.startsWith(name)));
  if (unknown.length > 0) {
    process.stderr.write(`bench: no case is called ${unknown.join(', ')}; --list shows them\n`);
    process.exitCode = 2;
    return;
  }
  const { buildEngine } = await import('./engine.js');
  await buildEngine();
  const chosen = CASES.filter(({ name }) => names.length === 0 || names.some((start) => name.startsWith(start)));
  if (flags.profile)
    await (await import('./profile.js')).profileCases(chosen, settings, flags.only?.split(',') ?? ['wstap', 'wstap watched']);
  else await runCases(chosen);
}

async function runCases(cases) {
  const facts = [`${new Date().toISOString().slice(0, 10)} · ${machineFacts()}`, versions()];
  const terms = `median of ${settings.rounds} rounds; * somebody else used the machine, ~ the rounds lie far apart`;
  print(`${facts.join('\n')}\n${terms}\n`);
  const markdown = [`${facts.join('  \n')}  \n${terms}`];
  const goals = [];
  for (const { tables } of cases) {
    for (const table of tables(settings)) {
      print(`${table.title}  (load ${load()})`);
      const samples = await measure(table);
      const rows = rowsOf(table, samples);
      const reached = verdicts(table, samples);
      goals.push(...reached);
      print(`${[plainTable(rows), ...reached.map(verdictText)].join('\n')}\n`);
      markdown.push(`#### ${table.title}`, [markdownTable(rows), ...reached.map((one) => `\n${verdictText(one)}`)].join('\n'));
    }
  }
  const summary = goalRows(goals);
  print(plainTable(summary));
  markdown.splice(1, 0, markdownTable(summary));
  if (flags.save) writeFileSync(new URL('last-run.md', import.meta.url), `${markdown.join('\n\n')}\n`);
}

/** Samples of each candidate, by name, the candidates in turn. `open`: gives who takes them, where all are kept running. */
async function measure({ candidates, sample, open, repeat = 1 }) {
  const only = flags.only?.split(',');
  const chosen = candidates.filter((name) => !only || only.includes(name));
  const samples = new Map(chosen.map((name) => [name, []]));
  const session = (await open?.(chosen, settings)) ?? { sample, close: () => undefined };
  try {
    for (let round = 0; round < settings.rounds * repeat; round++) {
      for (const name of chosen) samples.get(name).push(await session.sample(name, settings));
    }
  } finally {
    await session.close();
  }
  return samples;
}

function goalRows(goals) {
  const rows = goals.map(({ what, goal, measured, reached, note }) => [
    what,
    goal,
    measured,
    reached ? 'reached' : 'not reached',
    note,
  ]);
  return [['', 'goal', 'measured', '', ''], ...rows];
}

function versions() {
  const of = (name) =>
    `${name} ${JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version}`;
  const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url)));
  return [`${name} ${version}`, ...['ws', 'bufferutil', 'undici', 'faye-websocket', 'websocket', 'wscat'].map(of)].join(', ');
}

function print(text) {
  process.stdout.write(`${text}\n`);
}
