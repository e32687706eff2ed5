import type { CommandSpec, ParsedArguments } from '../cli/option.ts';
import { UsageError } from '../cli/option.ts';
import { say } from '../cli/say.ts';
import { Options, parseCount, parseDuration } from '../cli/value.ts';
import type { Env } from '../env.ts';
import type { Command } from './command.ts';
import { KEEP_ALIVE_OPTIONS } from './connect/keep-alive.ts';
import { REDIRECT_OPTIONS } from './option/credential/redirect-options.ts';
import { HTTP_VERSION_OPTIONS } from './option/http-version-options.ts';
import { LIMIT_OPTIONS, MAX_HEADER } from './option/limit-options.ts';
import { COUNT_OPTIONS, MESSAGE_OPTIONS } from './option/message-options.ts';
import { NETWORK_OPTIONS } from './option/network-options.ts';
import { PROXY_OPTIONS } from './option/proxy-options.ts';
import { REQUEST_OPTIONS } from './option/request-options.ts';
import { ROAD_OPTIONS } from './option/road-options.ts';
import { type Address, parseAddress } from './option/target.ts';
import { TLS_OPTIONS } from './option/tls/tls-options.ts';
import { HELP, VERSION, VIEW_OPTIONS } from './option/view-options.ts';
import { warnings } from './option/warnings.ts';

const spec: CommandSpec = {
  name: 'connect',
  summary: 'talk to a server: interactive in a terminal, a filter in a pipe',
  description: [
    'Opens a WebSocket. In a terminal lines typed are messages and / opens the toolbox (/help). In a pipe each line of standard input is a message and each message received a line of standard output.',
    'Without a URL it talks to an echo server of its own, so that everything can be tried with nothing else at hand.',
    'At the end of the input everything is sent, a ping goes out as a barrier, and after its pong the connection may stay quiet for --wait before it is closed: nothing sent and nothing received is lost.',
  ],
  positionals: [
    {
      name: 'URL',
      required: false,
      summary: 'ws://, wss://, http(s)://, HOST:PORT, PORT on this machine, or @PROFILE',
      named: true,
    },
  ],
  options: [
    ...REQUEST_OPTIONS,
    ...REDIRECT_OPTIONS,
    ...NETWORK_OPTIONS,
    ...TLS_OPTIONS,
    ...HTTP_VERSION_OPTIONS,
    ...ROAD_OPTIONS,
    ...PROXY_OPTIONS,
    {
      name: 'reconnect',
      kind: 'optional',
      placeholder: 'N',
      parse: parseCount(1),
      group: 'Connection',
      summary: 'connect again after trouble, N times in a row at most',
      details:
        'Waits half a second, then twice as long each time up to 30 s, with jitter. `-x` messages are sent again at each opening. A refusal or a clean close ends it.',
    },
    ...KEEP_ALIVE_OPTIONS,
    {
      name: 'execute',
      short: ['x'],
      kind: 'value',
      repeatable: true,
      placeholder: 'MSG',
      group: 'Messages',
      summary: 'send once open, then leave as at the end of input',
      details:
        '`@FILE` and `@-` are read whole and byte for byte; `@@` begins with a literal @. Standard input is not read besides, unless `-i` is given.',
    },
    { name: 'interactive', short: ['i'], kind: 'flag', group: 'Messages', summary: 'stay in the terminal after -x' },
    {
      name: 'wait',
      short: ['w'],
      kind: 'value',
      placeholder: 'TIME',
      parse: parseDuration,
      defaultText: '300ms',
      group: 'Messages',
      summary: 'quiet time after the last thing sent; -1: until the peer closes',
      details: 'With `--one`, `--count` or `--expect` the default is 10s.',
    },
    {
      name: 'exit-on-eof',
      short: ['E'],
      kind: 'flag',
      group: 'Messages',
      summary: 'close at the end of input, wait for nothing',
    },
    {
      name: 'echo',
      kind: 'flag',
      group: 'Messages',
      summary: 'send every message back: for servers that test clients',
      details: 'Standard input is not read and no ping goes out: the server decides when it is over.',
    },
    ...MESSAGE_OPTIONS,
    ...COUNT_OPTIONS,
    {
      name: 'show-ping-pong',
      short: ['P'],
      kind: 'flag',
      group: 'What you see',
      summary: 'in a terminal, show pings and pongs',
    },
    {
      name: 'slash',
      kind: 'flag',
      negatable: true,
      group: 'What you see',
      summary: '/ begins a command (default); --no-slash sends it',
    },
    ...VIEW_OPTIONS,
    ...LIMIT_OPTIONS,
    MAX_HEADER,
    { name: 'no-input', kind: 'flag', group: 'Opening handshake', summary: 'never ask for a password' },
    {
      name: 'connect',
      short: ['c'],
      kind: 'value',
      placeholder: 'URL',
      group: 'Help',
      hidden: true,
      summary: 'the URL, as in wscat',
    },
    {
      name: 'listen',
      short: ['l'],
      kind: 'value',
      placeholder: 'PORT',
      group: 'Help',
      hidden: true,
      summary: 'wstap listen PORT, as in wscat',
    },
    HELP,
    VERSION,
  ],
  examples: [
    { line: 'wstap ws://localhost:8080/chat', text: 'talk to a server' },
    { line: 'wstap -vv -x hello', text: 'one message to the echo server inside, every frame shown' },
    { line: 'echo \'{"op":"ping"}\' | wstap -1 wss://example.com/api', text: 'send a line, print the first answer' },
    {
      line: 'wstap --ca ca.pem wss://localhost:8443/',
      text: 'trust a certificate of your own, such as `listen --tls-save` writes',
    },
    {
      line: 'wstap -v -L --proxy socks5h://localhost:1080 wss://example.com/',
      text: 'through a proxy, redirects followed, every hop with its time',
    },
    { line: 'wstap @staging', text: 'URL and options from ~/.config/wstap/config.json' },
    { line: 'wstap --dump=bits -H "Authorization: Bearer $TOKEN" example.com', text: 'each frame as the figure of RFC 6455' },
  ],
};

