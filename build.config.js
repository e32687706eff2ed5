/**
 * Builds `dist/`. Silent when all is well, never reads standard input, and leaves files alone that did not change, so that it
 * can stand before `npm start` in a pipe and beside a run that uses the files.
 *
 *   node build.config.js            the program and the library
 *   node build.config.js --types    both, and the library's type declarations
 *   node build.config.js --man      man/wstap.1, from the same tables as the help
 *   node build.config.js --warm     runs what was built, and keeps its compiled code beside it
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { build } from 'esbuild';
import { texts } from './page.config.js';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');
const types = join(dist, 'types');

/** Bundled: what is hot. Not bundled: readline-sync, which runs a script beside its own file; selfsigned, jsonc-parser and yaml, whose main files are no ES modules. */
const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  external: ['readline-sync', 'selfsigned', 'jsonc-parser', 'yaml'],
  logLevel: 'warning',
  legalComments: 'none',
  write: false,
};

/** What `connect` needs in a pipe is one file, because each file costs a start about a millisecond; so is what help needs. */
const hot =
  /\/(?:connect\/pipe|handshake\/inspect|listen\/(?:pipe|once|serving|page)|option\/(?:client|server)-options|option\/guard|draft-admission)\.ts$/;
const told = /\/command\/(?:connect|listen|handshake|completion)\.ts$/;
const beside = new Map([
  ['connect', { file: /\/command\/connect\.ts$/, exports: 'command' }],
  ['listen', { file: /\/command\/listen\.ts$/, exports: 'command' }],
  ['handshake', { file: /\/command\/handshake\.ts$/, exports: 'command' }],
  ['answers', { file: /\/command\/answers\.ts$/, exports: 'overview, help, version, complete' }],
]);
/** Modules of Node that a start seldom needs, and that cost a millisecond each: the program loads them when it does. */
const LATE = /^node:(?:zlib|dns|fs\/promises)$/;
/** What begins at once: `main` with the outside world, and `connect` beside it. As CommonJS, which Node starts sooner. */
const START = "export { main } from './main.ts'; export { endWith, processEnv } from './env.ts';";

if (process.argv.includes('--man')) await writeManual();
else if (process.argv.includes('--warm')) await keepCompiled();
else {
  await writeProgram();
  if (process.argv.includes('--types') && existsSync(join(root, 'src/index.ts'))) writeTypes();
}

/**
 * Names stay as written, for readable stacks; white space goes, for a quick start. Every dynamic import that is not hot is
 * cold: it goes into a second bundle, split into chunks. The two share no code, so that nothing may be told apart by
 * `instanceof` across a dynamic import.
 */
async function writeProgram() {
  const cold = new Map();
  const heat = (inlined) => ({
    name: 'heat',
    setup(bundle) {
      bundle.onResolve({ filter: /./ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (kind !== 'dynamic-import' || pluginData === 'seen' || shared.external.includes(path)) return undefined;
        const { path: file } = await bundle.resolve(path, { kind, importer, resolveDir, pluginData: 'seen' });
        if (inlined.test(file)) return undefined;
        for (const [name, part] of beside) if (part.file.test(file)) return { path: name, namespace: 'beside' };
        const own = path.startsWith('.');
        // Files of different folders may share their name.
        const name = own ? relative(join(root, 'src'), file).slice(0, -extname(file).length).replaceAll(sep, '-') : path;
        cold.set(name, own ? file : path);
        return { path: `./cold/${name}.js`, external: true };
      });
      bundle.onLoad({ filter: /./, namespace: 'beside' }, ({ path }) => ({
        contents: `export const { ${beside.get(path).exports} } = require('./${path}.cjs');`,
        resolveDir: dist,
      }));
      bundle.onResolve({ filter: /\.cjs$/ }, ({ path, kind }) =>
        kind === 'require-call' ? { path, external: true } : undefined,
      );
    },
  });
  const start = {
    name: 'start',
    setup(bundle) {
      bundle.onResolve({ filter: /^start$/ }, () => ({ path: 'start', namespace: 'start' }));
      bundle.onLoad({ filter: /./, namespace: 'start' }, () => ({ contents: START, resolveDir: join(root, 'src') }));
    },
  };
  const late = {
    name: 'late',
    setup(bundle) {
      bundle.onResolve({ filter: LATE }, ({ path, kind }) =>
        kind === 'import-statement' ? { path, namespace: 'late' } : { path, external: true },
      );
      bundle.onLoad({ filter: /./, namespace: 'late' }, ({ path }) => ({ contents: broughtLate(path), resolveDir: root }));
    },
  };
  const small = { ...shared, minifyWhitespace: true, minifySyntax: true, metafile: true };
  const swift = {
    ...small,
    format: 'cjs',
    // For a dependency that asks for it; CommonJS has none.
    define: { 'import.meta.url': 'fileUrl' },
    banner: { js: "const fileUrl = require('node:url').pathToFileURL(__filename).href;" },
    outExtension: { '.js': '.cjs' },
    outdir: 'dist',
  };
  const first = await build({
    ...swift,
    entryPoints: {
      main: 'start',
      connect: 'src/command/connect.ts',
      listen: 'src/command/listen.ts',
      handshake: 'src/command/handshake.ts',
    },
    plugins: [heat(hot), late, start],
  });
  const answers = await build({ ...swift, entryPoints: ['src/command/answers.ts'], plugins: [heat(told), late] });
  const second = await build({
    ...small,
    // In one order whatever file was read first: chunks are named after it, and the same source gives the same files.
    entryPoints: Object.fromEntries([...cold].sort()),
    outdir: 'dist/cold',
    splitting: true,
    plugins: [texts],
    chunkNames: 'chunk-[hash]',
  });
  // What a library user never asks for, such as TLS, stays in a file of its own.
  const library = await build({
    ...small,
    entryPoints: ['src/index.ts'],
    outdir: 'dist',
    splitting: true,
    chunkNames: 'library/[name]-[hash]',
  });
  const builds = [first, answers, second, library];
  const files = new Map(builds.flatMap(({ outputFiles }) => outputFiles).map(({ path, contents }) => [path, contents]));
  for (const [path, contents] of files) if (path.endsWith('.cjs')) files.set(path, marked(contents));
  files.set(join(dist, 'bring.cjs'), Buffer.from('module.exports = (id) => import(id);\n'));
  const inputs = builds.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  files.set(join(dist, 'THIRD-PARTY-LICENSES.txt'), Buffer.from(licensesOf(inputs)));
  for (const [path, contents] of files) replaceFile(path, contents);
  const caches = [...files]
    .filter(([path]) => /\/(?:main|connect|answers)\.cjs$/.test(path))
    .map(([path, contents]) => cacheOf(path, contents));
  removeStale(new Set([...files.keys(), ...caches]));
  // Node keeps compiled code itself from 22.8 on.
  if (!module.enableCompileCache && !caches.every((path) => existsSync(path))) warm();
}

