import { isIPv4, isIPv6 } from 'node:net';

/**
 * 4 or 6 for an address, 0 for a name. As `isIP`, whose pattern for IPv6 takes milliseconds to get ready: it is only asked
 * about what has a colon.
 */
export function familyOf(host: string): 0 | 4 | 6 {
  if (host.includes(':')) return isIPv6(host) ? 6 : 0;
  return isIPv4(host) ? 4 : 0;
}
