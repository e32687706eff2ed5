import { isToken } from '../protocol/http/parameter-list.ts';

/** The first steps of both constructors: which URL, and which subprotocols (WebSockets Standard §3.1). */

const SCHEMES: ReadonlyMap<string, string> = new Map([
  ['http:', 'ws:'],
  ['https:', 'wss:'],
]);

/** Throws a `SyntaxError` DOMException for what is no WebSocket URL. */
export function parseUrl(text: string): URL {
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
  // The API base URL, where there is a page, or something that stands for one.
  const { location } = globalThis as { readonly location?: { readonly href?: unknown } };
  const base = typeof location?.href === 'string' ? location.href : undefined;
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}

/** The subprotocols of a constructor's argument, a name or a list of names. Throws as `checkSubprotocols` does. */
export function subprotocolNames(argument: string | Iterable<string>): string[] {
  const isList = typeof argument === 'object' && argument !== null && Symbol.iterator in argument;
  const names = isList ? Array.from(argument, String) : [String(argument)];
  checkSubprotocols(names);
  return names;
}

/** Throws a `SyntaxError` DOMException for a name that is none, and for one that comes twice. */
function checkSubprotocols(names: readonly string[]): void {
  const wrong = names.find((name) => !isToken(name));
  if (wrong !== undefined) throw new DOMException(`${quoted(wrong)} is not the name of a subprotocol`, 'SyntaxError');
  const folded = new Set(names.map((name) => name.toLowerCase()));
  if (folded.size < names.length) throw new DOMException('a subprotocol is asked for twice', 'SyntaxError');
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
