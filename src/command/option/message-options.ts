import type { OptionSpec } from '../../cli/option.ts';
import { parseCount, parseDuration, parsePattern, parseSize } from '../../cli/value.ts';

const MESSAGES = 'Messages';
const SEEING = 'What you see';
const LIMITS = 'Limits';

/** How standard input becomes messages and messages become output. */
export const MESSAGE_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'null',
    short: ['0'],
    kind: 'flag',
    group: MESSAGES,
    summary: 'messages end with a NUL byte instead of a line end, both ways',
  },
  { name: 'binary', short: ['b'], kind: 'flag', group: MESSAGES, summary: 'send binary messages' },
  { name: 'text', short: ['t'], kind: 'flag', group: MESSAGES, summary: 'send text messages (the default)' },
  {
    name: 'hex',
    kind: 'flag',
    group: MESSAGES,
    summary: 'each message is written in hex; binary unless -t',
  },
  {
    name: 'base64',
    kind: 'flag',
    group: MESSAGES,
    summary: 'each message is written in base64; binary unless -t',
  },
  {
    name: 'max-line',
    kind: 'value',
    placeholder: 'SIZE',
    parse: parseSize,
    defaultText: '64MiB',
    group: LIMITS,
    summary: 'longest line of standard input',
  },
  {
    name: 'format',
    kind: 'value',
    placeholder: 'FORM',
    choices: ['text', 'json', 'hex', 'raw'],
    defaultText: 'text',
    group: SEEING,
    summary: 'form of standard output: text, json, hex or raw',
    details:
      '`text`: a text message is a line, a binary one a line of hex. `hex`: every message is a line of hex. `raw`: payload bytes and nothing between messages. `json`: every event of the session is an object on a line of its own, with `"v":1`; frames are among them with `-vv` or `--dump`.',
  },
];

export const COUNT_OPTIONS: readonly OptionSpec[] = [
  { name: 'one', short: ['1'], kind: 'flag', group: MESSAGES, summary: 'leave after one message; none is failure (1)' },
  {
    name: 'count',
    kind: 'value',
    placeholder: 'N',
    parse: parseCount(1),
    group: MESSAGES,
    summary: 'leave after N messages; fewer is failure (1)',
  },
  {
    name: 'expect',
    kind: 'value',
    repeatable: true,
    placeholder: 'PATTERN',
    parse: parsePattern,
    group: MESSAGES,
    summary: 'leave once seen, fail (1) if not; text, or /regexp/i',
    details: 'Repeatable: each must be seen, in any order and in any message.',
  },
];

/** How long to stay after the last thing sent. */
export const WAIT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'wait',
    short: ['w'],
    kind: 'value',
    placeholder: 'TIME',
    parse: parseDuration,
    group: MESSAGES,
    summary: 'with --once: leave after so much quiet past the end of input',
  },
  { name: 'exit-on-eof', short: ['E'], kind: 'flag', group: MESSAGES, summary: 'with --once: close at the end of input' },
];
