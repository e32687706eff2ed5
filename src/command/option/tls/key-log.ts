import { closeSync, openSync, writeSync } from 'node:fs';
import { say } from '../../../cli/say.ts';
import type { Options } from '../../../cli/value.ts';
import type { Env } from '../../../env.ts';
import { LocalError } from '../../command.ts';
import { fileTrouble } from '../local-file.ts';

/** Only its owner may read a file with session keys: they open all that was sent. */
const MODE = 0o600;

/**
 * Where `--keylog`, or else SSLKEYLOGFILE, wants the session keys appended. A file that was asked for by hand and cannot be
 * written is an error; one that the environment names is a warning, once, and the connection goes on.
 */
export function keyLog(options: Options, env: Env): ((line: Buffer) => void) | undefined {
  const given = options.text('keylog');
  const { SSLKEYLOGFILE: named } = env.variables;
  if (given !== undefined) {
    try {
      append(given, Buffer.alloc(0));
    } catch (error) {
      throw new LocalError(`--keylog: ${fileTrouble(error, given, 'written')}`);
    }
  }
  const path = given ?? named;
  if (path === undefined || path === '') return undefined;
  let failed = false;
  return (line) => {
    if (failed) return;
    try {
      append(path, line);
    } catch (error) {
      failed = true;
      say(env.stderr, `! no session keys are kept: ${fileTrouble(error, path, 'written')}`);
    }
  };
}

/** A line is written whole at the file's end, wherever others write to it too. */
function append(path: string, line: Buffer): void {
  const file = openSync(path, 'a', MODE);
  try {
    if (line.length > 0) writeSync(file, line);
  } finally {
    closeSync(file);
  }
}
