import { isLoopbackName } from '../../protocol/handshake/origin.ts';

/** What stands between a server and those who can reach it. */
export interface Protection {
  /** Clients must say who they are, by password or token. */
  readonly asks: boolean;
  readonly tls: boolean;
  /** Clients must have a certificate. */
  readonly certificates: boolean;
}

/** Who can reach a server at this address besides this machine, and what protects it; `undefined` where nobody can. */
export function exposureOf(host: string, { asks, tls, certificates }: Protection): string | undefined {
  if (isLoopbackName(host)) return undefined;
  const where = host === '' || host === '0.0.0.0' || host === '::' ? `${host || '::'}, every address of this machine,` : host;
  const who = certificates
    ? 'clients must show a certificate'
    : asks
      ? `clients must say who they are${tls ? '' : ', readable on the way'}`
      : 'nobody is asked for a password (--auth)';
  const how = tls ? 'all is encrypted' : 'nothing is encrypted (--tls)';
  const mark = tls && (asks || certificates) ? '' : '! ';
  return `${mark}${where} can be reached from other machines; ${who}; ${how}`;
}
