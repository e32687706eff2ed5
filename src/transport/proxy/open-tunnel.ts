import type { Duplex } from 'node:stream';
import type { ProxyServer, RouteObserver } from '../route.ts';

/**
 * Asks a proxy, over an open socket to it, for a tunnel to `target`. Gives the stream whose bytes are the target's own from
 * the first on; rejects with `RouteError` of hop `proxy`, and then the socket is destroyed.
 */
export type OpenTunnel = (
  socket: Duplex,
  target: { readonly host: string; readonly port: number },
  proxy: ProxyServer,
  observer: RouteObserver,
) => Promise<Duplex>;

/** How proxies of this kind are asked. */
export async function tunnelBy(scheme: ProxyServer['scheme']): Promise<OpenTunnel> {
  if (scheme === 'http' || scheme === 'https') return (await import('./http.ts')).openHttpTunnel;
  return (await import('./socks.ts')).openSocksTunnel;
}
