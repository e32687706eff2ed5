import { stat } from 'node:fs/promises';
import { say } from '../../../cli/say.ts';
import type { Env } from '../../../env.ts';

/** Says on stderr, each time, that a file with secrets in it can be read by others than its owner. */
export async function warnIfExposed(path: string, what: string, env: Env): Promise<void> {
  // Windows has no such bits.
  if (env.platform === 'win32') return;
  const mode = await stat(path).then(
    (facts) => (facts.isFile() ? facts.mode : 0),
    () => 0,
  );
  if ((mode & 0o077) === 0) return;
  say(env.stderr, `! ${JSON.stringify(path)} holds ${what}, and others may read it: chmod 600 makes it yours alone`);
}
