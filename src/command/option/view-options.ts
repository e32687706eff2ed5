import type { OptionSpec } from '../../cli/option.ts';
import { parseSize } from '../../cli/value.ts';

const SEEING = 'What you see';

/** What is shown on the way. */
export const VIEW_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'verbose',
    short: ['v'],
    kind: 'count',
    group: SEEING,
    summary: 'more on stderr: -v handshake, -vv a line a frame, -vvv hex',
  },
  {
    name: 'dump',
    kind: 'optional',
    placeholder: 'FORM',
    choices: ['line', 'hex', 'bits'],
    implied: 'hex',
    group: SEEING,
    summary: 'show every frame: line, hex (without a FORM), or bits',
  },
  {
    name: 'dump-max',
    kind: 'value',
    placeholder: 'SIZE',
    parse: parseSize,
    defaultText: '256',
    group: SEEING,
    summary: 'payload bytes of a frame that a dump shows',
  },
  {
    name: 'color',
    kind: 'value',
    negatable: true,
    placeholder: 'WHEN',
    choices: ['auto', 'always', 'never'],
    defaultText: 'auto',
    group: SEEING,
    summary: 'colour: auto, always or never; --no-color is never',
  },
  {
    name: 'raw',
    kind: 'flag',
    group: SEEING,
    summary: 'on a terminal, show text messages unescaped: they may drive it',
    details: 'Off by default: control characters, escape sequences and bidirectional marks of a peer are spelt out.',
  },
  { name: 'quiet', short: ['q'], kind: 'flag', group: SEEING, summary: 'no notes on stderr, only errors' },
];

export const HELP: OptionSpec = { name: 'help', short: ['h'], kind: 'flag', group: 'Help', summary: 'show this help' };
export const VERSION: OptionSpec = { name: 'version', short: ['V'], kind: 'flag', group: 'Help', summary: 'show the version' };
