import { BlockList } from 'node:net';
import { familyOf } from '../address-family.ts';

/** Which proxy the environment names for a server, in curl's order, and what stands against it; this machine is no exception. */
export type ProxyChoice =
  /** `url` as written, and where: `--proxy`, `https_proxy`. */
  | { readonly url: string; readonly origin: string }
  /** `why`: a phrase, where a proxy was near. */
  | { readonly url: undefined; readonly why: string | undefined };

export interface Server {
  /** IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** wss rather than ws. */
  readonly secure: boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** HTTP_PROXY in capitals is not among them: a CGI server fills it from a request's field `Proxy`. */
const FOR_WSS = ['wss_proxy', 'WSS_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
const FOR_WS = ['ws_proxy', 'WS_PROXY', 'http_proxy', 'all_proxy', 'ALL_PROXY'];

/** `noProxy`: a list in place of that in `no_proxy` or `NO_PROXY`. */
export function environmentProxy(server: Server, variables: Variables, noProxy?: string): ProxyChoice {
  const origin = (server.secure ? FOR_WSS : FOR_WS).find((name) => isSet(variables[name]));
  if (origin === undefined) {
    const capitals = !server.secure && isSet(variables.HTTP_PROXY);
    return { url: undefined, why: capitals ? 'HTTP_PROXY is not looked at, only http_proxy' : undefined };
  }
  const against = exception(server, noProxy === undefined ? listOf(variables) : { name: '--no-proxy', list: noProxy });
  if (against !== undefined) return { url: undefined, why: `${against}, so ${origin} does not apply` };
  return { url: variables[origin] ?? '', origin };
}

const isSet = (value: string | undefined) => value !== undefined && value !== '';

function listOf(variables: Variables): NamedList | undefined {
  const name = ['no_proxy', 'NO_PROXY'].find((one) => isSet(variables[one]));
  return name === undefined ? undefined : { name, list: variables[name] ?? '' };
}

interface NamedList {
  readonly name: string;
  readonly list: string;
}

/** Which entry of the list is for this server, in words; `undefined` where none is. */
export function exception(server: Pick<Server, 'host' | 'port'>, named: NamedList | undefined): string | undefined {
  const entry = named?.list.split(/[\s,]+/).find((one) => one !== '' && covers(one, server));
  if (entry === undefined) return undefined;
  return named?.name === '--no-proxy' && entry === '*' ? '--no-proxy was given' : `${named?.name} has ${entry}`;
}

/** `*`; a name and all below it, with or without a dot in front; an address; a range `10.0.0.0/8`; each may end in `:PORT`. */
function covers(entry: string, { host, port }: Pick<Server, 'host' | 'port'>): boolean {
  if (entry === '*') return true;
  const [place, onlyPort] = parted(entry);
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const wanted = host.toLowerCase().replace(/%.*$/, '').replace(/\.$/, '');
  if (familyOf(wanted)) return coversAddress(place, wanted);
  const name = place
    .toLowerCase()
    .replace(/^\*?\./, '')
    .replace(/\.$/, '');
  // A label is whole or it is another: `example.com` is not in `badexample.com`.
  return name !== '' && (wanted === name || wanted.endsWith(`.${name}`));
}

function parted(entry: string): [place: string, port: number | undefined] {
  if (familyOf(entry)) return [entry, undefined];
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\](?:\/\d+)?|([^:]*|.*\/\d+))(?::(\d+))?$/.exec(entry) ?? [];
  const prefix = /^\[[^\]]*\](\/\d+)/.exec(entry)?.[1] ?? '';
  return [bracketed === undefined ? (plain ?? entry) : bracketed + prefix, port === undefined ? undefined : Number(port)];
}

function coversAddress(place: string, address: string): boolean {
  const [network = '', prefix] = place.split('/', 2);
  const family = familyOf(network);
  if (family === 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return false;
  const bits = family === 6 ? 128 : 32;
  const length = prefix === undefined ? bits : Number(prefix);
  if (length > bits) return false;
  const list = new BlockList();
  list.addSubnet(network, length, family === 6 ? 'ipv6' : 'ipv4');
  return list.check(address, familyOf(address) === 6 ? 'ipv6' : 'ipv4');
}
