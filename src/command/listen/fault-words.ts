import type { FaultAnswer, FaultRow } from '../../endpoint/fault/row.ts';
import type { FaultPlace } from '../../endpoint/fault/table.ts';
import { ExitStatus } from '../../exit-status.ts';
import { RULES } from '../../protocol/rule.ts';

/** The table of faults in words, for the list and the manual page. */

export const PLACE_TITLES: Readonly<Record<FaultPlace, string>> = {
  handshake: 'In the opening handshake',
  stream: 'In the stream',
  close: 'At the end',
};

/** `drop[=N|P%]`. */
export function faultTerm(name: string, { value }: FaultRow): string {
  return value ? `${name}[=${value.grammar}]` : name;
}

/** What it does, when, and with which value where none is given. */
export function faultText({ does, times, value }: FaultRow): string {
  const usual = value && value.usual !== '302:' ? `usually ${value.usual}` : '';
  const notes = [times === 'once' ? 'once' : '', usual].filter((note) => note !== '');
  return notes.length === 0 ? does : `${does} (${notes.join('; ')})`;
}

/** What `wstap connect` answers. */
export function answerText({ answers: [answer] }: FaultRow): string {
  const note = answer.note === undefined ? '' : `; ${answer.note}`;
  return `${outcome(answer)}, exit ${answer.exit}${note}`;
}

function outcome({ exit, rule, finding, code }: FaultAnswer): string {
  if (rule) return `fails it with ${RULES[rule].closeCode} (${rule})`;
  if (exit === ExitStatus.handshake) return finding === undefined ? 'does not open' : `does not open (${finding})`;
  if (exit === ExitStatus.timeout) return 'gives up';
  return code === undefined ? 'goes on' : `sees ${code}`;
}
