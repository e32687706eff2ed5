import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { AdmissionOptions } from '../endpoint/admitting.ts';
import type { ServerOptions } from '../endpoint/server.ts';
import { type Limits, SERVER_LIMITS } from '../protocol/connection/limits.ts';
import { type DialectName, dialectNamed } from '../protocol/dialect/name.ts';
import { ALL_DIALECTS } from '../protocol/dialect/refuse.ts';
import { PinnedBudget } from '../protocol/message/pinned.ts';
import type { SessionEvent } from '../session/event.ts';
import { mustBeFunction, mustBeSize } from './checked-options.ts';
import { acceptedDeflate, type DeflateOptions } from './deflate-options.ts';
import { type OriginOptions, originPolicy } from './origin-policy.ts';
import type { UpgradeRequest } from './upgrade-request.ts';

/** What a `WebSocketServer` can be told: the names of npm `ws`, and what goes beyond it. One of the first three is needed. */
export interface WebSocketServerOptions extends OriginOptions {
  /** Listens itself; 0 takes a free port. Plain HTTP requests are answered with 426. */
  readonly port?: number | undefined;
  /** Serves the upgrades of an HTTP server that is somebody else's business. */
  readonly server?: HttpServer | HttpsServer | undefined;
  /** Serves what `handleUpgrade` is called with. */
  readonly noServer?: boolean | undefined;
  /** With `port`: the address to listen at; every address of this machine where it is left out. */
  readonly host?: string | undefined;
  /** With `port`: how many connections may wait to be accepted; 511. */
  readonly backlog?: number | undefined;
  /** Only this path is served, whatever the query; any other is answered with 404. */
  readonly path?: string | undefined;
  /** Whether `clients` is kept; true. */
  readonly clientTracking?: boolean | undefined;
  /** Bytes of a message and of a frame, after inflation; 16 MiB. 0 lifts the limit. `limits` says more. */
  readonly maxPayload?: number | undefined;
  /** What a client may send before its connection is failed. */
  readonly limits?: Partial<Limits> | undefined;
  /** Connections beyond so many are refused with 503; no limit. */
  readonly maxConnections?: number | undefined;
  /** Bytes that unfinished messages of all clients may hold together; 256 MiB. The worst is closed with 1008. */
  readonly maxPinned?: number | undefined;
  /**
   * The versions of the protocol that are accepted: `'all'`, or names such as `'13'`, `'8'`, `'hixie-76'`; RFC 6455 (13) alone.
   * Handshakes before hybi-04 prove little, so they are for devices that speak nothing newer. A `TypeError` for a name
   * that no version has.
   */
  readonly dialects?: 'all' | readonly string[] | undefined;
  /** Whether permessage-deflate is accepted; false. */
  readonly perMessageDeflate?: boolean | DeflateOptions | undefined;
  /** Milliseconds for the opening request, `verifyClient` included; 10,000. */
  readonly handshakeTimeout?: number | undefined;
  /** Milliseconds for the closing handshake, and then for the client's end of TCP; 30,000. */
  readonly closeTimeout?: number | undefined;
  /** The subprotocols that are spoken, or the only one: the client's first choice among them is taken. Left out, its first choice of all. */
  readonly protocols?: string | readonly string[] | undefined;
  /** Chooses among what the client offers, in its order; false for none. */
  readonly handleProtocols?: ((protocols: Set<string>, request: UpgradeRequest) => string | false) | undefined;
  /** Lets a client in or not. One that throws, or whose promise fails, lets nobody in (500) and is reported. */
  readonly verifyClient?: VerifyClient | undefined;
  /**
   * Is told of everything that happens on every connection: heads, findings, frames and messages both ways, and the end.
   * Watching costs time for every frame; without it none is made. What it throws is reported and harms no connection.
   */
  readonly observe?: ((event: SessionEvent) => void) | undefined;
}

export interface VerifyInfo {
  /** The Origin header; `undefined` where there is none. */
  readonly origin: string | undefined;
  /** Whether the connection is encrypted. */
  readonly secure: boolean;
  readonly req: UpgradeRequest;
}

export type VerifyCallback = (
  verified: boolean,
  code?: number,
  message?: string,
  headers?: Readonly<Record<string, string | readonly string[]>>,
) => void;

/** With two parameters it calls the second one back, whatever it returns; with one it returns a boolean or a promise of one. */
export type VerifyClient = (info: VerifyInfo, callback: VerifyCallback) => unknown;

const MIB = 1024 * 1024;

/** All that follows from the options alone; what needs the server's own hooks is in `hooks`. */
export function engineOptions(
  options: WebSocketServerOptions,
  hooks: Pick<AdmissionOptions, 'subprotocols' | 'policy' | 'answer' | 'rejected' | 'verify'>,
): ServerOptions {
  const { handshakeTimeout = 10_000, closeTimeout = 30_000, maxPinned = 256 * MIB, backlog, port = 0, host = '' } = options;
  const origins = originPolicy(options, options.port === undefined ? undefined : host);
  return {
    ...hooks,
    policy: (request, transport) => hooks.policy(request, transport) ?? origins(request),
    hosts: [host],
    port,
    backlog,
    dialects: dialectsOf(options.dialects),
    limits: limitsOf(options),
    tolerance: 'strict',
    headers: [],
    ...acceptedDeflate(options.perMessageDeflate),
    namesFlags: false,
    handshakeTimeout,
    closeTimeout,
    maxConnections: options.maxConnections ?? Infinity,
    budget: new PinnedBudget(maxPinned),
  };
}

function dialectsOf(dialects: WebSocketServerOptions['dialects']): readonly DialectName[] | undefined {
  if (dialects === undefined) return undefined;
  if (dialects === 'all') return ALL_DIALECTS;
  return dialects.flatMap((text) => {
    const name = dialectNamed(text);
    if (!name) throw new TypeError(`${JSON.stringify(text)} is no version of the WebSocket protocol`);
    // Both forms of version 8 are one.
    return name === 'hybi-08' || name === 'hybi-11' ? (['hybi-08', 'hybi-11'] as const) : [name];
  });
}

function limitsOf({ maxPayload, limits }: WebSocketServerOptions): Limits {
  if (maxPayload === undefined) return { ...SERVER_LIMITS, ...limits };
  const most = maxPayload > 0 ? maxPayload : Infinity;
  return { ...SERVER_LIMITS, maxMessage: most, maxFrame: most, ...limits };
}

/**
 * Throws a `TypeError` unless exactly one of `port`, `server` and `noServer` says where clients come from and functions are
 * functions, and a `RangeError` for a number of bytes that is none.
 */
export function checkOptions(options: WebSocketServerOptions): void {
  const { port, server, noServer, maxPayload, limits = {} } = options;
  const given = [port !== undefined, server !== undefined, noServer === true].filter(Boolean);
  if (given.length !== 1) throw new TypeError('exactly one of the options port, server and noServer must be given');
  for (const name of ['verifyClient', 'handleProtocols', 'observe'] as const) mustBeFunction(name, options[name]);
  mustBeSize('maxPayload', maxPayload);
  for (const [name, value] of Object.entries(limits)) mustBeSize(`limits.${name}`, value);
}
