import type { Options } from '../../cli/value.ts';
import { FAULT_PLACES, type FaultPlace } from '../../endpoint/fault/table.ts';
import type { Env } from '../../env.ts';
import { ExitStatus } from '../../exit-status.ts';
import type { Style } from '../../view/style.ts';
import { wrapWords } from '../../view/width.ts';
import { lookOf } from '../session/look.ts';
import { answerText, faultTerm, faultText, PLACE_TITLES } from './fault-words.ts';

/** `wstap listen --fault list`: every fault, what a correct client does about it, and what ours does. */
export async function printFaults(options: Options, env: Env): Promise<number> {
  const lines = options.text('format') === 'json' ? jsonLines() : textLines((await lookOf(options, env, env.stdout)).style);
  env.stdout.write(`${lines.join('\n')}\n`);
  return ExitStatus.ok;
}

/** Columns: of the terms, of who does what, and of the line. */
const TERMS = 27;
const DUTIES = 14;
const WIDTH = 80;

export function textLines(style: Style): string[] {
  const places = Object.entries(FAULT_PLACES) as [FaultPlace, (typeof FAULT_PLACES)[FaultPlace]][];
  return [
    `wstap listen --fault ${style.bold('NAME[=VALUE][@WHEN]')}`,
    '',
    ...wrapWords(
      'WHEN is N (from the Nth message that a client is sent on; in the handshake, the Nth request), N-M, or a time after the opening (2s). What is done once is done as soon as the connection is open, behind message N, or at that time.',
      WIDTH,
    ),
    ...places.flatMap(([place, rows]) => [
      '',
      style.bold(PLACE_TITLES[place]),
      ...Object.entries(rows).flatMap(([name, row]) => [
        '',
        ...beside(faultTerm(name, row), faultText(row), style),
        ...under('client', `${row.duty} (${row.section.replaceAll(' ', '\u00a0')})`, style),
        ...under('wstap', answerText(row), style),
      ]),
    ]),
  ];
}

/** What it does stands beside the term. */
function beside(term: string, text: string, style: Style): string[] {
  return wrapWords(text, WIDTH - TERMS).map((line, index) => {
    if (index > 0) return ' '.repeat(TERMS) + line;
    return `  ${style.opcode(term)}${' '.repeat(Math.max(1, TERMS - 2 - term.length))}${line}`;
  });
}

/** Who does what about it; a section is not broken. */
function under(who: string, text: string, style: Style): string[] {
  return wrapWords(text, WIDTH - DUTIES).map((line, index) => {
    const head = index === 0 ? `      ${style.dim(who.padEnd(DUTIES - 6))}` : ' '.repeat(DUTIES);
    return head + line.replaceAll('\u00a0', ' ');
  });
}

/** An object a line. */
function jsonLines(): string[] {
  return Object.entries(FAULT_PLACES).flatMap(([place, rows]) =>
    Object.entries(rows).map(([name, { value, times, does, duty, section, answers }]) =>
      JSON.stringify({
        v: 1,
        name,
        place,
        value: value && { grammar: value.grammar, usual: value.usual, choices: value.choices, range: value.range },
        times,
        does,
        client: { duty, section },
        wstap: answers,
      }),
    ),
  );
}
