import type { Duplex } from 'node:stream';
import type { Refusal } from '../../protocol/tunnel/refusal.ts';
import { SocksDialogue } from '../../protocol/tunnel/socks.ts';
import { type ProxyServer, RouteError, type RouteObserver } from '../route.ts';

/** A tunnel through SOCKS 4, 4a or 5, as `OpenTunnel`. Whether a name is looked up here is decided before: then `host` is an address. */
export async function openSocksTunnel(
  socket: Duplex,
  { host, port }: { readonly host: string; readonly port: number },
  { scheme, credentials, origin }: ProxyServer,
  observer: RouteObserver,
): Promise<Duplex> {
  observer.begin('proxy');
  const version = scheme.startsWith('socks4') ? 4 : 5;
  const dialogue = new SocksDialogue({ version, host, port, credentials });
  const outcome = dialogue.unsayable ?? (await held(socket, dialogue));
  if (!(outcome instanceof Uint8Array)) {
    socket.on('error', () => undefined).destroy();
    throw new RouteError('proxy', outcome.code, outcome.message, outcome.hint);
  }
  observer.done('proxy', `${origin}: ${scheme.toUpperCase()}`);
  if (outcome.length > 0) socket.unshift(outcome);
  return socket;
}

/** The first bytes of the tunnel, or why there is none. The socket is paused then. */
function held(socket: Duplex, dialogue: SocksDialogue): Promise<Uint8Array | Refusal> {
  return new Promise((resolve) => {
    const finish = (outcome: Uint8Array | Refusal): void => {
      socket.pause();
      socket.off('data', take).off('end', over).off('close', over).off('error', over);
      resolve(outcome);
    };
    const take = (chunk: Buffer): void => {
      const step = dialogue.push(chunk);
      if (step.state === 'open') finish(step.rest);
      else if (step.state === 'refused') finish(step.refusal);
      else if (step.send.length > 0) socket.write(step.send);
    };
    const over = (): void => finish(dialogue.cutOff());
    socket.on('data', take).on('end', over).on('close', over).on('error', over);
    if (socket.destroyed) over();
    socket.write(dialogue.opening);
    socket.resume();
  });
}
