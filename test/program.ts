import { onTestFinished } from 'vitest';
import { main } from '../src/main.ts';
import { FakeEnv, type FakeEnvOptions } from './fake-env.ts';

/** The whole program inside of the test's process, against a fake outside. */

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
  const early = running.outcome.then(({ status, stderr }) => {
    throw new Error(`listen ended with ${status} before it was ready: ${stderr}`);
  });
  const [, port] = await Promise.race([running.env.stderr.until(/listening on wss?:\/\/\S+:(\d+)\/\n/), early]);
  early.catch(() => undefined);
  return { ...running, port: Number(port) };
}
