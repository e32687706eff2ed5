import { Client, type ClientHandler, type ClientOptions, type Ending } from '../endpoint/client.ts';
import type { Link } from '../endpoint/link.ts';
import { CLIENT_LIMITS } from '../protocol/connection/limits.ts';
import { type DialectName, dialectNamed, dialectOf } from '../protocol/dialect/name.ts';
import { BROWSER_OFFER } from '../protocol/extension/negotiate.ts';
import { LocalProtocolError } from '../protocol/rule.ts';
import type { SessionEvent } from '../session/event.ts';
import type { TlsChoice, TlsIdentity } from '../transport/route.ts';
import { mustBeFunction } from './checked-options.ts';
import { type Outcome, outcome } from './close.ts';
import { environment, wallClock } from './environment.ts';
import type { ConnectionOptions, HeaderList, TlsOptions } from './options.ts';
import { isBadPort } from './port.ts';
import { proxyServer } from './proxy.ts';
import { reportException } from './report.ts';
import { takeTurn } from './turn.ts';
import { pageOrigin } from './url.ts';

/** Starts a client on behalf of an API object: the same one that the commands use, with a browser's defaults. */
export interface ConnectHandler extends Omit<ClientHandler, 'open' | 'pong' | 'end'> {
  open(link: Link, agreed: { readonly subprotocol: string; readonly extensions: string }): void;
  end(outcome: Outcome, ending: Ending): void;
}

/** Throws a `TypeError` for options that make no request. */
export function connect(url: URL, subprotocols: readonly string[], options: ConnectionOptions, handler: ConnectHandler): Client {
  const { observe } = options;
  let opened: Link | undefined;
  /** The server's Close came while it took nothing from us: ours, behind what waits, may never leave. */
  let stuck = false;
  let agreed = { subprotocol: '', extensions: '' };
  let connected: () => void = () => undefined;
  const turn = (go: () => void) => {
    connected = takeTurn(url.host + url.protocol, go);
  };
  const sink = (event: SessionEvent) => {
    if (event.type === 'open') agreed = event;
    if (observe) tell(observe, event);
  };
  mustBeFunction('observe', observe);
  const barred = isBadPort(url) && !options.anyPort;
  const turns = options.serial === false ? undefined : turn;
  try {
    const settings = { ...options, origin: options.origin ?? pageOrigin() };
    const whole = { ...clientOptions(url, subprotocols, settings), turn: barred ? () => undefined : turns };
    const client = new Client(whole, environment(), sink, {
      open: (link) => {
        connected();
        opened = link;
        if (observe) link.connection.watch(true);
        handler.open(link, agreed);
      },
      borrows: handler.borrows,
      message: (message) => handler.message(message),
      pong: () => undefined,
      peerClosed: () => {
        stuck = opened?.congested === true;
        handler.peerClosed();
      },
      drain: () => {
        stuck = false;
        handler.drain();
      },
      end: (ending) => {
        connected();
        handler.end(outcome(ending, !stuck), ending);
      },
    });
    if (barred) environment().clock.soon(() => client.stop('EBADPORT', `no browser connects to port ${url.port}; anyPort does`));
    return client;
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
  const dialect = dialectOption(options.dialect);
  const offer = deflate === true ? BROWSER_OFFER : deflate || undefined;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = url.protocol === 'wss:';
  const maxMessage = limits?.maxMessage ?? CLIENT_LIMITS.maxMessage;
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  return {
    http: options.http2 ? '2' : undefined,
    target: {
      host,
      port,
      tls: secure ? tlsChoice(host, alpnFor(options)) : undefined,
      proxy: proxyServer(options.proxy, { host, port, secure }, environment().variables),
      road: options.road,
    },
    request: {
      host: url.host,
      target: url.pathname + url.search,
      subprotocols,
      dialect,
      // Frames before hybi-07 carry no extension that anybody agreed on.
      extensions: (dialectOf(dialect).version ?? 0) >= 7 ? offer : undefined,
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
    namesFlags: false,
  };
}

/** ALPN of the user's own comes before that of `http2`. */
function alpnFor({ tls = {}, http2 = false }: ConnectionOptions): TlsOptions {
  return http2 && tls.alpn === undefined ? { ...tls, alpn: ['h2', 'http/1.1'] } : tls;
}

function dialectOption(text: string | undefined): DialectName {
  const name = text === undefined ? 'rfc6455' : dialectNamed(text);
  if (!name) throw new TypeError(`${JSON.stringify(text)} is no version of the WebSocket protocol`);
  return name;
}

function tlsChoice(host: string, options: TlsOptions): TlsChoice {
  const { ca = [], insecure = false, serverName = host, minVersion, maxVersion, alpn } = options;
  return {
    serverName,
    extraCa: typeof ca === 'string' ? [ca] : ca,
    insecure,
    identity: identityOf(options),
    now: wallClock,
    minVersion,
    maxVersion,
    alpn,
  };
}

function identityOf({ cert, key, pfx, passphrase }: TlsOptions): TlsIdentity | undefined {
  if (pfx !== undefined) {
    if (cert !== undefined || key !== undefined) throw new TypeError('tls.pfx stands in place of tls.cert and tls.key');
    return { form: 'pkcs12', data: Buffer.from(pfx), passphrase };
  }
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new TypeError('tls.cert and tls.key belong together');
  return { form: 'pem', certificate: cert, key, passphrase };
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
