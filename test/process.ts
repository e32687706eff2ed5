import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

/** The built program as a process of its own: what only a real process shows. */

let program = '';

/** To be called once by a test file. The program is built, and a copy run: a build in the meantime takes nothing away from it. */
export function buildsProgram(): void {
  const root = join(import.meta.dirname, '..');
  const copy = mkdtempSync(join(tmpdir(), 'program-'));
  beforeAll(() => {
    execFileSync(process.execPath, ['build.config.js'], { cwd: root, stdio: 'inherit' });
    for (const part of ['bin', 'dist', 'package.json']) cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    program = join(copy, 'bin/wstap.js');
  });
  afterAll(() => rmSync(copy, { recursive: true }));
}

/** Path of `bin/wstap.js`, for whoever ends what it starts. */
export const builtProgram = (): string => program;

export function spawnProgram(argv: readonly string[], options: SpawnOptions = {}): ChildProcess {
  return launch(process.execPath, [program, ...argv], options);
}

/** `$WSTAP` in the script stands for the program. */
export function spawnShell(script: string, options: SpawnOptions = {}): ChildProcess {
  const variables = { ...process.env, WSTAP: `${process.execPath} ${program}` };
  return launch('bash', ['-c', script], { ...options, env: { ...variables, ...options.env } });
}

function launch(file: string, argv: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(file, argv, options);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

export interface ProcessOutcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function ended(child: ChildProcess): Promise<ProcessOutcome> {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  return new Promise((resolve) => child.once('close', (status, signal) => resolve({ status, signal, ...output })));
}
