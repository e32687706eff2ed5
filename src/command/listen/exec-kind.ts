import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { UsageError } from '../../cli/option.ts';
import type { Options } from '../../cli/value.ts';
import { splitWords } from '../../cli/words.ts';
import type { BehaviourKind } from '../../endpoint/behaviour/behaviour.ts';
import { Exec } from '../../endpoint/behaviour/exec.ts';
import { Forks } from '../../endpoint/behaviour/forks.ts';
import type { Env } from '../../env.ts';
import { LocalError } from '../command.ts';
import { fileTrouble } from '../option/local-file.ts';

/** `--exec CMD`. The program is looked for now: that it is not there is said before anybody connects. */
export async function execOf(command: string, options: Options, env: Env): Promise<BehaviourKind> {
  const { PATH = '/usr/local/bin:/usr/bin:/bin' } = env.variables;
  const [name = '', ...argv] = options.flag('shell') ? ['/bin/sh', '-c', command] : splitWords(command);
  if (command.trim() === '' || name === '') throw new UsageError('--exec needs a command');
  const kind = {
    command,
    argv: [await find(name, PATH), ...argv],
    variables: ownVariables(options, env),
    binary: options.flag('binary'),
    separator: options.flag('null') ? 0 : 10,
    maxLine: options.number('max-line') ?? MAX_LINE,
  };
  return new Exec(kind, forksFor(options));
}

const MAX_LINE = 1024 * 1024;
const MOST_FORKS = 64;

const pools = new WeakMap<Options, Forks>();

/** One number of processes holds for all routes. */
function forksFor(options: Options): Forks {
  const forks = pools.get(options) ?? new Forks(options.number('max-forks') ?? MOST_FORKS);
  pools.set(options, forks);
  return forks;
}

/** What a program needs to find its way, and nothing that may be a secret of ours. */
const KEPT = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'];

function ownVariables(options: Options, { variables }: Env): Record<string, string> {
  const names = [...KEPT, ...options.texts('pass-env')];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** As `execvp` looks for it: a name with a slash is a path, another one is looked for in PATH. */
async function find(name: string, path: string): Promise<string> {
  const candidates = name.includes('/') ? [name] : path.split(delimiter).map((folder) => join(folder || '.', name));
  let trouble: unknown;
  for (const candidate of candidates) {
    try {
      if ((await stat(candidate)).isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
      await access(candidate, constants.X_OK);
      return candidate;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') trouble ??= error;
    }
  }
  if (trouble) throw new LocalError(`--exec: ${fileTrouble(trouble, name, 'run')}`);
  const hint = name.includes('/') ? '' : ' in PATH; for one in this folder write ./';
  throw new LocalError(`--exec: there is no program ${JSON.stringify(name)}${hint === '' ? '' : `${hint}${name}`}`);
}
