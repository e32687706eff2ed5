import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { Files } from './chain.ts';

/** `openssl s_server` on a free port: with `-www` it answers any request with a page. Ends with the test. */
export async function startOpenssl(files: Files, ...more: string[]): Promise<{ readonly port: number; readonly url: string }> {
  const argv = ['s_server', '-accept', '127.0.0.1:0', '-cert', files.cert, '-key', files.key, '-www', ...more];
  const child = spawn('openssl', argv, { stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^ACCEPT .*:(\d+)$/.exec(line)?.[1];
    if (port === undefined) continue;
    child.stdout.resume();
    return { port: Number(port), url: `wss://localhost:${port}/` };
  }
  throw new Error('openssl s_server ended before it was ready');
}
