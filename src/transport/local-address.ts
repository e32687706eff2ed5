import { networkInterfaces } from 'node:os';
import { familyOf } from './address-family.ts';
import { RouteError } from './route.ts';

/** An address, and the one of this machine that we come from, if that matters. */
export interface Way {
  readonly address: string;
  readonly from: string | undefined;
}

/**
 * Pairs every address with the one of this machine that the connection shall come from. An interface stands for its
 * addresses: binding to the interface itself (SO_BINDTODEVICE) is not to be had from Node, so where routes say
 * otherwise the packets may still leave by another one.
 */
export function localAddressFor(addresses: readonly string[], from: string | undefined): readonly Way[] {
  if (from === undefined) return addresses.map((address) => ({ address, from }));
  const locals = familyOf(from) ? [from] : addressesOf(from);
  const ways = addresses.flatMap((address) => {
    const local = locals.find((one) => familyOf(one) === familyOf(address));
    return local === undefined ? [] : [{ address, from: local }];
  });
  if (ways.length > 0) return ways;
  const family = familyOf(addresses[0] ?? '') === 6 ? 'IPv6' : 'IPv4';
  throw new RouteError(
    'tcp',
    'EADDRFAMILY',
    familyOf(from)
      ? `${from} cannot reach ${addresses.join(', ')}: one is IPv4, the other IPv6`
      : `${from} has no ${family} address`,
    `-${family === 'IPv6' ? 4 : 6}, or another interface`,
  );
}

function addressesOf(name: string): string[] {
  const all = networkInterfaces();
  const found = all[name];
  if (!found) {
    const known = Object.keys(all).join(', ');
    throw new RouteError('tcp', 'ENODEV', `there is no interface ${name} that is up`, `one of this machine's: ${known}`);
  }
  return found.map(({ address, scopeid }) => (scopeid ? `${address}%${name}` : address));
}
