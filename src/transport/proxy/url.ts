import type { ProxyServer } from '../route.ts';

/** A proxy as people write it → where it is and what it speaks. */
export type ParsedProxy = Omit<ProxyServer, 'origin'>;

const SCHEMES: ReadonlySet<string> = new Set(['http', 'https', 'socks4', 'socks4a', 'socks5', 'socks5h']);
const KNOWN = 'write http://, https://, socks4://, socks4a://, socks5:// or socks5h:// before HOST:PORT';

/** curl's: 443 for `https`, 1080 for all others. */
const defaultPort = (scheme: string) => (scheme === 'https' ? 443 : 1080);

/** Takes `SCHEME://[USER[:PASSWORD]@]HOST[:PORT]`, and without a scheme `http`. A string says what is wrong, and quotes no secret. */
export function parseProxy(text: string): ParsedProxy | string {
  const [, given, rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(text.trim()) ?? [];
  const scheme = (given ?? 'http').toLowerCase();
  if (scheme === 'socks') return `socks:// does not say which version: ${KNOWN}`;
  if (!SCHEMES.has(scheme)) return `no proxy speaks ${scheme}: ${KNOWN}`;
  // Port 80 is left out of one, 443 of the other, and a port that was not given of both.
  const [url, other] = [`http://${rest}`, `https://${rest}`].map((whole) => (URL.canParse(whole) ? new URL(whole) : undefined));
  if (!url || !other) return `that is no address: ${KNOWN}`;
  if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '')
    return 'a proxy has no path: write HOST:PORT and no more';
  const port = url.port || other.port;
  if (port === '0') return 'port 0 is none';
  const login = url.username !== '' || url.password !== '';
  return {
    scheme: scheme as ParsedProxy['scheme'],
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? defaultPort(scheme) : Number(port),
    ...(login && { credentials: { user: decoded(url.username), password: decoded(url.password) } }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** For people, without user and password: `http://127.0.0.1:3128`. */
export function proxyText({ scheme, host, port }: Pick<ProxyServer, 'scheme' | 'host' | 'port'>): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
