import { isUtf8 } from 'node:buffer';
import { stat } from 'node:fs/promises';
import { say } from '../../cli/say.ts';
import type { Options } from '../../cli/value.ts';
import { Client } from '../../endpoint/client.ts';
import type { EndSignal, Env } from '../../env.ts';
import { ExitStatus } from '../../exit-status.ts';
import { judgeHandshake } from '../../protocol/dialect/judge.ts';
import { recogniseRequest } from '../../protocol/dialect/recognise.ts';
import { likelyCause } from '../../protocol/handshake/cause.ts';
import { checkExtendedRequest } from '../../protocol/handshake/check-extended-connect.ts';
import { checkRequest } from '../../protocol/handshake/check-request.ts';
import { crossedWith } from '../../protocol/handshake/crossed.ts';
import { HTTP_2 } from '../../protocol/handshake/extended-connect.ts';
import { type PastedHandshake, readPasted } from '../../protocol/handshake/paste.ts';
import type { RequestHead } from '../../protocol/http/head.ts';
import type { SessionEvent } from '../../session/event.ts';
import { endingLines } from '../../view/ending.ts';
import { type HandshakeReport, renderHandshake } from '../../view/handshake.ts';
import { HandshakeCollector } from '../../view/handshake-collector.ts';
import { handshakeJson } from '../../view/handshake-json.ts';
import { LocalError } from '../command.ts';
import { clientOptions } from '../option/client-options.ts';
import { readLocal } from '../option/local-file.ts';
import { proxyNotice } from '../option/proxy.ts';
import { parseAddress } from '../option/target.ts';
import { warnings } from '../option/warnings.ts';
import { clientEnv } from '../session/client-env.ts';
import { type Ending, STATUS_OF_SIGNAL, statusOf } from '../session/failure.ts';
import { type Look, lookOf } from '../session/look.ts';
import { readAll } from '../session/outgoing.ts';
import { print } from '../session/print.ts';
import { explainedViaGet, viaGet } from './via-get.ts';

/** `what` is a URL, a file, or `-`. */
export async function inspect(what: string, options: Options, env: Env): Promise<number> {
  const look = await lookOf(options, env, env.stdout);
  if (what === '-') return pasted(textOf(await readAll(env.stdin)), 'standard input', options, look, env);
  if (await isFile(what)) return pasted(textOf(await readLocal(what)), what, options, look, env);
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
  for (const line of warnings(options, address, env)) say(env.stderr, line);
  const direct = await clientOptions(options, address, env);
  const withoutTunnel = options.flag('via-get');
  const client = withoutTunnel ? viaGet(direct, address) : direct;
  const collector = new HandshakeCollector(address.url);
  const { ending, opened, signal } = await ask(client, collector, env);
  if (signal) return STATUS_OF_SIGNAL[signal];
  const notice = proxyNotice(options, address, env);
  const noted = {
    ...collector.report,
    ...(notice !== undefined && { notes: [`${notice[0]?.toUpperCase()}${notice.slice(1)}.`] }),
  };
  const report = withoutTunnel ? explainedViaGet(noted, opened ? 'opened' : ending) : noted;
  const whole = wholeReport(report);
  const broken = !opened && ending.type === 'failure' && options.text('format') !== 'json';
  const printed = await print(env, broken ? brokenOff(whole, ending, look) : written([whole], options, look));
  return opened ? printed : statusOf(ending, false);
}

/** As far as it came, why it went no further, and what to try: in this order, and in one place. */
function brokenOff(report: HandshakeReport, ending: Ending, look: Look): string {
  const way = renderHandshake({ ...report, cause: undefined }, look);
  const last = endingLines(ending, { findings: [], cause: report.cause }, { ...look, headShown: true, lead: '' });
  return `${[...way, ...(way.length > 0 ? [''] : []), ...last].join('\n')}\n`;
}

/** With what is found in the request too; an older version has its own requirements, and keys to be reckoned with. */
function wholeReport(report: HandshakeReport): HandshakeReport {
  const { request, response, requestBody = NOTHING, responseBody = NOTHING, notes = [] } = report;
  if (!request) return report;
  const asked = request.version === HTTP_2 ? undefined : recogniseRequest(request).dialect;
  if (asked === undefined || asked === 'rfc6455') return { ...report, findings: [...checkOf(request), ...report.findings] };
  const judged = judgeHandshake({ head: request, body: requestBody }, response && { head: response, body: responseBody });
  return {
    ...report,
    findings: [...judged.findings.filter(({ side }) => side === 'client'), ...report.findings],
    notes: [...notes, ...judged.notes],
    arithmetic: judged.arithmetic,
    dialect: report.dialect ?? judged.dialect,
  };
}

const checkOf = (request: RequestHead) => (request.version === HTTP_2 ? checkExtendedRequest(request) : checkRequest(request));

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

/** A capture with the raw bytes of hixie-76 is no UTF-8; each character is then a byte. */
const textOf = (bytes: Buffer) => bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');

async function pasted(text: string, source: string, options: Options, look: Look, env: Env): Promise<number> {
  const found = readPasted(text);
  if (found.length === 0) {
    throw new LocalError(`no HTTP request or response was found in ${source}: paste a head that begins with GET or HTTP/1.1`);
  }
  const reports = found.map((handshake, index) => judge(handshake, crossedWith(found, index)));
  const printed = await print(env, written(reports, options, look));
  const wrong = reports.some(({ findings }) => findings.some(({ level }) => level === 'fail'));
  return wrong ? ExitStatus.unmet : printed;
}

/** `crossed`: the index of the handshake whose key this answer proves in place of its own. */
function judge(
  { request, response, requestBody, responseBody, notes }: PastedHandshake,
  crossed: number | undefined,
): HandshakeReport {
  const asked = request && { head: request, body: requestBody ?? NOTHING };
  const answered = response && { head: response, body: responseBody ?? NOTHING };
  const judged = judgeHandshake(asked, answered, { pasted: true });
  const mixedUp = crossed === undefined ? '' : `This answers the key of handshake ${crossed + 1}: the server mixed them up.`;
  const findings = judged.findings.map((finding) =>
    mixedUp !== '' && finding.id === 'accept' && finding.level === 'fail' ? { ...finding, hint: mixedUp } : finding,
  );
  const cause = likelyCause({ request, response, findings });
  return {
    request,
    response,
    findings,
    notes: [...notes, ...judged.notes],
    cause,
    arithmetic: judged.arithmetic,
    restored: judged.restored,
    dialect: judged.dialect,
    requestBody,
    responseBody,
  };
}

const NOTHING = Buffer.alloc(0);

function written(reports: readonly HandshakeReport[], options: Options, look: Look): string {
  if (options.text('format') === 'json') return reports.map((report) => `${JSON.stringify(handshakeJson(report))}\n`).join('');
  const pages = reports.map((report, index) => {
    const title = reports.length > 1 ? [look.style.bold(`Handshake ${index + 1} of ${reports.length}`), ''] : [];
    return `${[...title, ...renderHandshake(report, look)].join('\n')}\n`;
  });
  return pages.join('\n\n');
}
