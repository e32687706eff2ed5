import type { OptionSpec } from '../../cli/option.ts';
import { parseCount, parseSize } from '../../cli/value.ts';

/** What a peer may make us hold. */
const LIMITS = 'Limits';

const LENIENT: OptionSpec = {
  name: 'lenient',
  kind: 'flag',
  group: LIMITS,
  summary: 'report what breaks the protocol and go on where one can',
};

export const LIMIT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'max-message',
    kind: 'value',
    placeholder: 'SIZE',
    parse: parseSize,
    group: LIMITS,
    defaultText: '64MiB, listen 16MiB',
    summary: 'largest message, inflated; none lifts it',
  },
  {
    name: 'max-frame',
    kind: 'value',
    placeholder: 'SIZE',
    parse: parseSize,
    group: LIMITS,
    summary: 'largest frame (default: as --max-message)',
  },
  {
    name: 'max-fragments',
    kind: 'value',
    placeholder: 'N',
    parse: parseCount(1),
    defaultText: '16384',
    group: LIMITS,
    summary: 'most frames in a message',
  },
  LENIENT,
];

export const MAX_HEADER: OptionSpec = {
  name: 'max-header',
  kind: 'value',
  placeholder: 'SIZE',
  parse: parseSize,
  defaultText: '64KiB, listen 16KiB',
  group: LIMITS,
  summary: 'largest head of a request or response',
};
