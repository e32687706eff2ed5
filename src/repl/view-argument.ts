import { nearest, quoted } from '../cli/mistake.ts';
import { isControl, Opcode, type OpcodeName } from '../protocol/frame/opcode.ts';
import { unquoted } from './message-argument.ts';
import { type Dump, type Mistake, mistake, type ReplCommand } from './repl-command.ts';

export const DUMP_FORMS: readonly Dump[] = ['off', 'line', 'hex', 'bits'];

export function dumpArgument(rest: string): ReplCommand | Mistake {
  const word = rest.trim().toLowerCase();
  if (word === '') return { type: 'dump' };
  const form = DUMP_FORMS.find((name) => name === word);
  if (form !== undefined) return { type: 'dump', form };
  const meant = nearest(word, DUMP_FORMS);
  const advice = meant === undefined ? `there are ${DUMP_FORMS.join(', ')}` : `did you mean ${meant}?`;
  return mistake(`${quoted(word)} is not a form of dump; ${advice}`, '/dump hex');
}

const NAMES = Object.entries(Opcode);

/** Opcodes by the words that `/filter` takes: each name, and `control` and `data` for the two families. */
const GROUPS: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ...NAMES.map(([name, opcode]): [string, readonly number[]] => [name, [opcode]]),
  ['control', NAMES.map(([, opcode]) => opcode).filter(isControl)],
  ['data', NAMES.map(([, opcode]) => opcode).filter((opcode) => !isControl(opcode))],
]);

export const FILTER_WORDS: readonly string[] = ['off', ...(Object.keys(Opcode) as OpcodeName[]), 'control', 'data'];

/** `off`; opcode names; `/regular expression/flags`; or text to find, upper and lower case alike. */
export function filterArgument(rest: string): ReplCommand | Mistake {
  const text = rest.trim();
  if (text === '') return { type: 'filter' };
  if (text.toLowerCase() === 'off') return { type: 'filter', filter: 'off' };
  const words = text.toLowerCase().split(/[\s,]+/);
  const opcodes = words.map((word) => GROUPS.get(word));
  if (opcodes.every((group) => group !== undefined)) {
    return { type: 'filter', filter: { opcodes: [...new Set(opcodes.flat())] } };
  }
  const expression = /^\/(.+)\/([dimsuv]*)$/s.exec(text);
  if (expression) return expressionFilter(expression[1] ?? '', expression[2] ?? '');
  const literal = unquoted(text).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return { type: 'filter', filter: { pattern: new RegExp(literal, 'iu') } };
}

function expressionFilter(source: string, flags: string): ReplCommand | Mistake {
  try {
    return { type: 'filter', filter: { pattern: new RegExp(source, flags) } };
  } catch {
    return mistake(`${quoted(`/${source}/${flags}`)} is not a regular expression`, '/filter /error|fail/i');
  }
}
