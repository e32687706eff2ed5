import { chmodSync, closeSync, constants, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/** Entries that are kept, and the longest one worth keeping (in characters): a pasted book is no history. */
const MOST_ENTRIES = 1000;
const LONGEST = 8192;

export interface History {
  /** What was typed before, the newest first. */
  readonly entries: readonly string[];
  /** Remembers a line. Lines that begin with a blank and those with `/auth` are left out of the file. */
  append(line: string): void;
}

/** Where the history is: `$XDG_STATE_HOME/wstap/history`, else `~/.local/state/wstap/history`; `undefined` without a home. */
export function historyPath(variables: Readonly<Record<string, string | undefined>>): string | undefined {
  const { XDG_STATE_HOME: state, HOME: home } = variables;
  // "If an implementation encounters a relative path in any of these variables it should consider the path invalid" (XDG).
  if (state !== undefined && isAbsolute(state)) return join(state, 'wstap', 'history');
  return home !== undefined && isAbsolute(home) ? join(home, '.local', 'state', 'wstap', 'history') : undefined;
}

/**
 * Loads the history and appends to it. History is a comfort: where it cannot be read or written,
 * the session goes on without a word.
 */
export function openHistory(variables: Readonly<Record<string, string | undefined>>): History {
  const path = historyPath(variables);
  if (path === undefined || !prepare(path)) return { entries: [], append() {} };
  const entries = load(path);
  return {
    entries: entries.toReversed(),
    append(line) {
      if (isKept(line)) quietly(() => add(path, `${escaped(line)}\n`));
    },
  };
}

/** Nobody may hand us a link to another file to write into. */
const appendFlags = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0);

/** One write in append mode: entries of several sessions do not mix. */
function add(path: string, text: string): void {
  const file = openSync(path, appendFlags, 0o600);
  try {
    writeFileSync(file, text);
  } finally {
    closeSync(file);
  }
}

function isKept(line: string): boolean {
  return line.trim() !== '' && !/^\s/.test(line) && !/(?:^|\s)\/auth\b/i.test(line) && line.length <= LONGEST;
}

/** Makes the directory (0700) and the file (0600); whether one can write there. */
function prepare(path: string): boolean {
  return quietly(() => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    chmodSync(dirname(path), 0o700);
    add(path, '');
    chmodSync(path, 0o600);
  });
}

/** The newest entries, oldest first; a file that has grown past its limit is cut to them. */
function load(path: string): string[] {
  let lines: string[] = [];
  quietly(() => {
    lines = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  });
  const newest = lines.slice(-MOST_ENTRIES);
  if (lines.length > MOST_ENTRIES) quietly(() => replace(path, `${newest.join('\n')}\n`));
  return newest.map(unescaped);
}

/** Written beside the file and moved over it: never half a history. */
function replace(path: string, text: string): void {
  const next = `${path}.new`;
  writeFileSync(next, text, { mode: 0o600 });
  renameSync(next, path);
}

function escaped(line: string): string {
  return line.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/\r/g, '\\r');
}

function unescaped(entry: string): string {
  return entry.replace(/\\([\s\S])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter === 'r' ? '\r' : letter));
}

function quietly(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
