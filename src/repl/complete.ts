import { CLOSE_CODES } from './close-argument.ts';
import { availableCommands, type Completes } from './commands.ts';
import { FRAME_KEYS } from './frame-argument.ts';
import { findCommand } from './line.ts';
import type { LineContext } from './repl-command.ts';
import { DUMP_FORMS, FILTER_WORDS } from './view-argument.ts';

/** What completion must know; the callbacks are asked at each Tab. */
export interface CompletionContext extends Pick<LineContext, 'role' | 'canRecord'> {
  /** The numbers of the clients that are connected now. */
  readonly clients?: () => readonly number[];
  /** Paths that begin like this one; a directory ends in `/`. */
  readonly files?: (prefix: string) => readonly string[];
}

/** As node:readline has it: candidates for the last word of the line, and that word. */
type Completion = [candidates: string[], word: string];

export interface Completer {
  /** `line` is what stands before the cursor. */
  complete(line: string): Completion;
  /** What a list of candidates says beside one: a summary, or the name of a close code. */
  describe(candidate: string): string | undefined;
}

export function createCompleter(context: CompletionContext): Completer {
  return { complete: (line) => complete(line, context), describe: (candidate) => describe(candidate, context) };
}

function complete(line: string, context: CompletionContext): Completion {
  if (!line.startsWith('/') || line.startsWith('//')) return [[], line];
  const [, word = '', rest] = /^\/(\S*)(?:\s([\s\S]*))?$/.exec(line) ?? [];
  const commands = availableCommands(context);
  if (rest === undefined) return commandWords(line, context);
  const command = findCommand(word, commands);
  return 'type' in command ? [[], rest] : argument(rest, command.completes ?? ['none'], context);
}

function commandWords(line: string, context: CompletionContext): Completion {
  const matching = availableCommands(context).filter(({ name }) => `/${name}`.startsWith(line.toLowerCase()));
  const [only] = matching;
  if (only && matching.length === 1) return [[`/${only.name}${only.arguments === '' ? '' : ' '}`], line];
  return [matching.map(({ name }) => `/${name}`), line];
}

/** Finds which argument is being typed, then asks for it. */
function argument(rest: string, kinds: readonly Completes[], context: CompletionContext): Completion {
  const [kind = 'none', ...later] = kinds;
  if (kind === 'line') return complete(rest, context);
  if (kind === 'file' || kind === 'record' || kind === 'at-file') return candidatesFor(kind, rest, context);
  const first = /^\s*\S+\s/.exec(rest)?.[0];
  if (first !== undefined) return argument(rest.slice(first.length), later.length > 0 ? later : kinds, context);
  return candidatesFor(kind, rest.trimStart(), context);
}

function candidatesFor(kind: Completes, word: string, context: CompletionContext): Completion {
  switch (kind) {
    case 'command':
      return begun(
        word,
        availableCommands(context).map(({ name }) => name),
      );
    case 'dump':
      return begun(word, DUMP_FORMS);
    case 'filter':
      return begun(word, FILTER_WORDS);
    case 'frame':
      return frameWords(word);
    case 'code':
      return begun(
        word,
        /^[a-z]/i.test(word) ? CLOSE_CODES.map(({ name }) => name) : CLOSE_CODES.map(({ code }) => String(code)),
      );
    case 'client':
      return begun(word, (context.clients?.() ?? []).map(String));
    default:
      return pathWords(kind, word, context);
  }
}

function pathWords(kind: Completes, word: string, context: CompletionContext): Completion {
  const files = context.files ?? (() => []);
  switch (kind) {
    case 'file':
      return [[...files(word)], word];
    case 'record':
      return [[...begun(word, ['off'])[0], ...files(word)], word];
    case 'at-file':
      if (word.startsWith('@')) return [files(word.slice(1)).map((path) => `@${path}`), word];
      return begun(word, word === '' ? [] : ['base64:']);
    default:
      return [[], word];
  }
}

function begun(word: string, candidates: readonly string[]): Completion {
  return [candidates.filter((candidate) => candidate.startsWith(word.toLowerCase())), word];
}

function frameWords(word: string): Completion {
  const [, key = '', value] = /^([a-z0-9]*)(?:=(.*))?$/i.exec(word) ?? [];
  if (value === undefined)
    return begun(
      word,
      Object.keys(FRAME_KEYS).map((name) => `${name}=`),
    );
  const name = key.toLowerCase();
  const choices = Object.hasOwn(FRAME_KEYS, name) ? FRAME_KEYS[name] : undefined;
  return begun(
    word,
    (choices ?? []).map((choice) => `${name}=${choice}`),
  );
}

function describe(candidate: string, context: CompletionContext): string | undefined {
  if (candidate.startsWith('/'))
    return availableCommands(context).find(({ name }) => `/${name}` === candidate.trimEnd())?.summary;
  return CLOSE_CODES.find(({ code }) => String(code) === candidate)?.name;
}
