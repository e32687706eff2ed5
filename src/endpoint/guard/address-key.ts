import { isIPv6 } from 'node:net';

/**
 * Whom an address stands for, where clients are counted: one IPv4 address, or the first 64 bits of an IPv6 one, since whoever
 * has one of those has them all. Addresses of this machine and of its link stand for themselves. `remote`: `127.0.0.1:80`,
 * `[::1]:80`. Empty where it is no address: nobody is counted by a Unix socket.
 */
export function addressKey(remote: string): string {
  const [, sixth, fourth] = /^(?:\[([^\]]*)\]|(\d{1,3}(?:\.\d{1,3}){3})):\d+$/.exec(remote) ?? [];
  if (sixth === undefined) return fourth ?? '';
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(sixth);
  if (mapped) return mapped[1] ?? '';
  const [address = ''] = sixth.split('%');
  if (!isIPv6(address)) return '';
  const groups = groupsOf(address);
  const isOwn = groups.slice(0, 4).every((group) => group === 0);
  const isOfLink = ((groups[0] ?? 0) & 0xffc0) === 0xfe80;
  if (isOwn || isOfLink) return address.toLowerCase();
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(':')}::/64`;
}

/** Eight numbers of 16 bits. */
function groupsOf(address: string): number[] {
  const [front = [], back] = address.split('::').map((half) => half.split(':').filter(Boolean).flatMap(numbersOf));
  if (!back) return front;
  return [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back];
}

function numbersOf(group: string): number[] {
  if (!group.includes('.')) return [Number.parseInt(group, 16)];
  const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
}