/** A module of Node with everything it has, that is loaded when something of it is first wanted. */
function broughtLate(path) {
  const names = Object.keys(createRequire(import.meta.url)(path));
  const getters = names.map((name) => `get ${name}() { return whole().${name}; }`);
  return `let loaded; const whole = () => loaded ??= require('${path}'); module.exports = { ${getters.join(', ')} };`;
}

/**
 * Code that is run from kept compiled code may not import, so another file does that for it. Its own hash at its end tells
 * which compiled code belongs to it: V8 compares no more than the length.
 */
function marked(original) {
  const text = Buffer.from(original)
    .toString('utf8')
    .replace(/\bimport\((?=")/g, "require('./bring.cjs')(");
  const contents = Buffer.from(text);
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 16);
  return Buffer.concat([contents, Buffer.from(`//${hash}\n`)]);
}

function cacheOf(path, contents) {
  const hash = contents.subarray(-17, -1).toString('latin1');
  return join(dist, `${basename(path, '.cjs')}-${hash}-${process.versions.v8}.cache`);
}

/** Runs the program once, and keeps what was compiled for it. Without loopback there is nothing to keep. */
function warm() {
  spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--warm'], { cwd: root, stdio: 'ignore', timeout: 10_000 });
}

async function keepCompiled() {
  const require = createRequire(import.meta.url);
  const scripts = new Map();
  const load = (name) => {
    const file = join(dist, `${name}.cjs`);
    const source = readFileSync(file);
    const script = new Script(module.wrap(source.toString('utf8')), { filename: file });
    scripts.set(cacheOf(file, source), script);
    const loaded = { exports: {} };
    const find = (id) => {
      const part = /^\.\/(connect|answers)\.cjs$/.exec(id)?.[1];
      return part ? load(part) : require(id.startsWith('./') ? join(dist, id) : id);
    };
    script.runInThisContext()(loaded.exports, find, loaded, file, dist);
    return loaded.exports;
  };
  const { main, processEnv } = load('main');
  const env = processEnv();
  if ((await main(env, ['-x', 'warm', '-1'])) === 0 && (await main(env, ['--help'])) === 0) {
    for (const [path, script] of scripts) replaceFile(path, script.createCachedData());
  }
  process.exit();
}

/** The licence of every package whose code went into the bundle: all of them ask to travel with it. */
function licensesOf(inputs) {
  const packages = new Set(inputs.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []));
  return [...packages].sort().map(licenseOf).join('\n');
}

function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(root, folder, file), 'utf8') : `${license}\n`;
  return `${'='.repeat(72)}\n${name} ${version}\n\n${text}`;
}

function replaceFile(path, contents) {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}

function removeStale(current) {
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !current.has(path) && !path.startsWith(types + sep)) rmSync(path, { force: true });
  }
}

function writeTypes() {
  rmSync(types, { recursive: true, force: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.types.json'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exitCode = 1;
}

/** `src/command/manual.ts` puts the page together; bundled aside, loaded and asked for it. */
async function writeManual() {
  const result = await build({ ...shared, entryPoints: ['src/command/manual.ts'], outfile: 'dist/manual.js', plugins: [texts] });
  const bundle = join(dist, `manual.${process.pid}.tmp.mjs`);
  mkdirSync(dist, { recursive: true });
  writeFileSync(bundle, result.outputFiles[0].contents);
  try {
    const { manualPage } = await import(pathToFileURL(bundle).href);
    const page = join(root, 'man/wstap.1');
    replaceFile(page, Buffer.from(manualPage()));
    process.stdout.write(`${relative(root, page)}\n`);
  } finally {
    rmSync(bundle, { force: true });
  }
}
