import { expect, test } from 'vitest';
import { addressKey } from '../../../src/endpoint/guard/address-key.ts';

test.each<[remote: string, key: string, why: string]>([
  ['192.0.2.7:4711', '192.0.2.7', 'an address of IPv4 is one client'],
  ['[::ffff:192.0.2.7]:4711', '192.0.2.7', 'as a socket of both versions writes it'],
  ['[2001:db8:1:2:3:4:5:6]:80', '2001:db8:1:2::/64', 'of IPv6 the network'],
  ['[2001:DB8:1:2::9]:80', '2001:db8:1:2::/64', 'the same network, written otherwise'],
  ['[2001:db8::1]:80', '2001:db8:0:0::/64', 'with zeroes left out'],
  ['[2001:db8:1:2:ffff::192.0.2.7]:80', '2001:db8:1:2::/64', 'with an IPv4 address in it'],
  ['[::1]:80', '::1', 'this machine is itself'],
  ['[fe80::1%eth0]:80', 'fe80::1', 'a neighbour on the link is itself'],
  ['[fe80::2%eth0]:80', 'fe80::2', 'and not the next one'],
  ['[::]:80', '::', 'whatever that is'],
  ['unix:/run/a', '', 'nobody is counted by a Unix socket'],
  ['unix:handed down', '', 'nor by one that was handed down'],
  [':0', '', 'nor who is gone already'],
  ['undefined:undefined', '', 'nor what is no address'],
  ['[zz::]:80', '', 'nor what looks like one'],
])('%s: %s, %s', (remote, key) => {
  expect(addressKey(remote)).toBe(key);
});
