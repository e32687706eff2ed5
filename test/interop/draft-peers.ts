import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Listening, listen, wstap } from './program.ts';

/** Libraries that spoke the drafts, as our servers and as our clients. A file that uses this calls `buildsProgram` first. */

/** Where their scripts are. */
export const peers = join(import.meta.dirname, 'peers');
export const TEXT = 'Grüße 漢字';

/** A server of theirs: `[version, what is to be seen in its stead]`, or the version alone where all goes well. */
export type Row = readonly [draft: string, trouble?: RegExp];

export function asServer(command: readonly [string, ...string[]], rows: readonly Row[], prepare?: () => void): void {
  let child: ChildProcess;
  let url = '';
  beforeAll(async () => {
    prepare?.();
    const [program, ...args] = command;
    child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const lines = createInterface({ input: child.stdout as NonNullable<typeof child.stdout> });
    const port = await new Promise<string>((resolve) => lines.once('line', resolve));
    url = `ws://127.0.0.1:${port}/`;
  }, 120_000);
  afterAll(() => {
    child.kill('SIGKILL');
  });

  test.each(rows.map(([draft, trouble]) => ({ draft, trouble })))('our client in $draft', async ({ draft, trouble }) => {
    const run = await wstap(['--draft', draft, '-1', '-w', '2s', '-x', TEXT, url]);
    if (trouble) {
      expect(run.status).not.toBe(0);
      expect(run.stderr.replaceAll(/\s+/g, ' ')).toMatch(trouble);
    } else expect(run).toMatchObject({ status: 0, stdout: `${TEXT}\n` });
  });
}

/** A client of theirs, with the version that our server names. */
export function asClient(
  ask: (draft: string, url: URL) => readonly [string, ...string[]],
  rows: readonly (readonly [string, string])[],
) {
  let server: Listening;
  beforeAll(async () => {
    server = await listen(['--echo', '--draft', 'all']);
  });
  afterAll(async () => {
    await server.stop();
  });

  test.each(rows)('their client in %s is %s to us', async (draft, name) => {
    const [program, ...args] = ask(draft, new URL(server.url));
    const before = server.said().length;
    const said = execute(program, args);
    expect(await said).toMatch(`got ${TEXT}\nclosed`);
    const told = server.said().slice(before);
    expect(told).toMatch(name === 'rfc6455' ? /connected\n/ : `connected, ${name}\n`);
  });
}

function execute(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], timeout: 4000 });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return new Promise((resolve) => child.once('close', () => resolve(said)));
}
