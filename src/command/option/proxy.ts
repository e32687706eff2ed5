import { mistakesOf } from '../../cli/mistake.ts';
import { UsageError } from '../../cli/option.ts';
import { say } from '../../cli/say.ts';
import type { Options } from '../../cli/value.ts';
import type { Env } from '../../env.ts';
import { parseHeaderLine } from '../../protocol/handshake/request.ts';
import { environmentProxy, exception, type ProxyChoice } from '../../transport/proxy/choice.ts';
import { type ParsedProxy, parseProxy, proxyText } from '../../transport/proxy/url.ts';
import type { ProxyServer } from '../../transport/route.ts';
import { unixSocketOf } from './road.ts';
import type { Address } from './target.ts';
import { trustsOnlyGiven } from './tls/trust.ts';

/** Parsed options and the environment → the proxy that is asked for the way to an address, if any. */
export type ProxyFinder = (address: Address) => Promise<ProxyServer | undefined>;

/** A password that is missing is asked for when a proxy is first found; redirects find one again. */
export function proxyFinder(options: Options, env: Env, extraCa: readonly string[]): ProxyFinder {
  let login: Promise<ProxyServer['credentials']> | undefined;
  let told = false;
  return async (address) => {
    const choice = chosenProxy(options, address, env);
    if (choice.url === undefined) {
      if (!told) tellUnused(options, choice.why, env);
      told = true;
      return undefined;
    }
    const proxy = parsed(choice.url, choice.origin);
    login ??= loginOf(options, proxy, env);
    return whole(proxy, choice.origin, await login, options, env, extraCa);
  };
}

/** What is said to a proxy goes nowhere without one. That may be right, where the environment decides; it is said. */
function tellUnused(options: Options, why: string | undefined, env: Env): void {
  const name = ['proxy-auth', 'proxy-header', 'proxy-insecure'].find((one) => options.has(one));
  if (name !== undefined)
    say(env.stderr, `! --${name} is not used: ${why ?? 'no proxy is given, by --proxy or the environment'}`);
}

function whole(
  proxy: ParsedProxy,
  origin: string,
  login: ProxyServer['credentials'],
  options: Options,
  env: Env,
  extraCa: readonly string[],
): ProxyServer {
  const credentials = login ?? proxy.credentials;
  const insecure = options.flag('proxy-insecure');
  const tls = { serverName: proxy.host, extraCa, onlyExtraCa: trustsOnlyGiven(options), insecure, now: () => env.wallClock() };
  return {
    ...proxy,
    origin,
    headers: headers(options),
    ...(credentials && { credentials }),
    ...(proxy.scheme === 'https' && { tls }),
  };
}

/** What is said with `-v`, and by `handshake`: which proxy, and why; or why none. `undefined` where none was near. */
export function proxyNotice(options: Options, address: Address, env: Env): string | undefined {
  const choice = chosenProxy(options, address, env);
  if (choice.url !== undefined)
    return `through the proxy ${proxyText(parsed(choice.url, choice.origin))} (from ${choice.origin})`;
  return choice.why === undefined ? undefined : `through no proxy: ${choice.why}`;
}

function chosenProxy(options: Options, address: Address, env: Env): ProxyChoice {
  const given = options.text('proxy');
  const noProxy = options.text('no-proxy') ?? options.text('noproxy');
  if (unixSocketOf(options, address.unixSocket) !== undefined) {
    if (given) throw new UsageError('--proxy and a Unix socket exclude each other: a proxy leads to a host and a port');
    return { url: undefined, why: undefined };
  }
  if (given === undefined) return environmentProxy(address, env.variables, noProxy);
  if (given === '') return { url: undefined, why: '--proxy is empty' };
  const against = noProxy === undefined ? undefined : exception(address, { name: '--no-proxy', list: noProxy });
  return against === undefined ? { url: given, origin: '--proxy' } : { url: undefined, why: against };
}

function parsed(text: string, origin: string): ParsedProxy {
  const proxy = parseProxy(text);
  if (typeof proxy !== 'string') return proxy;
  const around = origin === '--proxy' ? '' : '; or --no-proxy to go without';
  throw new UsageError(`${origin === '--proxy' ? '--proxy' : `the variable ${origin}`}: ${proxy}${around}`);
}

function headers(options: Options): readonly string[] {
  const lines = options.texts('proxy-header');
  for (const line of lines) {
    const problem = parseHeaderLine(line);
    if (typeof problem === 'string') throw new UsageError(`--proxy-header ${JSON.stringify(line)}: ${problem}`);
  }
  return lines;
}

async function loginOf(options: Options, { scheme }: ParsedProxy, env: Env): Promise<ProxyServer['credentials']> {
  const given = options.text('proxy-auth');
  if (given === undefined) return undefined;
  const colon = given.indexOf(':');
  if (colon >= 0) return { user: given.slice(0, colon), password: given.slice(colon + 1) };
  // SOCKS 4 knows no password.
  return { user: given, password: scheme.startsWith('socks4') ? '' : await password(given, options, env) };
}

async function password(user: string, options: Options, env: Env): Promise<string> {
  const { WSTAP_PROXY_PASSWORD: stored } = env.variables;
  if (stored) return stored;
  const { askSecret } = await import('../../cli/secret.ts');
  const question = {
    prompt: `Password for ${JSON.stringify(user).slice(1, -1)} at the proxy: `,
    instead: '--proxy-auth USER:PASSWORD or the variable WSTAP_PROXY_PASSWORD',
    noInput: options.flag('no-input'),
    variables: env.variables,
    platform: env.platform,
    stdin: env.stdin,
  };
  return askSecret(question, mistakesOf('wstap connect'));
}
