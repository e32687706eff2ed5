import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll } from 'vitest';
import { builtProgram } from '../process.ts';

/** The real program as a process of its own; a file that uses this calls `buildsProgram` first. */

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it to its end, with `input` as the whole of standard input. */
export async function wstap(args: readonly string[], input = ''): Promise<Run> {
  const running = begin(args);
  running.child.stdin?.end(input);
  return running.end;
}

/** Those that a failed test left behind. */
const begun = new Set<ChildProcess>();
afterAll(() => {
  for (const child of begun) child.kill('SIGKILL');
});

interface Running {
  readonly child: ChildProcess;
  readonly end: Promise<Run>;
  /** What stands on stderr so far. */
  said(): string;
}

function begin(args: readonly string[]): Running {
  // Nothing of the developer's own shell: no colours, no proxies.
  const env = { PATH: process.env.PATH, LANG: 'C.UTF-8' };
  const child = spawn(process.execPath, [builtProgram(), ...args], { env });
  begun.add(child);
  child.once('close', () => begun.delete(child));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  // A program that left early takes no more input: its status tells.
  child.stdin.on('error', () => undefined);
  const end = once(child, 'close').then(([status]) => ({ status, stdout, stderr }));
  return { child, end, said: () => stderr };
}

export interface Listening extends Running {
  readonly url: string;
  /** Ends it and tells what it said. */
  stop(): Promise<Run>;
}

/** Starts `wstap listen` with these arguments and waits for its address. Whoever starts it ends it. */
export async function listen(args: readonly string[]): Promise<Listening> {
  const running = begin(['listen', ...args]);
  const { child, end } = running;
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk: string) => {
      said += chunk;
      const found = /listening on (wss?:\S+)/.exec(said)?.[1];
      if (found) resolve(found);
    });
    void end.then((run) => reject(new Error(`wstap listen ended: ${JSON.stringify(run)}`)));
  });
  const stop = () => {
    child.kill('SIGTERM');
    return end;
  };
  return { ...running, url, stop };
}
