import { quoted } from '../cli/mistake.ts';
import { clientNumber } from './close-argument.ts';
import { wholeNumber } from './payload.ts';
import {
  isMistake,
  type LineContext,
  type LineParser,
  type Mistake,
  mistake,
  type ReplCommand,
  type Sendable,
} from './repl-command.ts';

/** `/repeat`, `/to` and `/all` hold another line: a message, or a command that sends something. */
const FIRST_WORD = /^\s*(\S+)(?:\s([\s\S]*))?$/;
const REPEAT_MOST = 1_000_000;

export function parseRepeat(rest: string, context: LineContext, parseLine: LineParser): ReplCommand | Mistake {
  const example = '/repeat 10 /ping';
  const [, word = '', line = ''] = FIRST_WORD.exec(rest) ?? [];
  const count = wholeNumber(word, 1, REPEAT_MOST);
  if (count === undefined) return mistake(`${quoted(word)} is not a number of times from 1 to ${REPEAT_MOST}`, example);
  const command = parseSendable('/repeat', line, context, parseLine, example);
  return isMistake(command) ? command : { type: 'repeat', count, command };
}

export function parseTo(rest: string, context: LineContext, parseLine: LineParser): ReplCommand | Mistake {
  const example = '/to 2 hello';
  const [, word = '', line = ''] = FIRST_WORD.exec(rest) ?? [];
  const client = clientNumber(word, example);
  if (typeof client !== 'number') return client;
  const addressed = { ...context, addressed: true };
  const inner = line === '' ? undefined : parseLine(line, addressed);
  if (inner?.type === 'repeat') return { type: 'to', client, command: inner };
  const command = parseSendable('/to', line, addressed, parseLine, example);
  return isMistake(command) ? command : { type: 'to', client, command };
}

export function parseAll(rest: string, context: LineContext, parseLine: LineParser): ReplCommand | Mistake {
  return parseSendable('/all', rest, { ...context, addressed: true }, parseLine, '/all hello');
}

function parseSendable(
  name: string,
  line: string,
  context: LineContext,
  parseLine: LineParser,
  example: string,
): Sendable | Mistake {
  if (line === '') return mistake(`${name} needs something to send`, example);
  const command = parseLine(line, context);
  if (isMistake(command) || command.type === 'action' || command.type === 'file') return command;
  return mistake(`${name} takes a message or a command that sends something, not ${quoted(line)}`, example);
}
