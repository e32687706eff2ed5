import { type OptionSpec, UsageError } from '../../cli/option.ts';
import { parseCount, parseDuration } from '../../cli/value.ts';

/** What `listen` does with its clients by itself. */
const GROUP = 'Behaviour';

export const BEHAVIOUR_OPTIONS: readonly OptionSpec[] = [
  { name: 'echo', kind: 'flag', group: GROUP, summary: 'send every message back to its client' },
  { name: 'broadcast', kind: 'flag', group: GROUP, summary: 'send every message to all other clients' },
  {
    name: 'sink',
    kind: 'flag',
    group: GROUP,
    summary: 'read every message, drop it, and count',
    details: 'What is dropped is neither written to standard output nor shown; how much it was is told when the client leaves.',
  },
  {
    name: 'exec',
    kind: 'value',
    placeholder: 'CMD',
    group: GROUP,
    summary: 'run a program for each client: lines are messages',
    details:
      'Each text message is a line of its standard input, each line of its standard output a text message; with `-b` bytes pass as they come, as binary messages; with `-0` messages end with a NUL byte. What it says on standard error is shown with the client’s number. No shell is involved: CMD is split into words, of which quotes and backslashes keep some together. See EXEC.',
  },
  {
    name: 'shell',
    kind: 'flag',
    group: GROUP,
    summary: 'with --exec: let /bin/sh run the command',
  },
  {
    name: 'max-forks',
    kind: 'value',
    placeholder: 'N',
    parse: parseCount(1),
    defaultText: '64',
    group: GROUP,
    summary: 'with --exec: programs at once; more clients get 503',
  },
  {
    name: 'pass-env',
    kind: 'value',
    repeatable: true,
    placeholder: 'NAME',
    parse: parseVariableName,
    group: GROUP,
    summary: 'with --exec: hand this environment variable on',
  },
  {
    name: 'reply',
    kind: 'value',
    placeholder: 'FILE',
    group: GROUP,
    summary: 'answer by the rules in this file, YAML or JSON',
    details: 'The first rule that fits a message says what is sent back. See REPLIES.',
  },
  {
    name: 'send',
    kind: 'value',
    repeatable: true,
    placeholder: 'MSG',
    group: GROUP,
    summary: 'with --every: send this to each client; @FILE reads a file',
    details: 'The first is sent when the client has opened. Several are sent in turn. A file is one message.',
  },
  {
    name: 'every',
    kind: 'value',
    placeholder: 'TIME',
    parse: parseInterval,
    group: GROUP,
    summary: 'how often --send sends',
  },
  {
    name: 'route',
    kind: 'value',
    repeatable: true,
    placeholder: 'PATH=WHAT',
    group: GROUP,
    summary: "do this at a path: '/chat=broadcast', '/api=exec:CMD'",
    details:
      'WHAT is `echo`, `broadcast`, `sink`, `exec:CMD`, `reply:FILE` or `none` (you answer by hand). The longest PATH that the request’s path begins with wins, by whole segments: `/chat` takes /chat and /chat/room, not /chatter. Each route that broadcasts is a room of its own. For other paths the option without a path holds, such as `--echo`; where there is none they get 404.',
  },
];

function parseVariableName(text: string): string {
  if (/^[A-Za-z_]\w*$/.test(text)) return text;
  throw new UsageError(`${JSON.stringify(text)} is no name of a variable: write letters, digits and _`);
}

function parseInterval(text: string): number {
  const interval = parseDuration(text);
  if (interval >= 1 && Number.isFinite(interval)) return interval;
  throw new UsageError(`${JSON.stringify(text)} is no interval: write a time from 1ms on, such as 2s`);
}