async function run(typed: ParsedArguments, env: Env): Promise<number> {
  const dashC = new Options(typed).text('connect');
  const given = [...typed.positionals, ...(dashC === undefined ? [] : [dashC])];
  if (given.length > 1) throw new UsageError('two URLs were given: one connection at a time');
  const [name] = given;
  const parsed = name?.startsWith('@') ? await profiled(typed, name, env) : typed;
  const text = parsed === typed ? name : parsed.positionals[0];
  const options = new Options(parsed);
  const interactive = isInteractive(options, env);
  if (text !== undefined) return session(options, text, env, interactive);
  const { startEcho } = await import('./connect/embedded-echo.ts');
  const echo = await startEcho(env, options.text('draft'));
  try {
    return await session(options, echo.url, env, interactive, true);
  } finally {
    echo.stop();
  }
}

async function profiled(typed: ParsedArguments, name: string, env: Env): Promise<ParsedArguments> {
  const { withProfile } = await import('./option/profile/profile.ts');
  return withProfile(typed, name, spec, [], env);
}

/** `inside`: whether the server is our own. */
async function session(options: Options, text: string, env: Env, interactive: boolean, inside = false): Promise<number> {
  const address = parseAddress(text);
  for (const line of warnings(options, address, env)) say(env.stderr, line);
  const { clientOptions } = await import('./option/client-options.ts');
  const client = await clientOptions(options, address, env, inside);
  if (options.count('verbose') > 0 && !inside) await tellProxy(options, address, env);
  if (interactive) {
    const { connectTerminal } = await import('./connect/terminal.ts');
    return connectTerminal(options, client, { url: address.url, inside }, env);
  }
  const { connectPipe } = await import('./connect/pipe.ts');
  return connectPipe(options, client, address.url, env);
}

/** Which proxy is asked, and why, or why none is: what the environment says is easily forgotten. */
async function tellProxy(options: Options, address: Address, env: Env): Promise<void> {
  const { proxyNotice } = await import('./option/proxy.ts');
  const notice = proxyNotice(options, address, env);
  if (notice !== undefined) say(env.stderr, notice);
}

/** A person sits at both ends, and nothing was asked for that only a script wants. */
function isInteractive(options: Options, env: Env): boolean {
  // Asked in this order: standard input is not opened where nobody reads it.
  const terminal = env.stdout.isTTY === true && env.stdin.isTTY === true;
  if (options.flag('interactive')) {
    if (!terminal) throw new UsageError('-i needs a terminal at standard input and output');
    return true;
  }
  const scripted = ['execute', 'one', 'count', 'expect', 'format', 'null', 'hex', 'base64'].some((name) => options.has(name));
  return terminal && !scripted;
}

export const command: Command = { spec, run };
