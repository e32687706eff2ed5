import type { CommandSpec, OptionSpec } from './option.ts';

/**
 * What the shell may offer next, out of the tables. The promise: nothing is offered that the parser would refuse, and where
 * we know nothing better the shell offers files.
 *
 * yargs carries a request and runs our function. Its own candidates will not do: it offers `--H` and `--0`, takes the word
 * after `--dump` for its value, and chooses both script and form of answer by $SHELL, which is the login shell and not the asking one.
 */
export type Shell = (typeof shells)[number];

export const shells = ['bash', 'zsh', 'fish'] as const;

/** The word of argv that makes it a request; then come the shell's name and the words up to the cursor, the program left out. */
export const completionRequest = '--get-yargs-completions';

export interface CompletionTable {
  readonly commands: readonly CommandSpec[];
  /** The command that runs where none is named. */
  readonly fallback: CommandSpec;
  /** Names that the user chose: `@staging`. */
  readonly names?: readonly Candidate[];
}

export interface Candidate {
  readonly word: string;
  readonly summary: string;
}

/** Answers a request: lines for standard output. `request` is what follows `--get-yargs-completions`. */
export async function answerCompletion(table: CompletionTable, request: readonly string[]): Promise<string[]> {
  const shell = shells.find((name) => name === request[0]);
  if (shell === undefined) return [];
  const { default: yargs } = await import('yargs');
  const words = shell === 'bash' ? joinAssignments(request.slice(1)) : request.slice(1);
  const answer = () => candidates(table, words).map((candidate) => lineFor(shell, candidate, words.at(-1) ?? ''));
  const asked = yargs().help(false).version(false).completion('completion', false, answer);
  return new Promise((resolve, reject) => {
    asked.getCompletion([...words], (error, lines) => (error ? reject(error) : resolve([...(lines ?? [])])));
  });
}

/** @param words what was typed after the program's name; the last one is being completed and may be empty */
export function candidates(table: CompletionTable, words: readonly string[]): Candidate[] {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const named = table.commands.find(({ name }) => name === before[0]);
  const spec = named ?? table.fallback;
  const state = readSoFar(spec, named ? before.slice(1) : before);
  const offered = offers(table, spec, state, current, before.length === 0);
  return offered.filter(({ word }) => word.startsWith(current) && word !== '');
}

/** What the words so far leave to be completed. */
interface SoFar {
  /** The option that takes the current word as its value. */
  readonly awaiting: OptionSpec | undefined;
  readonly given: ReadonlySet<OptionSpec>;
  readonly positionals: number;
  readonly ended: boolean;
}

function readSoFar(spec: CommandSpec, words: readonly string[]): SoFar {
  const given = new Set<OptionSpec>();
  let awaiting: OptionSpec | undefined;
  let positionals = 0;
  for (const word of words) {
    if (awaiting) awaiting = undefined;
    else if (word === '--') return { awaiting, given, positionals, ended: true };
    else if (word.startsWith('-') && word !== '-') awaiting = readOption(spec.options, word, given);
    else positionals += 1;
  }
  return { awaiting, given, positionals, ended: false };
}

/** Notes the options of the word; returns the one that takes the next word, if any does. */
function readOption(options: readonly OptionSpec[], word: string, given: Set<OptionSpec>): OptionSpec | undefined {
  if (word.startsWith('--')) {
    const option = options.find((candidate) => longNames(candidate).includes(word.split('=', 1)[0] ?? word));
    if (option) given.add(option);
    return option?.kind === 'value' && !word.includes('=') && !word.startsWith('--no-') ? option : undefined;
  }
  const letters = [...word.slice(1)];
  for (const [index, letter] of letters.entries()) {
    const option = options.find(({ short }) => short?.includes(letter));
    if (option) given.add(option);
    if (option?.kind === 'value') return index === letters.length - 1 ? option : undefined;
    if (option?.kind === 'optional') return undefined;
  }
  return undefined;
}

function offers(table: CompletionTable, spec: CommandSpec, state: SoFar, current: string, first: boolean): Candidate[] {
  if (state.awaiting) return words(state.awaiting.choices ?? state.awaiting.offers ?? [], state.awaiting.summary);
  if (current.startsWith('-') && !state.ended) return optionOffers(spec.options, state.given, current);
  if (current.startsWith('@')) return spec.positionals[state.positionals]?.named ? [...(table.names ?? [])] : [];
  const choices = words(spec.positionals[state.positionals]?.choices ?? [], spec.positionals[state.positionals]?.summary ?? '');
  return first ? [...table.commands.map(({ name, summary }) => ({ word: name, summary })), ...choices] : choices;
}

function optionOffers(options: readonly OptionSpec[], given: ReadonlySet<OptionSpec>, current: string): Candidate[] {
  const open = options.filter((option) => !option.hidden && (option.repeatable || option.kind === 'count' || !given.has(option)));
  return open.flatMap((option) => {
    const long = `--${option.name}`;
    const values =
      current.startsWith(long) && option.kind !== 'flag'
        ? (option.choices ?? option.offers ?? []).map((value) => `${long}=${value}`)
        : [];
    const off = option.negatable ? [`--no-${option.name}`] : [];
    return words([long, ...values, ...off], option.summary);
  });
}

function longNames({ name, aliases = [], negatable }: OptionSpec): string[] {
  return [name, ...aliases].flatMap((long) => (negatable ? [`--${long}`, `--no-${long}`] : [`--${long}`]));
}

function words(list: readonly string[], summary: string): Candidate[] {
  return list.map((word) => ({ word, summary }));
}

/** bash breaks words at `=` and `@`: `--dump` `=` `he` was typed as `--dump=he`, `@` `st` as `@st`. */
function joinAssignments(typed: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of typed) {
    const last = joined.at(-1) ?? '';
    if (last === '@' || (last.startsWith('--') && (word === '=' || last.endsWith('=')))) joined[joined.length - 1] = last + word;
    else joined.push(word);
  }
  return joined;
}

function lineFor(shell: Shell, { word, summary }: Candidate, current: string): string {
  if (shell === 'zsh') return `${word.replaceAll(':', '\\:')}:${summary}`;
  if (shell === 'fish') return `${word}\t${summary}`;
  // bash, having broken the word at `=` or `@`, completes what stands after it.
  if (current.startsWith('@')) return word.slice(1);
  return current.startsWith('--') && current.includes('=') ? word.slice(word.indexOf('=') + 1) : word;
}
