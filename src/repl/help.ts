import { hanging } from '../cli/wrap.ts';
import { CLOSE_CODES } from './close-argument.ts';
import { availableCommands, type ReplCommandSpec } from './commands.ts';
import { findCommand } from './line.ts';
import type { LineContext } from './repl-command.ts';

const WIDTH = 79;
const NAME_WIDTH = 12;
const INDENT = 2;

/** The text of `/help` or `/help COMMAND`, for 80 columns, without a newline at its end. */
export function helpText(context: Pick<LineContext, 'role' | 'canRecord'>, topic?: string): string {
  const commands = availableCommands(context);
  if (topic === undefined) return overview(commands);
  const command = findCommand(topic, commands);
  return 'type' in command ? command.text : explained(command);
}

function overview(commands: readonly ReplCommandSpec[]): string {
  return [
    'A line is a message. A line that begins with / is a command (// sends a slash):',
    ...commands.map(({ name, summary }) => `  ${`/${name}`.padEnd(NAME_WIDTH)} ${summary}`),
    'Beginnings are enough (/pi is /ping). Tab completes. /help COMMAND says more.',
    'Alt+Enter: new line. Ctrl-C: clear the line, or close. Ctrl-D: close.',
  ].join('\n');
}

function explained(command: ReplCommandSpec): string {
  const usage = `/${command.name} ${command.arguments}`.trim();
  const lines = [
    usage,
    ...hanging(`${sentence(command.summary)} ${command.details}`, WIDTH, INDENT),
    `  for example: ${command.example}`,
  ];
  if (command.completes?.includes('code')) {
    lines.push(...hanging(`Codes: ${CLOSE_CODES.map(({ code, name }) => `${code} ${name}`).join(', ')}`, WIDTH, INDENT));
  }
  return lines.join('\n');
}

function sentence(phrase: string): string {
  return `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}.`;
}
