import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Our engine as its users run it: bundled, anew for each run, so that the source may change while one goes on. */

const folder = dirname(fileURLToPath(import.meta.url));
const VARIABLE = 'WSTAP_BENCH_ENGINE';

/** Where the bundle is; the processes of a measurement inherit it. */
export const enginePath = () => process.env[VARIABLE];

export async function buildEngine() {
  const outfile = join(folder, `node_modules/.cache/wstap-${process.pid}.js`);
  process.env[VARIABLE] = outfile;
  process.once('exit', () => rmSync(outfile, { force: true }));
  const { build } = await import('esbuild');
  await build({
    entryPoints: [join(folder, 'candidate/wstap.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
  });
}
