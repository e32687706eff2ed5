/**
 * What `import … from './x?text'` gives: the text of a style sheet or of markup, and of a script all that it imports in one
 * piece, as a browser runs it. The same in the build and in the tests.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { build } from 'esbuild';

const SUFFIX = '?text';

async function textOf(file) {
  if (!file.endsWith('.ts')) return readFileSync(file, 'utf8');
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    minifyWhitespace: true,
    minifySyntax: true,
    // What is put between the tags of a script must not end it.
    supported: { 'inline-script': false },
    legalComments: 'none',
    logLevel: 'warning',
  });
  return outputFiles[0].text;
}

/** For esbuild. */
export const texts = {
  name: 'texts',
  setup(bundle) {
    bundle.onResolve({ filter: /\?text$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.slice(0, -SUFFIX.length)),
      namespace: 'text',
    }));
    bundle.onLoad({ filter: /./, namespace: 'text' }, async ({ path }) => ({ contents: await textOf(path), loader: 'text' }));
  },
};

/** For Vite, and so for Vitest, under names that tell it nothing: of style sheets Vitest would make nothing at all. */
export const viteTexts = {
  name: 'texts',
  enforce: 'pre',
  resolveId(id, importer) {
    if (!id.endsWith(SUFFIX) || !importer) return undefined;
    return `\0${resolve(dirname(importer), id.slice(0, -SUFFIX.length))}.text`;
  },
  async load(id) {
    const [, file] = /^\0(.*)\.text$/.exec(id) ?? [];
    return file === undefined ? undefined : `export default ${JSON.stringify(await textOf(file))}`;
  },
};
