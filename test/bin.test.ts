import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { buildsProgram } from './process.ts';

buildsProgram();

// The shim alone, nothing built beside it.
const folder = mkdtempSync(join(tmpdir(), 'bin-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'bin'));
for (const file of ['bin/wstap.js', 'bin/package.json', 'package.json'])
  cpSync(join(import.meta.dirname, '..', file), join(folder, file));

const wstap = (...args: string[]) => spawnSync(process.execPath, [join(folder, 'bin/wstap.js'), ...args], { encoding: 'utf8' });

test.each(['--version', '-V'])('%s is answered before anything else is loaded', (flag) => {
  expect(wstap(flag)).toMatchObject({ stdout: `wstap ${manifest.version}\n`, stderr: '', status: 0 });
});

test('where nothing was built it says what to do', () => {
  expect(wstap('--help')).toMatchObject({
    stdout: '',
    stderr: "wstap: not built yet; run 'npm install' in its folder.\n",
    status: 3,
  });
});

// It was built when this file began.
test('the same source gives the same files: another build replaces none', () => {
  const root = join(import.meta.dirname, '..');
  const written = () =>
    readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.c?js$/.test(name))
      .map((name) => `${name} ${statSync(join(root, 'dist', name)).mtimeMs}`)
      .sort();
  const before = written();
  for (let build = 0; build < 3; build++) spawnSync(process.execPath, ['build.config.js'], { cwd: root });
  expect(written()).toEqual(before);
});

describe('the compiled code beside the program is of use and never of harm', () => {
  const built = join(folder, 'built');
  const dist = join(built, 'dist');
  const caches = () => readdirSync(dist).filter((name) => name.endsWith('.cache'));
  const program = (...args: string[]) =>
    spawnSync(process.execPath, [join(built, 'bin/wstap.js'), ...args], { encoding: 'utf8', timeout: 20_000 });

  beforeEach(() => {
    const root = join(import.meta.dirname, '..');
    for (const name of ['bin', 'dist', 'package.json']) cpSync(join(root, name), join(built, name), { recursive: true });
  });

  test.each<[string, (code: Buffer) => Buffer | undefined]>([
    ['as it was made', (code) => code],
    ['absent', () => undefined],
    ['empty', () => Buffer.alloc(0)],
    ['cut off', (code) => code.subarray(0, code.length >> 1)],
    ['of another program', (code) => Buffer.concat([code.subarray(0, 8), Buffer.from([1, 2, 3, 4]), code.subarray(12)])],
    ['garbage', (code) => Buffer.alloc(code.length, 'wstap')],
  ])('%s', (_, change) => {
    // From 22.8 on Node keeps such code itself, and the build leaves none.
    if (!('enableCompileCache' in nodeModule)) expect(caches().length).toBeGreaterThan(2);
    for (const name of caches()) {
      const changed = change(readFileSync(join(dist, name)));
      if (changed) writeFileSync(join(dist, name), changed);
      else rmSync(join(dist, name));
    }
    expect(program('connect', '--help')).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining('wstap connect'),
    });
    expect(program('-x', 'hello', '--one')).toMatchObject({ status: 0, stderr: '', stdout: 'hello\n' });
  });
});
