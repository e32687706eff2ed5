import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

// The real script with made-up commands around it: no package is installed, no test is run.
const folder = mkdtempSync(join(tmpdir(), 'ci-'));
afterAll(() => rmSync(folder, { recursive: true }));

function command(name: string, body: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(folder, name), 0o755);
}

function ci(npm: string, installed = 'installed') {
  command('npm', `echo "npm $*" >> ${folder}/calls\n${npm}`);
  command('dpkg-query', `printf ${installed}`);
  command('apt-get', `echo "apt-get $*" >> ${folder}/calls`);
  writeFileSync(join(folder, 'calls'), '');
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  const { status, stdout } = spawnSync('bash', [join(import.meta.dirname, '../.ci/run')], { encoding: 'utf8', env });
  const calls = spawnSync('cat', [join(folder, 'calls')], { encoding: 'utf8' }).stdout;
  return { status, last: stdout.trimEnd().split('\n').at(-1), calls };
}

const green = '\\033[32m';

test.each<[name: string, npm: string, status: number, last: string]>([
  ['all passed', `printf '      Tests  ${green}85 passed\\033[39m (85)\\n'`, 0, '85 passed, 0 failed'],
  ['some failed', "echo '      Tests  2 failed | 83 passed | 4 skipped (89)'; [ $1 = install ]", 1, '83 passed, 2 failed'],
  ['all failed', "echo ' Tests  3 failed (3)'; [ $1 = install ]", 1, '0 passed, 3 failed'],
  ['a file that did not load', "echo ' Tests  80 passed (80)'; [ $1 = install ]", 1, '80 passed, 1 failed'],
  ['nothing installed', 'exit 7', 7, '0 passed, 1 failed'],
])('%s', (_, npm, status, last) => {
  expect(ci(npm)).toMatchObject({ status, last });
});

test('runs the two commands of the README, with a closed standard input', () => {
  const { calls, last } = ci('[ "$CI" = true ] && [ -z "$(cat)" ] && echo " Tests  1 passed (1)"');
  expect(calls).toBe('npm install\nnpm test\n');
  expect(last).toBe('1 passed, 0 failed');
});

test('installs what is missing', () => {
  const { calls } = ci(':', 'missing');
  expect(calls.split('\n').slice(0, 2)).toEqual([
    'apt-get update',
    'apt-get install -y --no-install-recommends python3-websockets chromium mandoc nginx openssl tmux zsh fish tinyproxy microsocks dante-server stunnel4 haproxy nghttp2-proxy apache2-bin libprotocol-websocket-perl ruby-em-websocket ruby-websocket g++ libwebsocketpp-dev libboost-dev',
  ]);
});
