import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Our engine as its users run it: bundled. Made anew for each run of the bench. */

const folder = dirname(fileURLToPath(import.meta.url));
export const ENGINE = join(folder, 'node_modules/.cache/wstap.js');

export async function buildEngine() {
  await build({
    entryPoints: [join(folder, 'candidate/wstap.ts')],
    outfile: ENGINE,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
  });
}
