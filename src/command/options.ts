import type { OptionSpec } from '../cli/option.ts';
import { parseCount, parseDuration, parsePattern, parseSize } from '../cli/value.ts';

/** Options that several commands share: same letter, same meaning, everywhere. */

const HANDSHAKE = 'Opening handshake';
const NETWORK = 'Connection';
const MESSAGES = 'Messages';
const SEEING = 'What you see';
const LIMITS = 'Limits';

/** What a client's request says. */
export const REQUEST_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'header',
    short: ['H'],
    kind: 'value',
    repeatable: true,
    placeholder: "'K: V'",
    group: HANDSHAKE,
    summary: 'send this header; K: alone removes a default, K; sends it empty',
    details:
      'Repeatable. Sent verbatim in the order given. A header with the name of a default one takes its place, so `Host`, `Origin` and even `Sec-WebSocket-Key` can be overridden.',
  },
  {
    name: 'subprotocol',
    short: ['s'],
    kind: 'value',
    repeatable: true,
    placeholder: 'NAME',
    group: HANDSHAKE,
    summary: 'ask for this subprotocol, best first',
  },
  { name: 'origin', short: ['o'], kind: 'value', placeholder: 'ORIGIN', group: HANDSHAKE, summary: 'send this Origin' },
  { name: 'host', kind: 'value', placeholder: 'HOST', group: HANDSHAKE, summary: 'send this Host instead of that of the URL' },
  {
    name: 'auth',
    kind: 'value',
    placeholder: 'USER[:PASSWORD]',
    group: HANDSHAKE,
    summary: 'log in with HTTP Basic; without a password it is asked for',
    details:
      'The password is asked for on the terminal, not echoed, before the connection opens. In a script set `WSTAP_PASSWORD`: a password on the command line can be seen by every user of the machine.',
  },
  {
    name: 'bearer',
    kind: 'value',
    placeholder: 'TOKEN',
    group: HANDSHAKE,
    summary: 'send Authorization: Bearer TOKEN; @FILE reads it from a file',
  },
  {
    name: 'cookie',
    kind: 'value',
    repeatable: true,
    placeholder: 'K=V',
    group: HANDSHAKE,
    summary: 'send this cookie',
  },
  {
    name: 'compress',
    kind: 'flag',
    negatable: true,
    group: HANDSHAKE,
    summary: 'offer permessage-deflate as browsers do (default: no)',
    details: 'Off by default, because plain frames are easier to read. `--no-compress` also overrides an earlier `--compress`.',
  },
  {
    name: 'deflate',
    kind: 'value',
    placeholder: 'PARAMETERS',
    group: HANDSHAKE,
    summary: "offer exactly these, e.g. 'client_max_window_bits=10'",
    details: 'Offers permessage-deflate with exactly these parameters, separated by semicolons as in RFC 7692 §7.1.',
  },
  {
    name: 'protocol',
    short: ['p'],
    kind: 'value',
    placeholder: 'VERSION',
    choices: ['13', '8'],
    group: HANDSHAKE,
    hidden: true,
    summary: 'Sec-WebSocket-Version to ask for, as in wscat',
  },
];

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
  {
    name: 'insecure',
    short: ['n', 'k'],
    aliases: ['no-check'],
    kind: 'flag',
    group: NETWORK,
    summary: 'go on with a certificate that does not verify',
  },
  {
    name: 'ca',
    kind: 'value',
    repeatable: true,
    placeholder: 'FILE',
    group: NETWORK,
    summary: 'trust these certificates (PEM) too',
  },
];

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
