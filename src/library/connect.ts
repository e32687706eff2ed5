import { Client, type ClientHandler, type ClientOptions } from '../endpoint/client.ts';
import type { Link } from '../endpoint/link.ts';
import { CLIENT_LIMITS } from '../protocol/connection/limits.ts';
import { BROWSER_OFFER } from '../protocol/extension/negotiate.ts';
import { LocalProtocolError } from '../protocol/rule.ts';
import type { SessionEvent } from '../session/event.ts';
import type { TlsChoice } from '../transport/route.ts';
import { environment } from './environment.ts';
import type { ConnectionOptions, HeaderList, TlsOptions } from './options.ts';
import { reportException } from './report.ts';

/** Starts a client on behalf of an API object: the same one that the commands use, with a browser's defaults. */
export interface ConnectHandler extends Omit<ClientHandler, 'open' | 'pong'> {
  open(link: Link, agreed: { readonly subprotocol: string; readonly extensions: string }): void;
}

/** Throws a `TypeError` for options that make no request. */
export function connect(url: URL, subprotocols: readonly string[], options: ConnectionOptions, handler: ConnectHandler): Client {
  const { observe } = options;
  let agreed = { subprotocol: '', extensions: '' };
  const sink = (event: SessionEvent) => {
    if (event.type === 'open') agreed = event;
    if (observe) tell(observe, event);
  };
  try {
    return new Client(clientOptions(url, subprotocols, options), environment(), sink, {
      open: (link) => {
        if (observe) link.connection.watch(true);
        handler.open(link, agreed);
      },
      message: (message) => handler.message(message),
      pong: () => undefined,
      peerClosed: () => handler.peerClosed(),
      drain: () => handler.drain(),
      end: (ending) => handler.end(ending),
    });
  } catch (error) {
    throw LocalProtocolError.is(error) ? new TypeError(error.message) : error;
  }
}

function tell(observe: (event: SessionEvent) => void, event: SessionEvent): void {
  try {
    observe(event);
  } catch (error) {
    reportException(error);
  }
}

/** The options of a client, as a browser would have them where they are left out. */
export function clientOptions(url: URL, subprotocols: readonly string[], options: ConnectionOptions): ClientOptions {
  const { deflate = true, limits, handshakeTimeout = 30_000, closeTimeout = 10_000, compressFrom = 1024 } = options;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = url.protocol === 'wss:';
  const maxMessage = limits?.maxMessage ?? CLIENT_LIMITS.maxMessage;
  return {
    target: {
      host,
      port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
      tls: secure ? tlsChoice(host, options.tls ?? {}) : undefined,
    },
    request: {
      host: url.host,
      target: url.pathname + url.search,
      subprotocols,
      extensions: deflate === true ? BROWSER_OFFER : deflate || undefined,
      origin: options.origin,
      headers: headerLines(url, options.headers ?? []),
    },
    limits: { ...CLIENT_LIMITS, maxFrame: maxMessage, ...limits },
    tolerance: 'strict',
    handshakeTimeout,
    closeTimeout,
    compressFrom,
    // "If protocols is not the empty list and extracting header list values given `Sec-WebSocket-Protocol` … results in
    // null, failure, or the empty byte sequence, then fail the WebSocket connection" (WebSockets Standard §2.2).
    subprotocolRequired: true,
  };
}

function tlsChoice(host: string, { ca = [], insecure = false, serverName = host }: TlsOptions): TlsChoice {
  return { serverName, extraCa: typeof ca === 'string' ? [ca] : ca, insecure };
}

/** User and password of the URL go along, as in a browser: the request's credentials mode is "include". */
function headerLines(url: URL, headers: HeaderList): string[] {
  const lines = [...pairsOf(headers)].map(([name, value]) => (value === '' ? `${name};` : `${name}: ${value}`));
  const given = lines.some((line) => /^authorization[:;]/i.test(line));
  if ((url.username === '' && url.password === '') || given) return lines;
  const userinfo = `${decoded(url.username)}:${decoded(url.password)}`;
  return [`Authorization: Basic ${Buffer.from(userinfo, 'utf8').toString('base64')}`, ...lines];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function* pairsOf(headers: HeaderList): Iterable<readonly [string, string]> {
  if (Symbol.iterator in headers) yield* headers as Iterable<readonly [string, string]>;
  else {
    for (const [name, value] of Object.entries(headers)) {
      if (typeof value === 'string') yield [name, value];
      else for (const each of value) yield [name, each];
    }
  }
}
