import { hanging, wrap } from '../cli/wrap.ts';
import { CLOSE_CODES } from './close-argument.ts';
import { availableCommands, type ReplCommandSpec } from './commands.ts';
import { findCommand } from './line.ts';
import type { LineContext } from './repl-command.ts';

/** Columns of the names, with the blank behind each. */
const NAMES = 13;
/** Columns that every line keeps within, where there are more than these. */
const LEAST = 40;
const INDENT = 2;

/** The text of `/help` or `/help COMMAND`, for a terminal of `columns`, 80 at most, without a newline at its end. */
export function helpText(context: Pick<LineContext, 'role' | 'canRecord'>, topic?: string, columns = 80): string {
  const commands = availableCommands(context);
  // A terminal would begin a new line behind its last column.
  const width = Math.max(LEAST, Math.min(80, columns)) - 1;
  if (topic === undefined) return overview(commands, width);
  const command = findCommand(topic, commands);
  if (!('type' in command)) return explained(command, width);
  const lines = command.text.split('\n').flatMap((line) => wrap(line, width));
  return lines.join('\n');
}

function overview(commands: readonly ReplCommandSpec[], width: number): string {
  return [
    ...wrap('A line is a message. A line that begins with / is a command (// sends a slash):', width),
    ...commands.flatMap(({ name, summary }) => beside(`/${name}`, summary, width)),
    ...wrap('Beginnings are enough (/pi is /ping). Tab completes. /help COMMAND says more.', width),
    ...wrap('Alt+Enter: new line. Ctrl-C: clear the line, or close. Ctrl-D: close.', width),
  ].join('\n');
}

function beside(name: string, summary: string, width: number): string[] {
  const [first = '', ...rest] = hanging(summary, width, INDENT + NAMES);
  return [`${' '.repeat(INDENT)}${name.padEnd(NAMES)}${first.trimStart()}`, ...rest];
}

function explained(command: ReplCommandSpec, width: number): string {
  const [usage = '', ...more] = wrap(`/${command.name} ${command.arguments}`, width - INDENT);
  const lines = [
    usage,
    ...more.map((line) => ' '.repeat(2 * INDENT) + line),
    ...hanging(`${sentence(command.summary)} ${command.details}`, width, INDENT),
    ...hanging(`for example: ${command.example}`, width, INDENT),
  ];
  if (command.completes?.includes('code')) {
    lines.push(...hanging(`Codes: ${CLOSE_CODES.map(({ code, name }) => `${code} ${name}`).join(', ')}`, width, INDENT));
  }
  return lines.join('\n');
}

function sentence(phrase: string): string {
  return `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}.`;
}
