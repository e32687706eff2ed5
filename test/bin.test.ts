import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

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
