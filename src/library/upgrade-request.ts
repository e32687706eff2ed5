import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { RequestHead } from '../protocol/http/head.ts';

/**
 * The opening request as listeners of `connection` get it: Node's own, from an HTTP server or made of what we read. `socket` is
 * the connection: `remoteAddress`, `encrypted` and the like; what arrives on it is not for reading.
 */
export type UpgradeRequest = IncomingMessage;

/** A request that we read ourselves. */
class ReadRequest extends IncomingMessage {
  constructor({ method, target, version, fields }: RequestHead, socket: Duplex) {
    super(socket as Socket);
    this.method = method;
    this.url = target;
    // `HTTP/1.1`: each number has one digit (RFC 9112 §2.3).
    this.httpVersion = version.slice(5);
    this.httpVersionMajor = version.charCodeAt(5) - 0x30;
    this.httpVersionMinor = version.charCodeAt(7) - 0x30;
    for (const { name, value } of fields) this.rawHeaders.push(name, value);
    this.complete = true;
  }

  /** It has no body. */
  override _read(): void {
    this.push(null);
  }
}

/** Put together when first asked for, as Node does. */
function define(name: 'headers' | 'headersDistinct', make: (rawHeaders: readonly string[]) => object): void {
  Object.defineProperty(ReadRequest.prototype, name, {
    configurable: true,
    get(this: ReadRequest) {
      const value = make(this.rawHeaders);
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
      return value;
    },
  });
}

define('headers', (rawHeaders) => {
  const headers: Record<string, string | string[]> = Object.create(null);
  for (const [key, value] of pairsOf(rawHeaders)) {
    const before = headers[key];
    if (key === 'set-cookie') headers[key] = [...(before ?? []), value];
    else if (before === undefined) headers[key] = value;
    else if (!ONCE.has(key)) headers[key] = `${before}${key === 'cookie' ? '; ' : ', '}${value}`;
  }
  return headers;
});

define('headersDistinct', (rawHeaders) => {
  const headers: Record<string, string[]> = Object.create(null);
  for (const [key, value] of pairsOf(rawHeaders)) headers[key] = [...(headers[key] ?? []), value];
  return headers;
});

/** Names in lower case, each with its value. */
function* pairsOf(rawHeaders: readonly string[]): Iterable<[name: string, value: string]> {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    yield [(rawHeaders[at] as string).toLowerCase(), rawHeaders[at + 1] as string];
  }
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
