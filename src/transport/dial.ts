import type { Duplex } from 'node:stream';
import type { HopName } from '../session/event.ts';
import { detoured, resolve } from './resolve.ts';
import { type ProxyServer, RouteError, type RouteObserver, type Target, type TlsChoice } from './route.ts';
import { SocketTransport } from './socket.ts';
import { connectTcp } from './tcp.ts';
import type { Transport } from './transport.ts';

/**
 * The way to a server, hop by hop: a connection (to the proxy where there is one), TLS to the proxy, a tunnel through it, TLS
 * to the server. Each hop is told as it is taken; the one that fails says so, and nothing stays open behind it.
 */
export interface Dialing {
  /** Rejects with `RouteError`. */
  readonly transport: Promise<Transport>;
  /** Gives up; `transport` rejects or its result is destroyed. */
  abort(): void;
}

/** `variables`: the environment, for where certificates are kept. */
export function dial(target: Target, variables: Readonly<Record<string, string | undefined>>, observer: RouteObserver): Dialing {
  const giveUp = new AbortController();
  const { signal } = giveUp;
  const whole = (async (): Promise<Transport> => {
    const proxy = proxyOf(target);
    const steps = await stepsOf(target, proxy, variables, observer, signal);
    let stream = await takeHop(connectFirst(target, observer, signal), signal);
    for (const step of steps) stream = await takeHop(step(stream), signal);
    mustLive(stream, target.tls ? 'tls' : proxy ? 'proxy' : 'tcp');
    return new SocketTransport(stream);
  })();
  return { transport: whole, abort: () => giveUp.abort() };
}

/** A hop over an open stream; it says when it begins. */
type Step = (stream: Duplex) => Promise<Duplex>;

/**
 * What follows on the first connection. All that takes time of our own, modules and certificates, is had before the first hop
 * begins, so that the time of a hop is the network's and the peer's.
 */
async function stepsOf(
  target: Target,
  proxy: ProxyServer | undefined,
  variables: Readonly<Record<string, string | undefined>>,
  observer: RouteObserver,
  signal: AbortSignal,
): Promise<readonly Step[]> {
  if (!target.tls && !proxy) return [];
  return Promise.all([
    ...(proxy?.tls ? [secureStep('proxy-tls', proxy.tls, variables, observer)] : []),
    ...(proxy && proxy.tunnels !== false ? [tunnelStep(target, proxy, observer, signal)] : []),
    ...(target.tls ? [secureStep('tls', target.tls, variables, observer)] : []),
  ]);
}

/** Waits for a hop; its stream is ended as soon as the route is given up, and that fails whatever builds on it. */
async function takeHop<Stream extends Duplex>(hop: Promise<Stream>, signal: AbortSignal): Promise<Stream> {
  const stream = await hop;
  // It may break before the next hop listens; that one sees that it is gone.
  stream.on('error', () => undefined);
  if (signal.aborted) stream.destroy();
  else signal.addEventListener('abort', () => stream.destroy(), { once: true });
  return stream;
}

function mustLive(stream: Duplex, hop: HopName): void {
  if (!stream.destroyed) return;
  const hint = hop === 'proxy' || hop === 'proxy-tls' ? "check the proxy's address and port" : undefined;
  throw new RouteError(hop, 'ECONNRESET', 'the connection was broken off at once', hint);
}

async function secureStep(
  hop: 'tls' | 'proxy-tls',
  choice: TlsChoice,
  variables: Readonly<Record<string, string | undefined>>,
  observer: RouteObserver,
): Promise<Step> {
  const [{ startTls, tlsContext }, { trustedCertificates }] = await Promise.all([
    import('./tls/start.ts'),
    import('./tls/trust.ts'),
  ]);
  const context = tlsContext(choice, trustedCertificates(variables, choice.extraCa), hop);
  return async (stream) => {
    mustLive(stream, hop);
    return startTls(stream, choice, context, observer, hop);
  };
}

/** A Unix socket is the server's own door: no proxy stands before it. */
function proxyOf({ proxy, road }: Target): ProxyServer | undefined {
  return road?.unixSocket === undefined ? proxy : undefined;
}

/** To the proxy where there is one, else to the server. */
async function connectFirst(target: Target, observer: RouteObserver, signal: AbortSignal): Promise<Duplex> {
  const { proxy, road = {} } = target;
  if (road.unixSocket !== undefined) {
    const { connectUnix } = await import('./unix.ts');
    return connectUnix(road.unixSocket, observer, signal);
  }
  // A proxy is gone to as it was named: detours are for servers.
  const { host, port } = proxy ?? detoured(target, road);
  try {
    const addresses = await resolve(host, port, road, observer, signal);
    return await connectTcp(addresses, port, road, observer, signal);
  } catch (error) {
    throw proxy && RouteError.is(error) ? ofProxy(error, proxy) : error;
  }
}

/** Says that it was the proxy that was not reached, and who named it. */
function ofProxy({ hop, code, message }: RouteError, { origin }: ProxyServer): RouteError {
  const what = hop === 'dns' ? 'name' : 'address';
  const words = `${message}; that is the ${what} of the proxy (from ${origin})`;
  return new RouteError(hop, code, words, 'another --proxy, or --no-proxy to go without it');
}

async function tunnelStep(target: Target, proxy: ProxyServer, observer: RouteObserver, signal: AbortSignal): Promise<Step> {
  const { tunnelBy } = await import('./proxy/open-tunnel.ts');
  const openTunnel = await tunnelBy(proxy.scheme);
  return async (stream) => {
    const place = await tunnelEnd(target, proxy, observer, signal);
    mustLive(stream, 'proxy');
    return openTunnel(stream, place, proxy, observer);
  };
}

/** What a proxy is asked for. Those of SOCKS that take addresses only are given one; the others look names up themselves. */
async function tunnelEnd(target: Target, proxy: ProxyServer, observer: RouteObserver, signal: AbortSignal) {
  const { road = {} } = target;
  const place = detoured(target, road);
  const isLocal = proxy.scheme === 'socks4' || proxy.scheme === 'socks5';
  if (!isLocal) return place;
  const family = proxy.scheme === 'socks4' ? 4 : road.family;
  const [address] = await resolve(place.host, place.port, { ...road, family }, observer, signal);
  if (address === undefined) throw new RouteError('dns', 'ENODATA', `${place.host} has no address`);
  return { host: address, port: place.port };
}
