/**
 * The commands of the terminal, declared once: parsing, `/help` and tab completion come from this table,
 * so that what is offered is what is understood.
 */
import { quoted } from '../cli/mistake.ts';
import { clientNumber, closeArgument, kickArgument, muteArgument } from './close-argument.ts';
import { FRAME_EXAMPLE, frameArgument } from './frame-argument.ts';
import { parseAll, parseRepeat, parseTo } from './inner-line.ts';
import * as message from './message-argument.ts';
import { isMistake, type LineContext, type LineParser, type Mistake, mistake, type ReplCommand } from './repl-command.ts';
import { dumpArgument, filterArgument } from './view-argument.ts';

export interface ReplCommandSpec {
  /** Without the slash. */
  readonly name: string;
  /** How its arguments are written in help, or empty. */
  readonly arguments: string;
  /** One line: a phrase, lower case, no full stop. */
  readonly summary: string;
  /** More sentences for `/help NAME`. */
  readonly details: string;
  readonly example: string;
  /** What completes its arguments, in order; the last one is asked again and again. */
  readonly completes?: readonly Completes[];
  /** Left out where it has no meaning. */
  readonly available?: (context: Pick<LineContext, 'role' | 'canRecord'>) => boolean;
  readonly parse: (rest: string, context: LineContext, parseLine: LineParser) => ReplCommand | Mistake;
}

export type Completes =
  | 'command'
  | 'dump'
  | 'filter'
  | 'frame'
  | 'code'
  | 'file'
  | 'at-file'
  | 'record'
  | 'client'
  | 'line'
  | 'none';

const onServer = ({ role }: Pick<LineContext, 'role'>): boolean => role === 'server';
const onClient = ({ role }: Pick<LineContext, 'role'>): boolean => role === 'client';

const without =
  (type: 'stats' | 'reconnect' | 'quit' | 'clients') =>
  (rest: string): ReplCommand | Mistake =>
    rest.trim() === '' ? { type } : mistake(`/${type} takes no argument, but ${quoted(rest.trim())} follows it`, `/${type}`);

function handshakeArgument(rest: string, { role }: LineContext): ReplCommand | Mistake {
  const word = rest.trim();
  if (word === '') return { type: 'handshake' };
  if (role === 'client') return mistake(`/handshake takes no argument, but ${quoted(word)} follows it`, '/handshake');
  const client = clientNumber(word, '/handshake 2');
  return typeof client === 'number' ? { type: 'handshake', client } : client;
}

/** On a server a number in front is a client's, unless it is known already to whom it goes. */
function pingArgument(rest: string, { role, addressed = false }: LineContext): ReplCommand | Mistake {
  const [, number, data = ''] = /^\s*(\d{1,15})(?:\s([\s\S]*))?$/.exec(rest) ?? [];
  if (role === 'client' || addressed || number === undefined) return message.pingArgument('ping', rest);
  const command = message.pingArgument('ping', data);
  return isMistake(command) ? command : { type: 'to', client: Number(number), command };
}

