import { connect, isIP, type Socket } from 'node:net';
import { RouteError, type RouteObserver, type Target } from './route.ts';
import { SocketTransport } from './socket.ts';
import type { Transport } from './transport.ts';

/** Takes the hops to a target one by one and gives the transport at their end. */
export interface Dialing {
  /** Rejects with `RouteError`. */
  readonly transport: Promise<Transport>;
  /** Gives up; `transport` rejects or its result is destroyed. */
  abort(): void;
}

/** `variables`: the environment, for where certificates are kept. */
export function dial(target: Target, variables: Readonly<Record<string, string | undefined>>, observer: RouteObserver): Dialing {
  let current: Socket | undefined;
  let aborted = false;
  const connectAll = async (): Promise<Transport> => {
    current = await connectTcp(target, observer, (socket) => {
      current = socket;
    });
    if (target.tls) {
      const { startTls, trustedCertificates } = await import('./tls.ts');
      current = await startTls(current, target.tls, trustedCertificates(variables, target.tls.extraCa), observer);
    }
    if (aborted) current.destroy();
    return new SocketTransport(current);
  };
  const abort = () => {
    aborted = true;
    current?.destroy();
  };
  return { transport: connectAll(), abort };
}

function connectTcp(target: Target, observer: RouteObserver, opened: (socket: Socket) => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { host, port } = target;
    let hop: 'dns' | 'tcp' = isIP(host) ? 'tcp' : 'dns';
    const addresses: string[] = [];
    observer.begin(hop);
    // A host with several addresses is tried at all of them, the families in turn (RFC 8305).
    const socket = connect({ host, port, autoSelectFamily: true });
    opened(socket);
    const failed = (error: SystemError) => {
      const [code, message] = reasonOf(error, host);
      reject(new RouteError(hop, code, message));
    };
    const closed = () => reject(new RouteError(hop, 'ECONNABORTED', 'the connection was given up'));
    socket.on('lookup', (error, address) => {
      if (error || hop !== 'dns') return;
      addresses.push(address);
    });
    socket.once('connectionAttempt', () => {
      if (hop === 'tcp') return;
      observer.done('dns', [...new Set(addresses)].join(', '));
      hop = 'tcp';
      observer.begin('tcp');
    });
    socket.once('error', failed);
    socket.once('close', closed);
    socket.once('connect', () => {
      socket.off('error', failed);
      socket.off('close', closed);
      if (hop === 'dns') {
        observer.done('dns', socket.remoteAddress ?? '');
        observer.begin('tcp');
      }
      const { remoteAddress = '', remotePort = port, remoteFamily } = socket;
      observer.done('tcp', remoteFamily === 'IPv6' ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`);
      resolve(socket);
    });
  });
}

/** The system's error in words; several addresses fail together, each with its own. */
function reasonOf(error: SystemError, host: string): [code: string, words: string] {
  const each = error.errors ?? [error];
  const code = error.code || (each[0]?.code ?? 'ERROR');
  return [code, [...new Set(each.map((one) => wordsFor(one, host)))].join('; ')];
}

function wordsFor({ code, message, address, port }: SystemError, host: string): string {
  const where = address === undefined ? host : `${address.includes(':') ? `[${address}]` : address}:${port}`;
  switch (code) {
    case 'ECONNREFUSED':
      return `${where} refused the connection`;
    case 'ENOTFOUND':
      return `nobody knows the name ${host}`;
    case 'EAI_AGAIN':
      return `no name server answers about ${host}`;
    case 'ETIMEDOUT':
      return `${where} does not answer`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `there is no way to ${where}`;
    default:
      return message;
  }
}

interface SystemError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly port?: number;
  /** Of a host with several addresses, one an address. */
  readonly errors?: readonly SystemError[];
}
