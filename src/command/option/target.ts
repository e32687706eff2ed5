import { UsageError } from '../../cli/option.ts';
import type { TlsChoice } from '../../transport/route.ts';

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
}

const SCHEMES: Readonly<Record<string, 'ws:' | 'wss:'>> = { 'ws:': 'ws:', 'wss:': 'wss:', 'http:': 'ws:', 'https:': 'wss:' };

/** Takes `ws://`, `wss://`, `http://`, `https://`, `host`, `host:port/path`, and `8080` or `:8080` for this machine. */
export function parseAddress(text: string): Address {
  const url = urlOf(text);
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
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
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

/** TLS for a secure address; `undefined` for a plain one. */
export function tlsFor(address: Address, extraCa: readonly string[], insecure: boolean): TlsChoice | undefined {
  return address.secure ? { serverName: address.host, extraCa, insecure } : undefined;
}
