import { type CommandSpec, type OptionSpec, type ParsedArguments, UsageError } from '../cli/option.ts';
import { Options, parseCount, parseDuration } from '../cli/value.ts';
import type { Env } from '../env.ts';
import { isLoopbackName } from '../protocol/handshake/origin.ts';
import type { Command } from './command.ts';
import { LIMIT_OPTIONS, MAX_HEADER } from './option/limit-options.ts';
import { COUNT_OPTIONS, MESSAGE_OPTIONS, WAIT_OPTIONS } from './option/message-options.ts';
import { REQUEST_OPTIONS } from './option/request-options.ts';
import { HELP, VIEW_OPTIONS } from './option/view-options.ts';
import { rawWarning } from './option/warnings.ts';

/** A client's option, told from the server's side. */
function answering(name: string, summary: string): OptionSpec {
  const option = REQUEST_OPTIONS.find((candidate) => candidate.name === name);
  if (!option) throw new Error(`no option ${name}`);
  const { details: _, ...rest } = option;
  return { ...rest, summary };
}

const spec: CommandSpec = {
  name: 'listen',
  summary: 'serve clients: interactive, echo, broadcast, or one-shot',
  description: [
    'A server to test clients against. In a terminal lines go to every client and / opens the toolbox (/clients, /to, /kick). In a pipe each line of standard input goes to every client, and each message received is a line of standard output.',
    'It listens on this machine only (127.0.0.1 and ::1) unless a HOST is given; without a PORT it takes a free one. Once ready it says so on stderr: "wstap: listening on ws://127.0.0.1:PORT/".',
  ],
  positionals: [{ name: '[HOST:]PORT', required: false, summary: 'where to listen; 0 or nothing takes a free port' }],
  options: [
    { name: 'echo', kind: 'flag', group: 'Behaviour', summary: 'send every message back to its client' },
    { name: 'broadcast', kind: 'flag', group: 'Behaviour', summary: 'send every message to all other clients' },
    {
      name: 'once',
      kind: 'flag',
      group: 'Behaviour',
      summary: 'serve the first client, then end as it ends',
      details:
        'Like `nc -l`: standard input goes to the first client, its messages to standard output, and its end is ours with the matching exit status. At the end of the input the client is waited for, unless `--wait` or `-E` says otherwise.',
    },
    {
      name: 'execute',
      short: ['x'],
      kind: 'value',
      repeatable: true,
      placeholder: 'MSG',
      group: 'Behaviour',
      summary: 'send to each client once open; @FILE reads a file',
    },
    { name: 'port-file', kind: 'value', placeholder: 'FILE', group: 'Behaviour', summary: 'write the port here once ready' },
    answering('header', 'add this header to every 101 answer'),
    answering('subprotocol', 'speak this subprotocol; the client’s first choice wins'),
    {
      name: 'origin',
      short: ['o'],
      kind: 'value',
      repeatable: true,
      placeholder: 'ORIGIN',
      group: 'Opening handshake',
      summary: 'let pages of this origin in too; * lets in all',
      details:
        'A page in a browser on this machine can reach a server on loopback, wherever the page comes from. So requests with an Origin other than loopback are refused with 403; those without one (no browser) are let in. On another HOST only given origins restrict.',
    },
    {
      name: 'allow-host',
      kind: 'value',
      repeatable: true,
      placeholder: 'NAME',
      group: 'Opening handshake',
      summary: 'accept this name in Host, besides loopback and addresses',
    },
    {
      name: 'compress',
      kind: 'flag',
      negatable: true,
      group: 'Opening handshake',
      summary: 'accept permessage-deflate when offered (default)',
    },
    answering('deflate', "accept with these parameters, e.g. 'server_no_context_takeover'"),
    {
      name: 'timeout',
      kind: 'value',
      placeholder: 'TIME',
      parse: parseDuration,
      defaultText: '10s',
      group: 'Limits',
      summary: 'deadline for a client’s whole request',
    },
    {
      name: 'max-connections',
      kind: 'value',
      placeholder: 'N',
      parse: parseCount(1),
      defaultText: '1024',
      group: 'Limits',
      summary: 'clients at once; more get 503',
    },
    ...WAIT_OPTIONS,
    ...MESSAGE_OPTIONS,
    ...COUNT_OPTIONS,
    ...VIEW_OPTIONS,
    { name: 'show-ping-pong', short: ['P'], kind: 'flag', group: 'What you see', summary: 'in a terminal, show pings and pongs' },
    {
      name: 'slash',
      kind: 'flag',
      negatable: true,
      group: 'What you see',
      summary: '/ begins a command (default); --no-slash sends it',
    },
    ...LIMIT_OPTIONS,
    MAX_HEADER,
    HELP,
  ],
  examples: [
    { line: 'wstap listen 8080', text: 'talk to whoever connects' },
    { line: 'wstap listen 8080 --echo -vv', text: 'an echo server that shows every frame' },
    { line: 'wstap listen --once 8080 < reply.txt > received.txt', text: 'one client, in a script' },
  ],
};

/** Where to listen. `hosts`: the first must be had, the others are taken if they can be. */
export interface ListenAddress {
  readonly hosts: readonly string[];
  readonly port: number;
}

export function parseListenAddress(text: string | undefined): ListenAddress {
  if (text === undefined) return { hosts: LOOPBACK, port: 0 };
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[^:]*):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (!match || port > 65_535) {
    throw new UsageError(
      `${JSON.stringify(text)} is no address to listen at: write PORT or HOST:PORT, e.g. 8080 or 0.0.0.0:8080`,
    );
  }
  const host = match[1]?.replace(/^\[|\]$/g, '');
  return { hosts: host === undefined || host === '' || host === 'localhost' ? LOOPBACK : [host], port };
}

const LOOPBACK = ['127.0.0.1', '::1'];

async function run(parsed: ParsedArguments, env: Env): Promise<number> {
  const options = new Options(parsed);
  const address = parseListenAddress(parsed.positionals[0]);
  const [host = ''] = address.hosts;
  if (options.flag('echo') && options.flag('broadcast'))
    throw new UsageError('--echo and --broadcast exclude each other: give one');
  if (options.flag('once') && options.flag('broadcast'))
    throw new UsageError('--once and --broadcast exclude each other: with one client there are no others');
  const needOnce = ['one', 'count', 'expect', 'wait', 'exit-on-eof'].find((name) => options.has(name));
  if (needOnce && !options.flag('once')) throw new UsageError(`--${needOnce} is about one client: give --once too`);
  for (const line of rawWarning(options, env)) env.stderr.write(`wstap: ${line}\n`);
  if (!isLoopbackName(host)) {
    env.stderr.write(`wstap: ! ${host} can be reached from other machines; nobody is asked for a password\n`);
  }
  const { serverOptions } = await import('./option/server-options.ts');
  const server = serverOptions(options, address.hosts, address.port);
  const terminal = env.stdin.isTTY === true && env.stdout.isTTY === true && !options.has('format');
  if (terminal) return (await import('./listen/terminal.ts')).listenTerminal(options, server, env);
  if (options.flag('once')) return (await import('./listen/once.ts')).listenOnce(options, server, env);
  return (await import('./listen/pipe.ts')).listenPipe(options, server, env);
}

export const command: Command = { spec, run };
