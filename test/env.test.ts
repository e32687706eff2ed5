import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildSync } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { processEnv, signalGroup } from '../src/env.ts';

const folder = mkdtempSync(join(tmpdir(), 'env-'));
afterAll(() => rmSync(folder, { recursive: true }));

const source = join(import.meta.dirname, '../src/env.ts');
buildSync({ entryPoints: [source], outfile: join(folder, 'env.mjs'), format: 'esm', platform: 'node' });

/** Runs a program that has `env` and `endWith`; `onStart` is called once it has written to stderr. */
async function run(program: string, onStart: (kill: (signal: NodeJS.Signals) => void) => void = () => {}) {
  const file = join(folder, 'program.mjs');
  writeFileSync(file, `import { endWith, processEnv } from './env.mjs'; const env = processEnv();\n${program}`);
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.once('data', () => onStart((signal) => child.kill(signal)));
  const ended = new Promise<{ code: number | null; signal: string | null }>((done) => {
    child.once('close', (code, signal) => done({ code, signal }));
  });
  const output = await text(child.stdout);
  return { ...(await ended), length: output.length };
}

const untilSignal = (status: number) => `
const open = setInterval(() => {}, 1000);
const off = env.onSignal(() => { off(); clearInterval(open); env.stdout.write('x'.repeat(1 << 20)); endWith(${status}); });
env.stderr.write('ready');`;

test('everything written leaves the process before it ends', async () => {
  expect(await run("env.stdout.write('x'.repeat(1 << 20)); endWith(7);")).toEqual({ code: 7, signal: null, length: 1 << 20 });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('a run that %s ended, ends by it after all, with everything written', async (signal, status) => {
  const ended = await run(untilSignal(status), (kill) => kill(signal));
  expect(ended).toEqual({ code: null, signal, length: 1 << 20 });
});

test('a signal that was answered otherwise leaves the status as it is', async () => {
  expect(await run(untilSignal(0), (kill) => kill('SIGINT'))).toEqual({ code: 0, signal: null, length: 1 << 20 });
});

test('clocks run on and randomness fills', () => {
  const env = processEnv();
  const start = env.now();
  expect(env.now()).toBeGreaterThanOrEqual(start);
  expect(Math.abs(env.wallClock() - Date.now())).toBeLessThan(1000);
  const bytes = new Uint8Array(32);
  env.fillRandom(bytes);
  expect(bytes.some((byte) => byte !== 0)).toBe(true);
  expect(env.variables.PATH).toBe(process.env.PATH);
});

test('a group that is gone, our own, and everybody are sent no signal', () => {
  for (const leader of [0, 1, -1, Number.NaN]) expect(signalGroup(leader, 'SIGKILL')).toBe(false);
  // Above the highest process id that Linux gives.
  expect(signalGroup(2 ** 22 + 1, 'SIGTERM')).toBe(false);
});

test('a process that leads a group of its own is asked for', async () => {
  const child = spawn('sleep', ['100'], { detached: true, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  expect(signalGroup(child.pid ?? 0, 0)).toBe(true);
  expect(signalGroup(child.pid ?? 0, 'SIGTERM')).toBe(true);
  expect(await ended).toBe('SIGTERM');
});
