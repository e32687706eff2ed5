import type { OptionSpec } from '../../cli/option.ts';
import { parseDuration } from '../../cli/value.ts';

const NETWORK = 'Connection';

/** How to get there. */
export const NETWORK_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'timeout',
    kind: 'value',
    placeholder: 'TIME',
    parse: parseDuration,
    defaultText: '10s',
    group: NETWORK,
    summary: 'one deadline for the whole way to an open connection',
  },
];
