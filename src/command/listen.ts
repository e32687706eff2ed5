import { type CommandSpec, type OptionSpec, type ParsedArguments, UsageError } from '../cli/option.ts';
import { Options } from '../cli/value.ts';
import type { Env } from '../env.ts';
import type { Command } from './command.ts';
import { BEHAVIOUR_OPTIONS } from './option/behaviour-options.ts';
import { SERVER_DRAFT } from './option/draft-options.ts';
import { FAULT_OPTIONS } from './option/fault-options.ts';
import { GUARD_OPTIONS } from './option/guard-options.ts';
import { LIMIT_OPTIONS, MAX_HEADER } from './option/limit-options.ts';
import { listenAddress } from './option/listen-address.ts';
import { COUNT_OPTIONS, MESSAGE_OPTIONS, WAIT_OPTIONS } from './option/message-options.ts';
import { PAGE_OPTIONS } from './option/page-options.ts';
import { REQUEST_OPTIONS } from './option/request-options.ts';
import { SOCKET_OPTIONS } from './option/road-options.ts';
import { SERVER_TLS_OPTIONS } from './option/tls/tls-options.ts';
import { HELP, VIEW_OPTIONS } from './option/view-options.ts';
import { rawWarning } from './option/warnings.ts';

/** A client's option, told from the server's side. */
function answering(name: string, summary: string): OptionSpec {
  const option = REQUEST_OPTIONS.find((candidate) => candidate.name === name);
  if (!option) throw new Error(`no option ${name}`);
  const { details: _, ...rest } = option;
  return { ...rest, summary };
}

const PLACE = 'Where';

/** What a server says of the options that it shares with a client. */
const LISTENING_AT: Readonly<Record<string, Pick<OptionSpec, 'group' | 'summary' | 'details'>>> = {
  'unix-socket': {
    group: PLACE,
    summary: 'listen on this Unix socket, also written unix:PATH',
    details:
      'Only this user may connect (mode 0600). A socket that is left over and that nobody listens on is replaced; one that is in use, and a file that is no socket, are left alone. It is removed at the end.',
  },
  'abstract-unix-socket': {
    group: PLACE,
    summary: 'the same with an abstract socket (Linux), unix:@NAME',
    details: 'It is no file and has no mode: every user of this machine may connect.',
  },
};

