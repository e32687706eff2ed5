import { type CommandSpec, type OptionSpec, UsageError } from '../../src/cli/option.ts';

/** A made-up command that has one option of every kind; the tests of this folder share it. */
export const options: readonly OptionSpec[] = [
  {
    name: 'header',
    short: ['H'],
    kind: 'value',
    repeatable: true,
    placeholder: "'K: V'",
    group: 'Handshake',
    summary: 'a header field, sent as written',
    details: 'Sent verbatim and in the given order. A field `Host` or `Origin` of yours takes the place of ours.',
  },
  {
    name: 'execute',
    short: ['x'],
    kind: 'value',
    repeatable: true,
    placeholder: 'MSG',
    group: 'Messages',
    summary: 'send a message',
  },
  {
    name: 'wait',
    short: ['w'],
    kind: 'value',
    placeholder: 'TIME',
    defaultText: '300ms',
    group: 'Messages',
    summary: 'how long to wait for replies after the last message was sent; `-1` is until the peer closes',
    parse: (text) => {
      if (!/^-?\d+$/.test(text)) throw new UsageError(`'${text}' is no time; write 5 or -1`);
      return Number(text);
    },
  },
  { name: 'one', short: ['1'], kind: 'flag', group: 'Messages', summary: 'leave after the first message' },
  { name: 'null', short: ['0'], kind: 'flag', group: 'Messages', summary: 'NUL ends a message' },
  { name: 'exit-on-eof', short: ['E'], kind: 'flag', group: 'Messages', summary: 'leave at the end of input' },
  { name: 'ipv4', short: ['4'], kind: 'flag', group: 'Network', summary: 'IPv4 only' },
  { name: 'http1.1', kind: 'flag', group: 'Network', summary: 'the classic upgrade' },
  {
    name: 'insecure',
    short: ['n', 'k'],
    aliases: ['no-check'],
    kind: 'flag',
    group: 'Network',
    summary: 'accept any certificate',
  },
  { name: 'compress', kind: 'flag', negatable: true, group: 'Handshake', summary: 'offer compression' },
  { name: 'verbose', short: ['v'], kind: 'count', group: 'Output', summary: 'say more; -vv still more' },
  {
    name: 'dump',
    kind: 'optional',
    choices: ['line', 'hex', 'bits'],
    implied: 'line',
    group: 'Output',
    summary: 'show each frame',
  },
  { name: 'reconnect', kind: 'optional', placeholder: 'N', group: 'Network', summary: 'connect again', parse: Number },
  { name: 'format', kind: 'value', choices: ['text', 'json', 'raw'], group: 'Output', summary: 'the form of standard output' },
  { name: 'color', kind: 'value', negatable: true, choices: ['auto', 'always'], group: 'Output', summary: 'when to colour' },
  { name: 'slash', kind: 'flag', hidden: true, group: 'Output', summary: 'accepted for old habits', details: 'Does nothing.' },
  { name: 'help', short: ['h'], kind: 'flag', group: 'Output', summary: 'this help' },
];

export const connect: CommandSpec = {
  name: 'connect',
  summary: 'talk to a server',
  description: ['Connects to URL and talks to it.', 'In a pipe, lines of standard input become messages.'],
  positionals: [{ name: 'URL', required: false, summary: 'where to connect; without one, an echo server of our own' }],
  options,
  examples: [{ line: "wstap connect -H 'X: y' ws://localhost/", text: 'with a header field of your own' }],
};

export const replay: CommandSpec = {
  name: 'replay',
  summary: 'send a recording again',
  description: ['Sends FILE to URL again.'],
  positionals: [
    { name: 'FILE', required: true, summary: 'the recording' },
    { name: 'URL', required: true, summary: 'where to send it' },
  ],
  options: options.filter(({ name }) => ['format', 'help'].includes(name)),
  examples: [],
};
