import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { inject, onTestFinished } from 'vitest';
import { main } from '../src/main.ts';
import { FakeEnv, type FakeEnvOptions } from './fake-env.ts';

/** The whole program, inside this process against a fake outside, or as a process of its own. */

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly env: FakeEnv;
  readonly outcome: Promise<Outcome>;
}

/** Starts it; its standard input stays open for the test to write to. */
export function start(argv: readonly string[], options: FakeEnvOptions = {}): Running {
  const env = new FakeEnv(options);
  const outcome = main(env, argv).then((status) => ({ status, stdout: env.captured.text, stderr: env.stderr.text }));
  return { env, outcome };
}

/** Runs it to its end with `input` as standard input. */
export function run(argv: readonly string[], input: string | Uint8Array = '', options: FakeEnvOptions = {}): Promise<Outcome> {
  const { env, outcome } = start(argv, options);
  env.stdin.end(input);
  return outcome;
}

/** Starts `wstap listen` and resolves once it is ready. It is told to end when the test is over. */
export async function startListen(argv: readonly string[], options: FakeEnvOptions = {}): Promise<Running & { port: number }> {
  const running = start(['listen', ...argv], options);
  onTestFinished(async () => {
    running.env.signal('SIGTERM');
    running.env.signal('SIGTERM');
    await running.outcome;
  });
  const [, port] = await running.env.stderr.until(/listening on ws:\/\/\S+:(\d+)\/\n/);
  return { ...running, port: Number(port) };
}

/** A process of its own. `$WSTAP` in a shell's script stands for the program. */
export function spawnProgram(argv: readonly string[], options: SpawnOptions = {}): ChildProcess {
  return launch(process.execPath, [inject('program'), ...argv], options);
}

export function spawnShell(script: string, options: SpawnOptions = {}): ChildProcess {
  const variables = { ...process.env, WSTAP: `${process.execPath} ${inject('program')}` };
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
