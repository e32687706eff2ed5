import { lookup } from 'node:dns';
import { familyOf } from './address-family.ts';
import { type Resolution, type Road, RouteError, type RouteObserver } from './route.ts';

/** A name and a port → the addresses to try, in the order of trying. */

/** The server's place, or where `--connect-to` sends us in its stead: the first detour that fits is taken. */
export function detoured({ host, port }: Place, { connectTo = [] }: Road): Place {
  const detour = connectTo.find(
    ({ fromHost, fromPort }) => (fromHost === '' || sameName(fromHost, host)) && (fromPort === undefined || fromPort === port),
  );
  return detour ? { host: detour.toHost || host, port: detour.toPort ?? port } : { host, port };
}

export interface Place {
  /** A name or address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Rejects with `RouteError` of hop `dns`. An address is its own answer, and no hop. */
export async function resolve(
  host: string,
  port: number,
  road: Road,
  observer: RouteObserver,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const given = road.resolve?.find((one) => applies(one, host, port));
  if (!given && familyOf(host)) return ofFamily(host, [host], road.family);
  observer.begin('dns');
  const found = given?.addresses ?? (await namesakes({ host, port }, road.family, signal));
  const addresses = inTurns(ofFamily(host, found, road.family));
  observer.done('dns', addresses.join(', ') + (given ? ' (--resolve)' : ''), undefined, addresses);
  return addresses;
}

function applies({ host, port }: Resolution, wanted: string, wantedPort: number): boolean {
  return (host === '*' || sameName(host, wanted)) && (port === undefined || port === wantedPort);
}

/** Names are compared without regard to case, and a final dot says the same. */
function sameName(left: string, right: string): boolean {
  return plain(left) === plain(right);
}

const plain = (name: string) => name.toLowerCase().replace(/\.$/, '');

function ofFamily(host: string, addresses: readonly string[], family: Road['family']): readonly string[] {
  const fitting = family === undefined ? addresses : addresses.filter((address) => familyOf(address) === family);
  if (fitting.length > 0) return fitting;
  throw noneOfFamily(host, addresses, family ?? 4);
}

function noneOfFamily(host: string, others: readonly string[], family: 4 | 6): RouteError {
  const other = family === 4 ? 6 : 4;
  const message =
    others.length === 1 && others[0] === host
      ? `${host} is an IPv${other} address, and only IPv${family} is wanted`
      : `${host} has no IPv${family} address, only ${others.join(', ')}`;
  return new RouteError('dns', 'EADDRFAMILY', message, `without -${family}, or with -${other}`);
}

/**
 * What the system says, hosts file and all. A name without addresses of the wanted family is asked for the other, so that
 * it can be told from a name that nobody knows.
 */
async function namesakes({ host, port }: Place, family: Road['family'], signal: AbortSignal): Promise<readonly string[]> {
  try {
    return await ask(host, family ?? 0, signal);
  } catch (error) {
    const { code = 'ERROR', message } = error as NodeJS.ErrnoException;
    if (code === 'ENOTFOUND' && family !== undefined) {
      const others = await ask(host, 0, signal).catch(() => []);
      if (others.length > 0) throw noneOfFamily(host, others, family);
    }
    throw unknownName(host, port, code, message);
  }
}

function ask(host: string, family: 0 | 4 | 6, signal: AbortSignal): Promise<string[]> {
  return new Promise((found, failed) => {
    signal.addEventListener('abort', () => failed(Object.assign(new Error('given up'), { code: 'ABORT' })), { once: true });
    lookup(host, { all: true, family, verbatim: true }, (error, list) => {
      if (error) failed(error);
      else found([...new Set(list.map(({ address }) => address))]);
    });
  });
}

function unknownName(host: string, port: number, code: string, message: string): RouteError {
  switch (code) {
    case 'ENOTFOUND':
      return new RouteError(
        'dns',
        code,
        `nobody knows the name ${host}`,
        `the spelling, or the address itself: --resolve ${host}:${port}:ADDRESS`,
      );
    case 'EAI_AGAIN':
      return new RouteError(
        'dns',
        code,
        `no name server answers about ${host}`,
        `again, or the address itself: --resolve ${host}:${port}:ADDRESS`,
      );
    default:
      return new RouteError('dns', code, `${host} could not be looked up: ${message}`);
  }
}

/**
 * RFC 8305 §4: "the client SHOULD modify the ordered list to interleave address families. Whichever address family is first
 * in the list should be followed by an address of the other address family".
 */
export function inTurns(addresses: readonly string[]): readonly string[] {
  const [first = ''] = addresses;
  const ours = addresses.filter((address) => familyOf(address) === familyOf(first));
  const others = addresses.filter((address) => familyOf(address) !== familyOf(first));
  return Array.from({ length: Math.max(ours.length, others.length) }, (_, at) => [ours[at], others[at]])
    .flat()
    .filter((address) => address !== undefined);
}
