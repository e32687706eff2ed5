import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { RequestHead } from '../protocol/http/head.ts';

/**
 * The opening request as listeners of `connection` get it: Node's own `IncomingMessage` where an HTTP server read it, and
 * an object of the same shape where we did.
 */
export type UpgradeRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'rawHeaders' | 'httpVersion'> & {
  /** The connection: `remoteAddress`, `remotePort`, `encrypted` and the like. What arrives on it is not for reading. */
  readonly socket: Socket;
};

/** A request that we read ourselves. Its `headers` are put together when first asked for. */
class ReadRequest implements UpgradeRequest {
  readonly socket: Socket;
  readonly #head: RequestHead;
  #headers: IncomingHttpHeaders | undefined;

  constructor(head: RequestHead, socket: Duplex) {
    this.#head = head;
    this.socket = socket as Socket;
  }

  get method(): string {
    return this.#head.method;
  }

  get url(): string {
    return this.#head.target;
  }

  get httpVersion(): string {
    return this.#head.version.slice('HTTP/'.length);
  }

  /** Names and values in turn, as on the wire. */
  get rawHeaders(): string[] {
    return this.#head.fields.flatMap(({ name, value }) => [name, value]);
  }

  /** By name in lower case; of repeated ones as Node's HTTP parser joins them. */
  get headers(): IncomingHttpHeaders {
    this.#headers ??= joined(this.#head);
    return this.#headers;
  }
}

function joined({ fields }: RequestHead): IncomingHttpHeaders {
  const headers: Record<string, string | string[]> = Object.create(null);
  for (const { name, value } of fields) {
    const key = name.toLowerCase();
    const before = headers[key];
    if (key === 'set-cookie') headers[key] = [...(before ?? []), value];
    else if (before === undefined) headers[key] = value;
    else if (!ONCE.has(key)) headers[key] = `${before}${key === 'cookie' ? '; ' : ', '}${value}`;
  }
  return headers;
}

/** Fields of which the first one counts. */
const ONCE: ReadonlySet<string> = new Set([
  ...['age', 'authorization', 'content-length', 'content-type', 'etag', 'expires', 'from', 'host', 'if-modified-since'],
  ...['if-unmodified-since', 'last-modified', 'location', 'max-forwards', 'proxy-authorization', 'referer', 'retry-after'],
  ...['server', 'user-agent'],
]);

/** What an HTTP server read, as a head. */
export function headOf(request: UpgradeRequest): RequestHead {
  const { method = 'GET', url = '/', httpVersion, rawHeaders } = request;
  const fields = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    fields.push({ name: rawHeaders[at] as string, value: rawHeaders[at + 1] as string });
  }
  const head: Known = { kind: 'request', method, target: url, version: `HTTP/${httpVersion}`, fields, [REQUEST]: request };
  return head;
}

/** What listeners get for a head: one and the same object, so that what one of them puts there the next one finds. */
export function requestOf(head: Known, socket: Duplex): UpgradeRequest {
  head[REQUEST] ??= new ReadRequest(head, socket);
  return head[REQUEST];
}

/** Kept with the head itself: a map beside it would be work for the collector at every handshake. */
const REQUEST = Symbol('request');
type Known = RequestHead & { [REQUEST]?: UpgradeRequest };
