import { FAULT_PLACES, type FaultPlace } from '../../endpoint/fault/table.ts';
import { answerText, faultTerm, faultText, PLACE_TITLES } from './fault-words.ts';

/** The faults as a chapter of the manual page, out of the table that does them. */
export const FAULT_CHAPTER = {
  title: 'FAULTS ON DEMAND',
  blocks: [
    '`wstap listen --fault NAME[=VALUE][@WHEN]` misbehaves, so that a client can be tested against it. WHEN is `N`, from the Nth message that a client is sent on; `N-M`; or a time with its unit after the opening, `2s`. In the opening handshake `N` counts the requests that are let in. What is done once is done as soon as the connection is open, behind message `N`, or at that time. Each fault that is done is an event, `fault`, in the dump, with `-v` and in JSON. Faults that make random choices print their seed; `--seed` repeats them.',
    ...(Object.entries(FAULT_PLACES) as [FaultPlace, (typeof FAULT_PLACES)[FaultPlace]][]).flatMap(([place, rows]) => [
      `${PLACE_TITLES[place]}:`,
      Object.entries(rows).map(([name, row]) => ({
        term: faultTerm(name, row),
        text: `${sentence(faultText(row))} A correct client ${row.duty} (${row.section}). \`wstap connect\` ${answerText(row)}.`,
      })),
    ]),
  ],
};

function sentence(phrase: string): string {
  return `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}.`;
}
