import { UsageError } from '../../cli/option.ts';
import type { Options } from '../../cli/value.ts';
import type { ClientOptions } from '../../endpoint/client.ts';
import type { Env } from '../../env.ts';
import { CLIENT_LIMITS, type Limits } from '../../protocol/connection/limits.ts';
import { BROWSER_OFFER } from '../../protocol/extension/negotiate.ts';
import { parseHeaderLine } from '../../protocol/handshake/request.ts';
import { isToken } from '../../protocol/http/parameter-list.ts';
import type { Target } from '../../transport/route.ts';
import type { ClientDraft } from './client-draft.ts';
import { type Given, requestFor } from './credential/asking.ts';
import { authorizationLine, loginOf } from './credential/credentials.ts';
import { cookiesOf, goingOn } from './credential/going-on.ts';
import { netrcOf } from './credential/netrc.ts';
import { alpnFor, httpVersion, refuseForHttp2 } from './http-version-options.ts';
import { proxyFinder } from './proxy.ts';
import { roadOf } from './road.ts';
import type { Address } from './target.ts';
import type { TlsSettings } from './tls/tls.ts';

/**
 * Parsed options → what a client needs. Secrets that are missing are asked for here, before anything is open.
 * `inside`: the server is our own, and no proxy leads there.
 */
export async function clientOptions(options: Options, address: Address, env: Env, inside = false): Promise<ClientOptions> {
  const subprotocols = options.texts('subprotocol').flatMap((text) => text.split(',').map((name) => name.trim()));
  const wrong = subprotocols.find((name) => !isToken(name));
  if (wrong !== undefined) throw new UsageError(`${JSON.stringify(wrong)} is no subprotocol: a name has no spaces or separators`);
  const headers = options.texts('header');
  for (const line of headers) {
    const header = parseHeaderLine(line);
    if (typeof header === 'string') throw new UsageError(`--header ${JSON.stringify(line)}: ${header}`);
  }
  refuseLineBreaks(options);
  refuseIdle(options);
  const http = httpVersion(options);
  await refuseForHttp2(headers, http);
  const netrc = await netrcOf(options, env);
  const login = await loginOf(options, address, netrc, env);
  const cookies = await cookiesOf(options, env);
  const wishes = { subprotocols, extensions: offer(options), origin: options.text('origin') };
  const draft = await draftOf(options, wishes, http);
  const given: Given = {
    get common() {
      return draft?.common ?? wishes;
    },
    host: options.text('host'),
    headers,
    cookies: options.texts('cookie').filter((pair) => pair.includes('=')),
    stored: cookies && ((url) => cookies.header(url)),
  };
  let settings: TlsSettings | undefined = address.secure || givesTls(options) ? await readTls(options, env) : undefined;
  const proxyTo = proxyFinder(options, env, settings?.extraCa ?? []);
  /** The way to an address: asked again for each redirect. `own`: the origin that the user named, and no other. */
  const targetOf = async (to: Address, own: boolean): Promise<Target> => {
    if (to.secure) settings ??= await readTls(options, env);
    const tls = to.secure ? settings?.choiceFor(to, own) : undefined;
    const proxy = inside ? undefined : await proxyTo(to);
    return { host: to.host, port: to.port, tls: alpnFor(tls, http), proxy, road: roadOf(options, to.unixSocket) };
  };
  const going = goingOn({ options, env, address, given, login, netrc, targetOf }, cookies);
  return {
    http,
    target: await targetOf(address, true),
    // Asked for at each opening: a reconnection takes the cookies that were set meanwhile.
    get request() {
      return requestFor(given, address, true, login && authorizationLine(login));
    },
    ...(draft ? draft.options(going) : going),
    limits: limitsOf(options, CLIENT_LIMITS),
    headLimits: { maxBytes: options.number('max-header') ?? 64 * 1024, maxFields: 128 },
    tolerance: options.flag('lenient') ? 'lenient' : 'strict',
    handshakeTimeout: options.number('timeout') ?? 10_000,
    closeTimeout: 5000,
    compressFrom: 0,
  };
}

/** These become header fields. */
function refuseLineBreaks(options: Options): void {
  const name = ['origin', 'host', 'deflate'].find((one) => /[\r\n\0]/.test(options.text(one) ?? ''));
  if (name === undefined) return;
  throw new UsageError(`--${name} ${JSON.stringify(options.text(name))}: a header may not hold a line break or a NUL character`);
}

/** What would do nothing is not taken in silence. */
function refuseIdle(options: Options): void {
  if (options.flag('location')) return;
  const name = ['max-redirects', 'allow-downgrade'].find((one) => options.has(one));
  if (name !== undefined) throw new UsageError(`--${name} is about redirects that are followed: give -L too`);
}

/** `--max-frame` follows `--max-message` where it is not given. */
export function limitsOf(options: Options, defaults: Limits): Limits {
  const maxMessage = options.number('max-message') ?? defaults.maxMessage;
  return {
    ...defaults,
    maxMessage,
    maxFrame: options.number('max-frame') ?? maxMessage,
    maxFragments: options.number('max-fragments') ?? defaults.maxFragments,
  };
}

/** What reads the older versions is loaded where one is asked for. */
async function draftOf(options: Options, wishes: Given['common'], http: ClientOptions['http']): Promise<ClientDraft | undefined> {
  const text = options.text('draft');
  if (text === undefined || text === '13') return undefined;
  const { ClientDraft } = await import('./client-draft.ts');
  const draft = new ClientDraft(text, wishes);
  if (http === '2' && (draft.dialect !== 'rfc6455' || text === 'auto'))
    throw new UsageError('HTTP/2 carries RFC 6455 and nothing older: leave out --draft or --http2');
  return draft;
}

function offer(options: Options): string | undefined {
  const parameters = options.text('deflate');
  if (parameters !== undefined && NAMED_EXTENSION.test(parameters)) return parameters.trim();
  if (parameters !== undefined) return parameters.trim() === '' ? 'permessage-deflate' : `permessage-deflate; ${parameters}`;
  return options.flag('compress') ? BROWSER_OFFER : undefined;
}

/** An extension of its own, in place of parameters. */
const NAMED_EXTENSION = /^\s*(?:x-webkit-deflate-frame|deflate-frame|permessage-deflate)\s*(?:;|$)/;

/** Whether something is said of TLS: mistakes in it are told for a plain address too. */
function givesTls(options: Options): boolean {
  return ['ca', 'ca-only', 'cert', 'key', 'passphrase', 'tls-min', 'tls-max', 'keylog'].some((name) => options.has(name));
}

async function readTls(options: Options, env: Env): Promise<TlsSettings> {
  const { tlsSettings } = await import('./tls/tls.ts');
  return tlsSettings(options, env);
}
