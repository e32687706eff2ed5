import { UsageError } from '../../cli/option.ts';

/**
 * URLs of servers behind Unix sockets. Nobody standardised them, so both ways of writing that are in use are taken:
 * `ws+unix:/path/to.sock:/request?query`, where a colon ends the path (npm's ws), and `ws+unix://%2Fpath%2Fto.sock/request`,
 * where the path is the host, percent-encoded. `@NAME` for the path is an abstract socket.
 */
export interface UnixUrl {
  /** The first form, in which everything can be written. */
  readonly url: string;
  readonly socket: string;
  readonly secure: boolean;
  /** Path and query. */
  readonly target: string;
}

/** `undefined` where the scheme is another. Throws `UsageError`. */
export function parseUnixUrl(text: string): UnixUrl | undefined {
  const match = /^(?:(ws|wss|http|https)\+)?unix:(.*)$/is.exec(text);
  // A host may be called unix; what `listen unix:PATH` takes is taken here too.
  if (match && match[1] === undefined && !/^[/.@]/.test(match[2] ?? '')) return undefined;
  if (!match) return undefined;
  const secure = /^(?:wss|https)$/i.test(match[1] ?? '');
  const { socket, target } = partsOf(match[2] ?? '', text);
  const path = targetOf(target, text);
  return { url: unixUrl(socket, path, secure), socket, secure, target: path };
}

function partsOf(rest: string, text: string): { socket: string; target: string } {
  const isHost = rest.startsWith('//') && !rest.startsWith('///');
  const match = isHost ? /^\/\/([^/?#]*)(.*)$/s.exec(rest) : /^(?:\/\/)?([^:?#]*)(?::(?=[/?#]|$))?(.*)$/s.exec(rest);
  const [, name = '', target = ''] = match ?? [];
  const socket = decoded(isHost ? name.replace(/:$/, '') : name);
  if (socket === undefined || socket === '' || socket.includes('\0') || (target !== '' && !/^[/?#]/.test(target))) {
    const quoted = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
    throw new UsageError(`${quoted} names no Unix socket: write ws+unix:/path/to.sock:/request, or --unix-socket PATH URL`);
  }
  return { socket, target };
}

/** As in any other URL: what is not allowed is percent-encoded. */
function targetOf(target: string, text: string): string {
  const url = new URL(target.startsWith('/') ? target : `/${target}`, 'ws://localhost');
  // "Fragment identifiers are meaningless in the context of WebSocket URIs and MUST NOT be used" (RFC 6455 §3).
  if (target.includes('#'))
    throw new UsageError(`${JSON.stringify(text)} has a fragment, and a WebSocket URL must not: write %23`);
  return `${url.pathname}${url.search}`;
}

function decoded(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

export function unixUrl(socket: string, target = '/', secure = false): string {
  return `${secure ? 'wss' : 'ws'}+unix:${encodeURI(socket).replace(/[:?#]/g, encodeURIComponent)}:${target}`;
}
