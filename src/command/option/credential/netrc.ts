import { readFile } from 'node:fs/promises';
import type { Options } from '../../../cli/value.ts';
import type { Env } from '../../../env.ts';
import { LocalError } from '../../command.ts';
import { fileTrouble } from '../local-file.ts';
import { warnIfExposed } from './exposed.ts';

/** Users and passwords by host, from a file that curl, ftp and others share. */
export interface NetrcEntry {
  /** `undefined`: `default`, for every other host. */
  readonly machine: string | undefined;
  readonly login: string | undefined;
  readonly password: string | undefined;
}

type MutableEntry = { -readonly [Key in keyof NetrcEntry]: NetrcEntry[Key] };

/** What the file says, in its order. Comments, macros and words that nobody knows are passed over. */
export function parseNetrc(text: string): NetrcEntry[] {
  const entries: MutableEntry[] = [];
  const words = wordsOf(withoutMacros(text));
  for (let word = words.next(); !word.done; word = words.next()) {
    const value = () => words.next().value ?? '';
    const entry = entries.at(-1);
    if (word.value === 'machine') entries.push({ machine: value(), login: undefined, password: undefined });
    else if (word.value === 'default') entries.push({ machine: undefined, login: undefined, password: undefined });
    else if (word.value === 'login') setOn(entry, 'login', value());
    else if (word.value === 'password') setOn(entry, 'password', value());
    else if (word.value === 'account') value();
  }
  return entries;
}

function setOn(entry: MutableEntry | undefined, key: 'login' | 'password', value: string): void {
  if (entry) entry[key] = value;
}

/** A macro's commands go from `macdef NAME` to the next empty line. */
function withoutMacros(text: string): string {
  let inMacro = false;
  const kept = text.split(/\r?\n/).filter((line) => {
    if (inMacro) {
      inMacro = line.trim() !== '';
      return false;
    }
    inMacro = /^\s*macdef(?:\s|$)/.test(line);
    return !inMacro && !/^\s*#/.test(line);
  });
  return kept.join('\n');
}

/** Words between blanks; one in double quotes may hold blanks, and `\"`, `\\`, `\n`, `\r`, `\t`. */
function* wordsOf(text: string): Generator<string, undefined> {
  for (const [word, quoted] of text.matchAll(/"((?:[^"\\]|\\[\s\S])*)"|\S+/g)) {
    yield quoted === undefined ? word : quoted.replace(/\\([\s\S])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
  }
  return undefined;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** The first entry for the host, and with `user` that user's; else `default`. Host names have no case. */
export function lookUp(entries: readonly NetrcEntry[], host: string, user?: string): NetrcEntry | undefined {
  const fits = ({ login }: NetrcEntry) => user === undefined || login === undefined || login === user;
  const wanted = host.toLowerCase();
  return (
    entries.find((entry) => entry.machine?.toLowerCase() === wanted && fits(entry)) ??
    entries.find((entry) => entry.machine === undefined && fits(entry))
  );
}

/** The entries that `--netrc` and `--netrc-file` ask for; none where neither was given. */
export async function netrcOf(options: Options, env: Env): Promise<readonly NetrcEntry[]> {
  const given = options.text('netrc-file');
  if (given === undefined && !options.flag('netrc')) return [];
  const { NETRC, HOME, USERPROFILE } = env.variables;
  const path = given ?? (NETRC || `${HOME ?? USERPROFILE ?? ''}/.netrc`);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new LocalError(`${given === undefined ? '--netrc: ' : ''}${fileTrouble(error, path)}`);
  });
  const entries = parseNetrc(text);
  if (entries.some(({ password }) => password !== undefined)) await warnIfExposed(path, 'passwords', env);
  return entries;
}
