import { stat } from 'node:fs/promises';
import type { CommandSpec, ParsedArguments } from '../cli/option.ts';
import { Options } from '../cli/value.ts';
import { Client } from '../endpoint/client.ts';
import type { EndSignal, Env } from '../env.ts';
import { ExitStatus } from '../exit-status.ts';
import { judgeExtensions } from '../protocol/extension/negotiate.ts';
import { likelyCause } from '../protocol/handshake/cause.ts';
import { checkRequest } from '../protocol/handshake/check-request.ts';
import { checkResponse } from '../protocol/handshake/check-response.ts';
import { type PastedHandshake, readPasted } from '../protocol/handshake/paste.ts';
import type { SessionEvent } from '../session/event.ts';
import { endingLines } from '../view/ending.ts';
import { type HandshakeReport, renderHandshake } from '../view/handshake.ts';
import { HandshakeCollector } from '../view/handshake-collector.ts';
import { handshakeJson } from '../view/handshake-json.ts';
import { clientEnv } from './client-env.ts';
import { clientOptions, readLocal } from './client-options.ts';
import { type Command, LocalError } from './command.ts';
import { type Ending, STATUS_OF_SIGNAL, statusOf } from './failure.ts';
import { type Look, lookOf } from './look.ts';
import { HELP, MAX_HEADER, NETWORK_OPTIONS, REQUEST_OPTIONS, VIEW_OPTIONS } from './options.ts';
import { readAll } from './outgoing.ts';
import { print } from './print.ts';
import { parseAddress } from './target.ts';
import { warnings } from './warnings.ts';

const spec: CommandSpec = {
  name: 'handshake',
  summary: 'inspect an opening handshake: live, or pasted text',
  description: [
    'Asks a server for a WebSocket and shows the way there, both heads, and every requirement of RFC 6455 on them: ✓ met, ✗ not met, ! odd. Where it fails it names the likely cause.',
    'With FILE or - it reads text instead: a request, a response or both, as copied from curl -v, a browser’s developer tools, a HAR file, a mail or a web page. Each handshake found is checked.',
    'Exits with 0 where all is well, 6 where a live handshake was refused or wrong, 1 where pasted text fails a check.',
  ],
  positionals: [{ name: 'URL|FILE|-', required: true, summary: 'a server, a file with text, or - for standard input' }],
  options: [
    ...REQUEST_OPTIONS,
    ...NETWORK_OPTIONS,
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
    { line: 'curl -v … 2>&1 | wstap handshake -', text: 'check what curl saw' },
    { line: 'wstap handshake --format json ws://localhost:8080 | jq .ok', text: 'in a script' },
  ],
};

async function run(parsed: ParsedArguments, env: Env): Promise<number> {
  const options = new Options(parsed);
  const [what = ''] = parsed.positionals;
  const look = await lookOf(options, env, env.stdout);
  if (what === '-') return pasted((await readAll(env.stdin)).toString('utf8'), 'standard input', options, look, env);
  if (await isFile(what)) return pasted((await readLocal(what)).toString('utf8'), what, options, look, env);
  if (/[/.]/.test(what) && !what.includes('://') && what.startsWith('.'))
    throw new LocalError(`there is no file ${JSON.stringify(what)}`);
  return live(what, options, look, env);
}

async function isFile(path: string): Promise<boolean> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) return false;
  return stat(path).then(
    (facts) => facts.isFile() || facts.isFIFO(),
    () => false,
  );
}

async function live(text: string, options: Options, look: Look, env: Env): Promise<number> {
  const address = parseAddress(text);
  for (const line of warnings(options, address, env)) env.stderr.write(`wstap: ${line}\n`);
  const client = await clientOptions(options, address, env);
  const collector = new HandshakeCollector(address.url);
  const { ending, opened, signal } = await ask(client, collector, env);
  if (signal) return STATUS_OF_SIGNAL[signal];
  const { report } = collector;
  const whole = { ...report, findings: [...(report.request ? checkRequest(report.request) : []), ...report.findings] };
  const printed = await print(env, written([whole], options, look));
  if (!opened && ending.type === 'failure' && options.text('format') !== 'json') {
    for (const line of endingLines(ending, { findings: [] }, { ...look, headShown: true })) env.stderr.write(`${line}\n`);
  }
  return opened ? printed : statusOf(ending, false);
}

/** Opens, and closes again at once. */
function ask(options: ConstructorParameters<typeof Client>[0], collector: HandshakeCollector, env: Env) {
  return new Promise<{ ending: Ending; opened: boolean; signal: EndSignal | undefined }>((resolve) => {
    let opened = false;
    let signal: EndSignal | undefined;
    const stopListening = env.onSignal((received) => {
      if (signal) client.link?.destroy();
      signal = received;
      client.stop();
    });
    const record = (event: SessionEvent) => {
      if (!opened) collector.record(event);
    };
    const client = new Client(options, clientEnv(env), record, {
      open: (link) => {
        opened = true;
        link.close(1000);
      },
      message: () => undefined,
      pong: () => undefined,
      peerClosed: () => undefined,
      drain: () => undefined,
      end: (ending) => {
        stopListening();
        resolve({ ending, opened, signal });
      },
    });
  });
}

async function pasted(text: string, source: string, options: Options, look: Look, env: Env): Promise<number> {
  const found = readPasted(text);
  if (found.length === 0) {
    throw new LocalError(`no HTTP request or response was found in ${source}: paste a head that begins with GET or HTTP/1.1`);
  }
  const reports = found.map(judge);
  const printed = await print(env, written(reports, options, look));
  const wrong = reports.some(({ findings }) => findings.some(({ level }) => level === 'fail'));
  return wrong ? ExitStatus.unmet : printed;
}

function judge({ request, response, notes }: PastedHandshake): HandshakeReport {
  const findings = [
    ...(request ? checkRequest(request, { pasted: true }) : []),
    ...(response ? checkResponse(request, response, judgeExtensions) : []),
  ];
  return { request, response, findings, notes, cause: likelyCause({ request, response, findings }) };
}

function written(reports: readonly HandshakeReport[], options: Options, look: Look): string {
  if (options.text('format') === 'json') return reports.map((report) => `${JSON.stringify(handshakeJson(report))}\n`).join('');
  const pages = reports.map((report, index) => {
    const title = reports.length > 1 ? [look.style.bold(`Handshake ${index + 1} of ${reports.length}`), ''] : [];
    return `${[...title, ...renderHandshake(report, look)].join('\n')}\n`;
  });
  return pages.join('\n\n');
}

export const command: Command = { spec, run };
