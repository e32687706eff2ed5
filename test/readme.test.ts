import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The README's examples are run: each `console` block is a shell session, and what it prints must be what it says. */
const readme = readFileSync(resolve('README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);

const programs = [...readme.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, program = '']) => program);

const run = promisify(execFile);
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wstap-readme-'));
  writeFileSync(join(folder, 'wstap'), `#!/bin/sh\nexec '${process.execPath}' '${resolve('bin/wstap.js')}' "$@"\n`);
  chmodSync(join(folder, 'wstap'), 0o755);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One that was free a moment ago: the README's program names its port. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

describe('README', () => {
  it('has sessions to run', () => {
    expect(blocks.length).toBeGreaterThan(2);
  });

  it.each(blocks.map((block) => [block.split('\n')[0] ?? '', block] as const))('%s', async (_, block) => {
    const lines = block.trimEnd().split('\n');
    const commands = lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2));
    const output = lines.filter((line) => !line.startsWith('$ ')).join('\n');
    const script = `cd "$(mktemp -d -p '${folder}')"\nexec 2>&1\n${commands.join('\n')}\n`;
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, NO_COLOR: '1' };
    const { stdout } = await run('bash', ['-c', script], { env, timeout: 30_000 });
    expect(stdout.trimEnd()).toBe(output);
  });

  it('has programs to run', () => {
    expect(programs.length).toBeGreaterThan(2);
  });

  it.each(programs.map((program) => [program.split('\n')[1] || program.split('\n')[0], program] as const))(
    'a program that prints what its comments say: %s',
    async (_, program) => {
      const library = pathToFileURL(resolve('dist/index.js')).href;
      const source = program.replace("'wstap'", JSON.stringify(library)).replaceAll('8080', String(await freePort()));
      const file = join(folder, 'program.mjs');
      writeFileSync(file, source);
      const { stdout } = await run(process.execPath, [file], { timeout: 20_000 });
      const told = [...program.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, text]) => text);
      expect(stdout.trim().split('\n')).toEqual(told);
    },
  );

  it('tells every command', async () => {
    const { allCommands } = await import('../src/command/table.ts');
    for (const { spec } of await allCommands()) expect(readme).toContain(`wstap ${spec.name === 'connect' ? 'URL' : spec.name}`);
  });
});
