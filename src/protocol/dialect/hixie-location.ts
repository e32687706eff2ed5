/** The address that servers of hixie-75 to hybi-03 echo, as the client rebuilds it. */
import { firstValue, type RequestHead } from '../http/head.ts';

/** `ws://host[:port]/resource`: host in lower case, the usual port left out. */
export function locationOf(request: RequestHead, secure: boolean): string {
  const host = firstValue(request, 'Host') ?? '';
  return `${secure ? 'wss' : 'ws'}://${withoutUsualPort(host.toLowerCase(), secure)}${request.target}`;
}

export function withoutUsualPort(host: string, secure: boolean): string {
  return host.replace(secure ? /:443$/ : /:80$/, '');
}

/** What differs between the location that was expected and the one that came, as a sentence; both may quote the peer. */
export function locationDifference(expected: string, actual: string): string {
  const [wanted, got] = [parse(expected), parse(actual)];
  if (!wanted || !got) return 'It is not a ws: or wss: URL.';
  if (wanted.protocol !== got.protocol) return 'A server behind a TLS proxy often does not know whether it is ws or wss.';
  if (wanted.hostname !== got.hostname) return 'The server gives itself another name than it was asked by; browsers refuse that.';
  if (wanted.port !== got.port) return 'The port differs: it is left out where it is 80 (ws) or 443 (wss), and only there.';
  return 'The path or the query differs; browsers refuse that.';
}

interface Parts {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
}

/** By its text: to a URL the usual port and none are the same, and here they are not. */
function parse(text: string): Parts | undefined {
  const [, protocol, host] = /^(wss?):\/\/([^/?#]+)/i.exec(text) ?? [];
  if (protocol === undefined || host === undefined) return undefined;
  const port = /:([0-9]*)$/.exec(host)?.[1];
  const hostname = port === undefined ? host : host.slice(0, -port.length - 1);
  return { protocol: protocol.toLowerCase(), hostname: hostname.toLowerCase(), port: port ?? '' };
}