const spec: CommandSpec = {
  name: 'listen',
  summary: 'serve clients: interactive, echo, broadcast, or one-shot',
  description: [
    'A server to test clients against. In a terminal lines go to every client and / opens the toolbox (/clients, /to, /kick). In a pipe each line of standard input goes to every client, and each message received is a line of standard output.',
    'It listens on this machine only (127.0.0.1 and ::1) unless a HOST is given; without a PORT it takes a free one. Once ready it says so on stderr: "wstap: listening on ws://127.0.0.1:PORT/".',
  ],
  positionals: [
    { name: '[HOST:]PORT', required: false, summary: 'where to listen; 0 or nothing takes a free port; or unix:PATH' },
  ],
  options: [
    ...BEHAVIOUR_OPTIONS,
    {
      name: 'once',
      kind: 'flag',
      group: 'Behaviour',
      summary: 'serve the first client, then end as it ends',
      details:
        'Like `nc -l`: standard input goes to the first client, its messages to standard output, and its end is ours with the matching exit status. At the end of the input the client is waited for, unless `--wait` or `-E` says otherwise. A `--timeout` is then also how long a client, and what `--one`, `--count` and `--expect` want of it, are waited for (status 124). With a behaviour, such as `--echo` or `--exec`, that answers the client and standard input is not read; once all that is expected came, half a second of quiet is left to the answer.',
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
    ...SOCKET_OPTIONS.map((option) => ({ ...option, ...LISTENING_AT[option.name] })),
    {
      name: 'fd',
      kind: 'value',
      placeholder: 'N',
      group: PLACE,
      summary: 'take this descriptor, a listening socket handed down',
      details:
        'For those who open the socket themselves, such as systemd: where LISTEN_FDS and LISTEN_PID name us and no address is given, the sockets that they hand down are taken without being asked for. Pages of foreign origins are refused as on loopback; `--allow-host` and `--origin` let more in.',
    },
    {
      name: 'http2',
      kind: 'flag',
      group: PLACE,
      summary: 'speak HTTP/2 (RFC 8441) too, on the same port',
      details:
        'Over TLS where ALPN chooses h2, on plain TCP where a client begins with the HTTP/2 preface. Each WebSocket is a client of its own, however many share a connection (100 at once); a connection without any is ended after `--timeout`.',
    },
    ...SERVER_TLS_OPTIONS,
    SERVER_DRAFT,
    ...PAGE_OPTIONS,
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
        'A page in a browser can reach every server that its machine can reach, wherever the page comes from. So requests with an Origin other than loopback and this server’s own are refused with 403; those without one (no browser) are let in.',
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
    ...GUARD_OPTIONS,
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
    ...FAULT_OPTIONS,
    HELP,
  ],
  examples: [
    { line: 'wstap listen 8080', text: 'talk to whoever connects' },
    { line: 'wstap listen 8080 --echo -vv', text: 'an echo server that shows every frame' },
    { line: 'wstap listen 8443 --echo --http2 --tls --tls-save ca.pem', text: 'TLS with a certificate of its own, HTTP/2 too' },
    { line: 'wstap listen 8080 --echo --static site', text: 'with the files of a page of yours beside it' },
    { line: 'wstap listen --once 8080 < reply.txt > received.txt', text: 'one client, in a script' },
    { line: "wstap listen 8080 --exec './count.sh 10'", text: 'a program for each client, a line a message' },
    { line: "wstap listen 8080 --route /chat=broadcast --route '/api=reply:api.yaml'", text: 'by path' },
  ],
};

async function run(parsed: ParsedArguments, env: Env): Promise<number> {
  const options = new Options(parsed);
  if (options.texts('fault').includes('list')) return (await import('./listen/fault-list.ts')).printFaults(options, env);
  const address = listenAddress(parsed.positionals[0], options, env);
  if (options.flag('once') && options.flag('broadcast'))
    throw new UsageError('--once and --broadcast exclude each other: with one client there are no others');
  const needOnce = ['one', 'count', 'expect', 'wait', 'exit-on-eof'].find((name) => options.has(name));
  if (needOnce && !options.flag('once')) throw new UsageError(`--${needOnce} is about one client: give --once too`);
  for (const line of rawWarning(options, env)) env.stderr.write(`wstap: ${line}\n`);
  const { serverOptions } = await import('./option/server-options.ts');
  const tls = await tlsOf(options, address.hosts, env);
  const server = { ...serverOptions(options, address.hosts, address.port, address.doors), tls };
  const { servingOf } = await import('./listen/serving.ts');
  const serving = await servingOf(options, env);
  // Who may come in at all is asked first.
  const policy: typeof server.policy = (request, transport) => server.policy(request, transport) ?? serving.refusal(request);
  const { guardOf } = await import('./option/guard.ts');
  const served = { ...server, policy, guard: await guardOf(options, env), faults: await faultsOf(options, env) };
  const terminal = env.stdin.isTTY === true && env.stdout.isTTY === true && !options.has('format');
  if (terminal) return (await import('./listen/terminal.ts')).listenTerminal(options, served, serving, env);
  if (options.flag('once')) return (await import('./listen/once.ts')).listenOnce(options, served, serving, env);
  return (await import('./listen/pipe.ts')).listenPipe(options, served, serving, env);
}

/** Whoever asks for no fault loads none. */
async function faultsOf(options: Options, env: Env) {
  if (!FAULT_OPTIONS.some(({ name }) => options.has(name))) return undefined;
  const { faultPlan } = await import('./listen/fault-plan.ts');
  const plan = faultPlan(options, env);
  if (plan?.seed !== undefined && !options.flag('quiet'))
    env.stderr.write(`wstap: faults draw from --seed ${plan.seed}: give it to repeat them\n`);
  return plan?.faults;
}

/** What is said about TLS costs nothing where nothing is. */
async function tlsOf(options: Options, hosts: readonly string[], env: Env) {
  if (!SERVER_TLS_OPTIONS.some(({ name }) => options.has(name))) return undefined;
  const { serverTls } = await import('./option/tls/server-tls.ts');
  const chosen = await serverTls(options, hosts, env);
  if (!options.flag('quiet')) for (const line of chosen?.remarks ?? []) env.stderr.write(`wstap: ${line}\n`);
  return chosen?.tls;
}

export const command: Command = { spec, run };
