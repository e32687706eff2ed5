#!/usr/bin/env node
// As little as can be: the version is answered before anything else is loaded, and the event loop, not process.exit,
// ends the process, because an exit right after a write would cut a pipe at 64 KiB.
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';

const argv = process.argv.slice(2);

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.on('error', ({ code }) => {
    process.exitCode = code === 'EPIPE' ? 141 : 3;
  });
  process.stdout.write(`${name} ${version}\n`);
} else if (existsSync(new URL('../dist/main.js', import.meta.url))) {
  module.enableCompileCache?.();
  const [{ processEnv, endWith }, { main }] = await Promise.all([import('../dist/env.js'), import('../dist/main.js')]);
  endWith(await main(processEnv(), argv));
} else {
  process.stderr.write("wstap: not built yet; run 'npm install' in its folder.\n");
  process.exitCode = 3;
}
