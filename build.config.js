/**
 * Builds `dist/`. Silent when all is well, never reads standard input, and leaves files alone that did not change, so that it
 * can stand before `npm start` in a pipe and beside a run that uses the files.
 *
 *   node build.config.js            the program and the library
 *   node build.config.js --types    both, and the library's type declarations
 *   node build.config.js --man      man/wstap.1, from the same tables as the help
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');
const types = join(dist, 'types');

/** Bundled: what is hot. Not bundled: readline-sync, which runs a script that lies beside its own file. */
const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  external: ['readline-sync'],
  logLevel: 'warning',
  legalComments: 'none',
  write: false,
};

/** What `connect` needs in a pipe is one file, because each file costs a start about a millisecond. */
const hot = /\/command\/(?:connect\/pipe|option\/client-options)\.ts$/;
const connect = /\/command\/connect\.ts$/;

if (process.argv.includes('--man')) await writeManual();
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
  const heat = {
    name: 'heat',
    setup(bundle) {
      bundle.onResolve({ filter: /./ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (kind !== 'dynamic-import' || pluginData === 'seen' || shared.external.includes(path)) return undefined;
        const { path: file } = await bundle.resolve(path, { kind, importer, resolveDir, pluginData: 'seen' });
        if (hot.test(file)) return undefined;
        if (connect.test(file)) return { path: './connect.js', external: true };
        const own = path.startsWith('.');
        // Files of different folders may share their name.
        const name = own ? relative(join(root, 'src'), file).slice(0, -extname(file).length).replaceAll(sep, '-') : path;
        cold.set(name, own ? file : path);
        return { path: `./cold/${name}.js`, external: true };
      });
    },
  };
  const small = { ...shared, minifyWhitespace: true, minifySyntax: true, metafile: true };
  const first = await build({
    ...small,
    entryPoints: { main: 'src/main.ts', env: 'src/env.ts', connect: 'src/command/connect.ts' },
    outdir: 'dist',
    plugins: [heat],
  });
  const second = await build({
    ...small,
    entryPoints: Object.fromEntries(cold),
    outdir: 'dist/cold',
    splitting: true,
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
  const builds = [first, second, library];
  const files = new Map(builds.flatMap(({ outputFiles }) => outputFiles).map(({ path, contents }) => [path, contents]));
  const inputs = builds.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  files.set(join(dist, 'THIRD-PARTY-LICENSES.txt'), Buffer.from(licensesOf(inputs)));
  for (const [path, contents] of files) replaceFile(path, contents);
  removeStale(new Set(files.keys()));
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
  const result = await build({ ...shared, entryPoints: ['src/command/manual.ts'], outfile: 'dist/manual.js' });
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
