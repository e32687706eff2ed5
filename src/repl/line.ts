/**
 * A typed line, understood: what it asks for, or what is wrong with it, said kindly.
 * Pure: nothing is read, sent or shown here.
 */
import { nearest, quoted } from '../cli/mistake.ts';
import { availableCommands, type ReplCommandSpec } from './commands.ts';
import { plainMessage } from './message-argument.ts';
import { type LineContext, type Mistake, mistake, type ReplCommand } from './repl-command.ts';

/**
 * A line that does not begin with `/` is a message; `//` at the start sends one slash literally.
 * The line may hold newlines (a paste): they belong to the message or the argument.
 */
export function parseLine(line: string, context: LineContext): ReplCommand | Mistake {
  if (line === '') return { type: 'nothing' };
  if (line.startsWith('//')) return plainMessage(line.slice(1), context.mode);
  if (!line.startsWith('/')) return plainMessage(line, context.mode);
  const [, word = '', rest = ''] = /^\/(\S*)(?:\s([\s\S]*))?$/.exec(line) ?? [];
  const command = findCommand(word, availableCommands(context));
  return 'type' in command ? command : command.parse(rest, context, parseLine);
}

/** The command of this name or with this unique beginning. */
export function findCommand(word: string, commands: readonly ReplCommandSpec[]): ReplCommandSpec | Mistake {
  const wanted = word.toLowerCase();
  const exact = commands.find(({ name }) => name === wanted);
  if (exact) return exact;
  const begun = wanted === '' ? [] : commands.filter(({ name }) => name.startsWith(wanted));
  const [only] = begun;
  if (only && begun.length === 1) return only;
  if (begun.length > 1) return mistake(`${quoted(`/${word}`)} could be ${list(begun.map(({ name }) => `/${name}`))}`);
  return unknownCommand(word, commands);
}

function unknownCommand(word: string, commands: readonly ReplCommandSpec[]): Mistake {
  const meant = nearest(
    word.toLowerCase(),
    commands.map(({ name }) => name),
  );
  const advice = meant === undefined ? '/help lists the commands' : `did you mean /${meant}?`;
  const what = word === '' ? '/ alone is not a command' : `there is no command ${quoted(`/${word}`)}`;
  return mistake(`${what}; ${advice}\nto send it as a message, begin with two slashes: ${quoted(`//${word}`)}`);
}

function list(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
