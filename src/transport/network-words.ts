import { familyOf } from './address-family.ts';
import { RouteError } from './route.ts';

/** What the system says about a connection that could not be made, in words and with advice. */
export interface SystemError {
  readonly code?: string | undefined;
  readonly message: string;
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  /** The address of ours that was to be used. */
  readonly from?: string | undefined;
}

/** Several addresses fail together, each with its own words. */
export function networkWords(errors: readonly SystemError[]): RouteError {
  const [first] = errors;
  const code = first?.code ?? 'ERROR';
  const message = [...new Set(errors.map(words))].join('; ');
  return new RouteError('tcp', code, message, first && adviceFor(first));
}

function words({ code, message, address = '', port = 0, from = '' }: SystemError): string {
  const where = familyOf(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
  switch (code) {
    case 'ECONNREFUSED':
      return `${where} refused the connection`;
    case 'ECONNRESET':
      return `${where} broke the connection off`;
    case 'ETIMEDOUT':
      return `${where} does not answer`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `there is no way to ${where}`;
    case 'EHOSTDOWN':
    case 'ENETDOWN':
      return `the network of ${where} is down`;
    case 'EADDRNOTAVAIL':
      return from === '' ? `there is no way to ${where} from this machine` : `${from} is no address of this machine`;
    case 'EAFNOSUPPORT':
      return `this machine has no ${familyOf(address) === 6 ? 'IPv6' : 'IPv4'} to reach ${where}`;
    case 'EINVAL':
      return isLinkLocal(address) ? zoneWords(address) : `${where} cannot be connected to: ${message}`;
    case 'EACCES':
    case 'EPERM':
      return `this machine does not let us connect to ${where}: a firewall rule, or a broadcast address`;
    default:
      return `${where}: ${message}`;
  }
}

const isLinkLocal = (address: string) => /^fe[89ab][0-9a-f]:/i.test(address);

function zoneWords(address: string): string {
  const [bare, zone] = address.split('%');
  return zone === undefined
    ? `${bare} is a link-local address: it needs the interface that it is behind`
    : `there is no interface ${zone} to reach ${bare} by`;
}

function adviceFor({ code, address = '' }: SystemError): string | undefined {
  switch (code) {
    case 'EINVAL':
      return isLinkLocal(address) ? `[${address.split('%')[0]}%INTERFACE], for example %eth0` : undefined;
    case 'EADDRNOTAVAIL':
      return 'an address of this machine, or the name of an interface, for --interface';
    case 'EAFNOSUPPORT':
      return `the other family: ${familyOf(address) === 6 ? '-4' : '-6'}`;
    default:
      return undefined;
  }
}
