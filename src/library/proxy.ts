import { parseHeaderLine } from '../protocol/handshake/request.ts';
import { environmentProxy, type Server } from '../transport/proxy/choice.ts';
import { parseProxy } from '../transport/proxy/url.ts';
import type { ProxyServer } from '../transport/route.ts';
import type { ProxyOption, ProxyOptions } from './options.ts';

/** The proxy that is meant, if any. Throws a `TypeError` for what is no proxy. */
export function proxyServer(
  option: ProxyOption | undefined,
  server: Server,
  variables: Readonly<Record<string, string | undefined>>,
): ProxyServer | undefined {
  if (option === undefined) return undefined;
  if (option !== 'environment') return named(option, 'the option proxy');
  const choice = environmentProxy(server, variables);
  return choice.url === undefined ? undefined : named(choice.url, choice.origin);
}

function named(option: string | URL | ProxyOptions, origin: string): ProxyServer {
  const options: ProxyOptions = typeof option === 'string' || option instanceof URL ? { url: option } : option;
  const proxy = parseProxy(String(options.url));
  if (typeof proxy === 'string') throw new TypeError(`${origin}: ${proxy}`);
  const { user, password = '' } = options;
  const { ca = [], insecure = false, serverName = proxy.host } = options.tls ?? {};
  return {
    ...proxy,
    origin,
    headers: Object.entries(options.headers ?? {}).map(headerLine),
    ...(user !== undefined && { credentials: { user, password } }),
    ...(proxy.scheme === 'https' && { tls: { serverName, extraCa: typeof ca === 'string' ? [ca] : ca, insecure } }),
  };
}

function headerLine([name, value]: readonly [name: string, value: string]): string {
  const line = value === '' ? `${name};` : `${name}: ${value}`;
  const header = parseHeaderLine(line);
  if (typeof header === 'string') throw new TypeError(`the proxy's header ${JSON.stringify(name)}: ${header}`);
  return line;
}
