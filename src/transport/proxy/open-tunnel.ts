import type { Duplex } from 'node:stream';
import type { ProxyServer, RouteObserver } from '../route.ts';

/**
 * Asks a proxy, over an open socket to it, for a tunnel to `target`. Gives the stream whose bytes are the target's own from
 * the first on; rejects with `RouteError` of hop `proxy`, and then the socket is destroyed.
 */
export async function openTunnel(
  socket: Duplex,
  target: { readonly host: string; readonly port: number },
  proxy: ProxyServer,
  observer: RouteObserver,
): Promise<Duplex> {
  if (proxy.scheme === 'http' || proxy.scheme === 'https') {
    const { openHttpTunnel } = await import('./http.ts');
    return openHttpTunnel(socket, target, proxy, observer);
  }
  const { openSocksTunnel } = await import('./socks.ts');
  return openSocksTunnel(socket, target, proxy, observer);
}
