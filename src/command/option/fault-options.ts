import type { OptionSpec } from '../../cli/option.ts';
import { parseCount } from '../../cli/value.ts';
import { FAULT_NAMES } from '../../endpoint/fault/table.ts';

/** What a server is asked to get wrong. */
const FAULTS = 'Faults on demand';

export const FAULT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'reject',
    kind: 'value',
    placeholder: 'STATUS[=BODY]',
    group: FAULTS,
    summary: 'refuse clients with this status, such as 401 or 503',
  },
  {
    name: 'reject-after',
    kind: 'value',
    placeholder: 'N',
    parse: parseCount(0),
    defaultText: '0',
    group: FAULTS,
    summary: 'let the first N clients in before --reject begins',
  },
  {
    name: 'fault',
    kind: 'value',
    repeatable: true,
    placeholder: 'NAME[=VALUE][@WHEN]',
    offers: ['list', ...FAULT_NAMES],
    group: FAULTS,
    summary: 'get this wrong on purpose; --fault list shows all',
    details:
      'WHEN is `N`, from the Nth message that a client is sent on, `N-M`, only from the Nth to the Mth, or a time with its unit (`2s`) after the opening. What is done once is done behind message N, or at that time; without WHEN, as soon as the connection is open. For faults of the opening handshake N counts the requests that are let in. Several go together unless they contradict each other. Each is told as it is done, with `-v`, in a dump and in JSON. `--fault list` shows all of them, with `--format json` too.',
  },
  {
    name: 'seed',
    kind: 'value',
    placeholder: 'N',
    parse: parseCount(0),
    group: FAULTS,
    summary: 'repeat the random choices of the run that printed N',
  },
];
