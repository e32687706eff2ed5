import { stat } from 'node:fs/promises';
import type { Options } from '../../cli/value.ts';
import { Client } from '../../endpoint/client.ts';
import type { EndSignal, Env } from '../../env.ts';
import { ExitStatus } from '../../exit-status.ts';
import { judgeExtensions } from '../../protocol/extension/negotiate.ts';
import { likelyCause } from '../../protocol/handshake/cause.ts';
import { checkRequest } from '../../protocol/handshake/check-request.ts';
import { checkResponse } from '../../protocol/handshake/check-response.ts';
import { type PastedHandshake, readPasted } from '../../protocol/handshake/paste.ts';
import type { SessionEvent } from '../../session/event.ts';
import { endingLines } from '../../view/ending.ts';
import { type HandshakeReport, renderHandshake } from '../../view/handshake.ts';
import { HandshakeCollector } from '../../view/handshake-collector.ts';
import { handshakeJson } from '../../view/handshake-json.ts';
import { LocalError } from '../command.ts';
import { clientOptions, readLocal } from '../option/client-options.ts';
import { parseAddress } from '../option/target.ts';
import { warnings } from '../option/warnings.ts';
import { clientEnv } from '../session/client-env.ts';
import { type Ending, STATUS_OF_SIGNAL, statusOf } from '../session/failure.ts';
import { type Look, lookOf } from '../session/look.ts';
import { readAll } from '../session/outgoing.ts';
import { print } from '../session/print.ts';

/** `what` is a URL, a file, or `-`. */
export async function inspect(what: string, options: Options, env: Env): Promise<number> {
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
