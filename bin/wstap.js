#!/usr/bin/env node
// As little as can be: the version is answered before anything else is loaded, and the event loop, not process.exit,
// ends the process, because an exit right after a write would cut a pipe at 64 KiB.
'use strict';
const { existsSync, readFileSync } = require('node:fs');
const { enableCompileCache, wrap } = require('node:module');
const { join } = require('node:path');

const dist = join(__dirname, '../dist');
const argv = process.argv.slice(2);

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  const { name, version } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8'));
  process.stdout.on('error', ({ code }) => {
    process.exitCode = code === 'EPIPE' ? 141 : 3;
  });
  process.stdout.write(`${name} ${version}\n`);
} else if (existsSync(join(dist, 'main.cjs'))) {
  enableCompileCache?.();
  const { main, processEnv, endWith } = load('main');
  main(processEnv(), argv).then(endWith);
} else {
  process.stderr.write("wstap: not built yet; run 'npm install' in its folder.\n");
  process.exitCode = 3;
}

/** Where Node keeps no compiled code itself and the build has left some, that is taken: it halves what loading costs. */
function load(name) {
  const file = join(dist, `${name}.cjs`);
  if (enableCompileCache) return require(file);
  const source = readFileSync(file, 'utf8');
  const cache = join(dist, `${name}-${source.slice(-17, -1)}-${process.versions.v8}.cache`);
  if (!existsSync(cache)) return require(file);
  const { Script } = require('node:vm');
  const script = new Script(wrap(source), { filename: file, cachedData: readFileSync(cache) });
  const module = { exports: {} };
  const find = (id) => {
    const part = /^\.\/(connect|answers)\.cjs$/.exec(id)?.[1];
    return part ? load(part) : require(id.startsWith('./') ? join(dist, id) : id);
  };
  script.runInThisContext()(module.exports, find, module, file, dist);
  return module.exports;
}
