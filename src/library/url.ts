import { isToken } from '../protocol/http/parameter-list.ts';

/** The first steps of both constructors: which URL, and which subprotocols (WebSockets Standard §3.1). */

const SCHEMES: ReadonlyMap<string, string> = new Map([
  ['http:', 'ws:'],
  ['https:', 'wss:'],
]);

/** `url`: made a string as Web IDL does. Throws a `SyntaxError` DOMException for what is no WebSocket URL. */
export function parseUrl(url: unknown): URL {
  return webSocketUrl(`${url as string}`);
}

/** The serialized origin of the page, where there is a page or something that stands for one: `null` for an opaque one. */
export function pageOrigin(): string | undefined {
  const base = baseUrl();
  return base === undefined || !URL.canParse(base) ? undefined : new URL(base).origin;
}

function webSocketUrl(text: string): URL {
  const url = tryParse(text);
  if (!url) throw new DOMException(`${quoted(text)} is not a URL: write ws://HOST[:PORT]/PATH or wss://…`, 'SyntaxError');
  url.protocol = SCHEMES.get(url.protocol) ?? url.protocol;
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new DOMException(`the scheme of ${quoted(text)} is not ws, wss, http or https`, 'SyntaxError');
  }
  // "If urlRecord's fragment is non-null": an empty one counts too, and only the whole URL shows it.
  if (url.href.includes('#')) throw new DOMException(`a WebSocket URL has no fragment: ${quoted(text)}`, 'SyntaxError');
  return url;
}

function tryParse(text: string): URL | undefined {
  const base = baseUrl();
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}

/** The API base URL. */
function baseUrl(): string | undefined {
  const { location } = globalThis as { readonly location?: { readonly href?: unknown } };
  return typeof location?.href === 'string' ? location.href : undefined;
}

/**
 * A constructor's argument as Web IDL's `(DOMString or sequence<DOMString>)`. Throws a `TypeError` for what cannot be made a
 * string.
 */
export function subprotocolNames(argument: unknown): string[] {
  return isIterable(argument) ? nameList(argument) : [`${argument as string}`];
}

/** As `sequence<DOMString>`. Throws a `TypeError` for what is no list. */
export function subprotocolList(argument: unknown): string[] {
  if (!isIterable(argument)) throw new TypeError('protocols is a list of names');
  return nameList(argument);
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return ((typeof value === 'object' && value !== null) || typeof value === 'function') && Symbol.iterator in value;
}

function nameList(list: Iterable<unknown>): string[] {
  return Array.from(list, (name) => `${name as string}`);
}

/** The names. Throws a `SyntaxError` DOMException for one that is none, and for one that comes twice. */
export function checkedSubprotocols(names: readonly string[]): readonly string[] {
  const wrong = names.find((name) => !isToken(name));
  if (wrong !== undefined) throw new DOMException(`${quoted(wrong)} is not the name of a subprotocol`, 'SyntaxError');
  const folded = new Set(names.map((name) => name.toLowerCase()));
  if (folded.size < names.length) throw new DOMException('a subprotocol is asked for twice', 'SyntaxError');
  return names;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