export const COMMANDS: readonly ReplCommandSpec[] = [
  {
    name: 'help',
    arguments: '[COMMAND]',
    summary: 'list the commands, or explain one',
    details: 'Lines that do not begin with / are messages. // at the start sends one literal slash.',
    example: '/help frame',
    completes: ['command', 'none'],
    parse: (rest) => {
      const topic = rest.trim().replace(/^\//, '');
      return topic === '' ? { type: 'help' } : { type: 'help', topic };
    },
  },
  {
    name: 'text',
    arguments: '[MSG]',
    summary: 'send a text message; alone: lines are text from now on',
    details: 'Everything after the blank is sent as typed. For an empty message: /frame opcode=text',
    example: '/text /this begins with a slash',
    parse: (rest) => message.textArgument(rest),
  },
  {
    name: 'binary',
    arguments: '[HEX|base64:…|@FILE]',
    summary: 'send a binary message; alone: lines are binary from now on',
    details: 'Blanks and colons between the hex digits are skipped. In binary mode a typed line is sent as its UTF-8 bytes.',
    example: '/binary de ad be ef',
    completes: ['at-file', 'none'],
    parse: (rest) => message.binaryArgument(rest),
  },
  {
    name: 'file',
    arguments: 'PATH',
    summary: 'send a whole file as one message',
    details: 'Byte for byte, as text or binary, whichever lines are now. /binary @PATH is always binary.',
    example: '/file message.json',
    completes: ['file', 'none'],
    parse: (rest, { mode }) => message.fileArgument(rest, mode),
  },
  {
    name: 'json',
    arguments: 'VALUE',
    summary: 'check that it is JSON, then send it as typed',
    details: 'A mistake is pointed at and nothing is sent.',
    example: '/json {"type":"hello"}',
    parse: (rest) => message.jsonArgument(rest),
  },
  {
    name: 'ping',
    arguments: '[DATA]',
    summary: 'send a ping',
    details: 'DATA is text of at most 125 bytes. On a server to every client; /ping N [DATA] to one.',
    example: '/ping are you there',
    completes: ['client', 'none'],
    parse: pingArgument,
  },
  {
    name: 'pong',
    arguments: '[DATA]',
    summary: 'send a pong that nobody asked for',
    details: 'DATA is text of at most 125 bytes. Pings are answered without your help.',
    example: '/pong',
    parse: (rest) => message.pingArgument('pong', rest),
  },
  {
    name: 'close',
    arguments: '[CODE [REASON]]',
    summary: 'begin the closing handshake',
    details: 'CODE is 1000–4999 or a name such as going-away; without it the Close frame is empty. On a server: every client.',
    example: '/close 1001 going home',
    completes: ['code', 'none'],
    parse: (rest, { role }) => closeArgument(rest, role),
  },
  {
    name: 'fragment',
    arguments: 'N TEXT | PART | PART …',
    summary: 'send one message in several frames',
    details: 'N TEXT cuts it into N even pieces. PART | PART | … says where to cut: at each | with a blank on both sides.',
    example: '/fragment Hel | lo',
    parse: (rest, { mode }) => message.fragmentArgument(rest, mode),
  },
  {
    name: 'frame',
    arguments: '[KEY=VALUE…] [PAYLOAD]',
    summary: 'send a frame made by hand, legal or not',
    details:
      'Keys, in any order: opcode=0–15 or a name, fin=0|1, rsv1= rsv2= rsv3=0|1, mask=none|random|8 hex digits, ' +
      'len=7bit|16bit|64bit for the form, len=NUMBER to announce another length (both may be given). ' +
      'The payload is hex, base64:…, text=WORD or "quoted text" with \\n \\t \\" \\\\ and \\xHH for any byte. ' +
      'What is left out is what a correct sender would write.',
    example: FRAME_EXAMPLE,
    completes: ['frame'],
    parse: (rest, context) => {
      if (rest.trim() === '') return mistake('what kind of frame? Give at least an opcode or a payload', FRAME_EXAMPLE);
      const frame = frameArgument(rest, () => context.maskingKey());
      return isMistake(frame) ? frame : { type: 'action', action: { type: 'frame', frame } };
    },
  },
  {
    name: 'bytes',
    arguments: 'HEX',
    summary: 'put raw bytes on the wire, with no frame around them',
    details: 'The peer reads them as the start of the next frame.',
    example: '/bytes 81 85 37 fa 21 3d 7f 9f 4d 51 58',
    parse: (rest) => message.rawBytes(rest),
  },
  {
    name: 'repeat',
    arguments: 'N MSG|/COMMAND',
    summary: 'send the same thing N times',
    details: 'N is at most 1000000.',
    example: '/repeat 10 /ping',
    completes: ['none', 'line'],
    parse: parseRepeat,
  },
  {
    name: 'paste',
    arguments: '',
    summary: 'type several lines as one message; a line with only . ends it',
    details: 'Ctrl-C gives it up. Pasting several lines works without it, and Alt+Enter begins a new line, too.',
    example: '/paste',
    completes: ['none'],
    parse: (rest, { mode }) =>
      rest.trim() === '' ? { type: 'paste', opcode: mode } : mistake('/paste stands alone: the lines follow it', '/paste'),
  },
  {
    name: 'dump',
    arguments: '[off|line|hex|bits]',
    summary: 'show frames: a line each, with their bytes, or drawn bit by bit',
    details: 'Alone it switches between off and hex.',
    example: '/dump bits',
    completes: ['dump', 'none'],
    parse: (rest) => dumpArgument(rest),
  },
  {
    name: 'filter',
    arguments: '[OPCODES|TEXT|off]',
    summary: 'show only some frames and messages',
    details:
      'OPCODES are names (text ping …, control, data). Anything else is text to find; "quoted" or /regular expression/i work too.',
    example: '/filter ping pong',
    completes: ['filter'],
    parse: (rest) => filterArgument(rest),
  },
  {
    name: 'handshake',
    arguments: '',
    summary: 'show the opening handshake again, checked',
    details:
      'The request and the response as they went over the wire, with every finding. On a server: /handshake N, or that of the newest client.',
    example: '/handshake',
    completes: ['client', 'none'],
    parse: handshakeArgument,
  },
  {
    name: 'stats',
    arguments: '',
    summary: 'count what went either way so far',
    details: 'Messages and bytes by direction and opcode, compression, ping times.',
    example: '/stats',
    completes: ['none'],
    parse: without('stats'),
  },
  {
    name: 'record',
    arguments: '[FILE|off]',
    summary: 'record the session to a file, or stop; alone: say where',
    details: 'The suffix chooses the format: .ndjson, .har or .pcapng.',
    example: '/record session.ndjson',
    completes: ['record', 'none'],
    available: ({ canRecord }) => canRecord,
    parse: (rest) => {
      const path = message.unquoted(rest.trim());
      if (path.toLowerCase() === 'off') return { type: 'record-off' };
      return path === '' ? { type: 'record' } : { type: 'record', path };
    },
  },
  {
    name: 'reconnect',
    arguments: '',
    summary: 'close this connection and open a new one to the same URL',
    details: 'The counts go on.',
    example: '/reconnect',
    completes: ['none'],
    available: onClient,
    parse: without('reconnect'),
  },
  {
    name: 'clients',
    arguments: '',
    summary: 'list the clients with their numbers',
    details: 'The numbers are those of /to and /kick.',
    example: '/clients',
    completes: ['none'],
    available: onServer,
    parse: without('clients'),
  },
  {
    name: 'to',
    arguments: 'N MSG|/COMMAND',
    summary: 'send to one client only',
    details: '/COMMAND may be any that sends: /binary, /ping, /frame, /close …',
    example: '/to 2 hello',
    completes: ['client', 'line'],
    available: onServer,
    parse: parseTo,
  },
  {
    name: 'all',
    arguments: 'MSG|/COMMAND',
    summary: 'send to every client, as a plain line does',
    details: 'For symmetry with /to.',
    example: '/all hello',
    completes: ['line'],
    available: onServer,
    parse: parseAll,
  },
  {
    name: 'kick',
    arguments: 'N [CODE [REASON]]',
    summary: "close one client's connection",
    details: 'CODE is 1000 unless you say otherwise.',
    example: '/kick 2 1008 too loud',
    completes: ['client', 'code', 'none'],
    available: onServer,
    parse: (rest, { role }) => kickArgument(rest, role),
  },
  {
    name: 'mute',
    arguments: 'N',
    summary: 'show nothing more of what goes between a client and us',
    details: 'It is served and counted as before.',
    example: '/mute 2',
    completes: ['client', 'none'],
    available: onServer,
    parse: (rest) => muteArgument('mute', rest),
  },
  {
    name: 'unmute',
    arguments: 'N',
    summary: 'show the messages of a client again',
    details: 'The opposite of /mute.',
    example: '/unmute 2',
    completes: ['client', 'none'],
    available: onServer,
    parse: (rest) => muteArgument('unmute', rest),
  },
  {
    name: 'quit',
    arguments: '',
    summary: 'close cleanly and leave (Ctrl-D does the same)',
    details: 'Ctrl-C on an empty line closes, too; twice within two seconds leaves at once.',
    example: '/quit',
    completes: ['none'],
    parse: without('quit'),
  },
];

export function availableCommands(context: Pick<LineContext, 'role' | 'canRecord'>): readonly ReplCommandSpec[] {
  return COMMANDS.filter((command) => command.available?.(context) ?? true);
}
