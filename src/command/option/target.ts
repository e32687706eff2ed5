import { UsageError } from '../../cli/option.ts';
import { parseUnixUrl } from './unix-url.ts';

/** A URL as users write it → where to connect and what to ask for (RFC 6455 §3). */
export interface Address {
  /** As a `ws:` or `wss:` URL, user and password left out. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** The Host field's value: the port is left out where it is the default one. */
  readonly hostField: string;
  /** Path and query. */
  readonly target: string;
  /** `user:password` of the URL, decoded; `undefined` without. */
  readonly userinfo: string | undefined;
  /** The Unix socket of a `ws+unix:` URL; an abstract one begins with `@`. */
  readonly unixSocket?: string;
}

const SCHEMES: Readonly<Record<string, 'ws:' | 'wss:'>> = { 'ws:': 'ws:', 'wss:': 'wss:', 'http:': 'ws:', 'https:': 'wss:' };

/**
 * A link-local address with the interface it is behind: `[fe80::1%25eth0]`, or with % alone as everybody types it. It is for
 * this machine only: RFC 6874 §3, "An HTTP client, proxy, or other intermediary MUST remove any ZoneID attached to an
 * outgoing URI".
 */
const ZONE = /\[([0-9a-f:.]+)%(?:25)?([^\]/?#]+)\]/i;

/** Takes `ws://`, `wss://`, `http://`, `https://`, `ws+unix:`, `host`, `host:port/path`, and `8080` or `:8080` for this machine. */
export function parseAddress(text: string): Address {
  const unix = parseUnixUrl(text);
  if (unix) {
    const { url, socket, secure, target } = unix;
    return {
      url,
      host: 'localhost',
      port: secure ? 443 : 80,
      secure,
      hostField: 'localhost',
      target,
      userinfo: undefined,
      unixSocket: socket,
    };
  }
  const zone = ZONE.exec(text);
  const url = urlOf(zone ? text.replace(ZONE, '[$1]') : text);
  const scheme = SCHEMES[url.protocol];
  if (!scheme) throw new UsageError(`${quoted(text)} is no WebSocket address: write ws://HOST[:PORT]/PATH or wss://…`);
  // "Fragment identifiers are meaningless in the context of WebSocket URIs and MUST NOT be used" (RFC 6455 §3).
  if (url.hash !== '' || text.endsWith('#')) {
    throw new UsageError(
      `${quoted(text)} has a fragment, and a WebSocket URL must not: leave out # and what follows, or write %23`,
    );
  }
  const secure = scheme === 'wss:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const target = `${url.pathname || '/'}${url.search}`;
  const userinfo = url.username || url.password ? `${decode(url.username)}:${decode(url.password)}` : undefined;
  const host = `${url.hostname.replace(/^\[(.*)\]$/, '$1')}${zone ? `%${zone[2]}` : ''}`;
  return { url: `${scheme}//${url.host}${target}`, host, port, secure, hostField: url.host, target, userinfo };
}

function urlOf(text: string): URL {
  const short = /^:?(\d{1,5})(\/.*)?$/.exec(text);
  const whole = short
    ? `ws://localhost:${short[1]}${short[2] ?? '/'}`
    : /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
      ? text
      : `ws://${text}`;
  try {
    // ws: and http: URLs are parsed alike; http's default port is ws's too.
    return new URL(whole);
  } catch {
    throw new UsageError(`${quoted(text)} is no address: write ws://HOST[:PORT]/PATH, wss://…, or HOST:PORT`);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
