import type { CommandSpec, ParsedArguments } from '../cli/option.ts';
import { Options } from '../cli/value.ts';
import type { Env } from '../env.ts';
import type { Command } from './command.ts';
import { REDIRECT_OPTIONS } from './option/credential/redirect-options.ts';
import { HTTP_VERSION_OPTIONS } from './option/http-version-options.ts';
import { MAX_HEADER } from './option/limit-options.ts';
import { NETWORK_OPTIONS } from './option/network-options.ts';
import { PROXY_OPTIONS, VIA_GET } from './option/proxy-options.ts';
import { REQUEST_OPTIONS } from './option/request-options.ts';
import { ROAD_OPTIONS } from './option/road-options.ts';
import { TLS_OPTIONS } from './option/tls/tls-options.ts';
import { HELP, VIEW_OPTIONS } from './option/view-options.ts';

const spec: CommandSpec = {
  name: 'handshake',
  summary: 'inspect an opening handshake: live, or pasted text',
  description: [
    'Asks a server for a WebSocket and shows the way there, both heads, and every requirement of RFC 6455 on them: ✓ met, ✗ not met, ! odd. Where it fails it names the likely cause.',
    'With FILE or - it reads text instead: a request, a response or both, as copied from curl -v, a browser’s developer tools, a HAR file, a mail or a web page. Each handshake found is checked.',
    'Exits with 0 where all is well, 6 where a live handshake was refused or wrong, 1 where pasted text fails a check.',
  ],
  positionals: [
    {
      name: 'URL|FILE|-',
      required: true,
      summary: 'a server, a @PROFILE, a file with text, or - for standard input',
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
    VIA_GET,
    MAX_HEADER,
    {
      name: 'format',
      kind: 'value',
      placeholder: 'FORM',
      choices: ['text', 'json'],
      defaultText: 'text',
      group: 'What you see',
      summary: 'form of standard output: text or json',
    },
    ...VIEW_OPTIONS.filter(({ name }) => name === 'color'),
    { name: 'no-input', kind: 'flag', group: 'Opening handshake', summary: 'never ask for a password' },
    HELP,
  ],
  examples: [
    { line: 'wstap handshake wss://example.com/chat', text: 'ask a server' },
    { line: 'wstap handshake --http2 -k wss://localhost:8443/', text: 'over HTTP/2, with whatever certificate' },
    { line: 'curl -v … 2>&1 | wstap handshake -', text: 'check what curl saw' },
    { line: 'wstap handshake --format json ws://localhost:8080 | jq .ok', text: 'in a script' },
  ],
};

async function run(parsed: ParsedArguments, env: Env): Promise<number> {
  const { inspect } = await import('./handshake/inspect.ts');
  const [what = ''] = parsed.positionals;
  if (!what.startsWith('@')) return inspect(what, new Options(parsed), env);
  const { withProfile } = await import('./option/profile/profile.ts');
  const { command: connect } = await import('./connect.ts');
  const whole = await withProfile(parsed, what, spec, connect.spec.options, env);
  return inspect(whole.positionals[0] ?? '', new Options(whole), env);
}

export const command: Command = { spec, run };
