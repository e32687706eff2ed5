import { expect, test } from 'vitest';
import { networkWords, type SystemError } from '../../src/transport/network-words.ts';

const failed = (code: string, more: Partial<SystemError> = {}): SystemError => ({
  code,
  message: `connect ${code}`,
  address: '192.0.2.1',
  port: 80,
  ...more,
});

test.each<[error: SystemError, words: string, hint: string | undefined]>([
  [failed('ECONNREFUSED'), '192.0.2.1:80 refused the connection', undefined],
  [failed('ECONNRESET'), '192.0.2.1:80 broke the connection off', undefined],
  [failed('ETIMEDOUT'), '192.0.2.1:80 does not answer', undefined],
  [failed('EHOSTUNREACH', { address: '::1' }), 'there is no way to [::1]:80', undefined],
  [failed('ENETUNREACH'), 'there is no way to 192.0.2.1:80', undefined],
  [failed('ENETDOWN'), 'the network of 192.0.2.1:80 is down', undefined],
  [
    failed('EADDRNOTAVAIL', { from: '203.0.113.7' }),
    '203.0.113.7 is no address of this machine',
    'an address of this machine, or the name of an interface, for --interface',
  ],
  [failed('EAFNOSUPPORT', { address: '::1' }), 'this machine has no IPv6 to reach [::1]:80', 'the other family: -4'],
  [failed('EAFNOSUPPORT'), 'this machine has no IPv4 to reach 192.0.2.1:80', 'the other family: -6'],
  [
    failed('EINVAL', { address: 'fe80::1' }),
    'fe80::1 is a link-local address: it needs the interface that it is behind',
    '[fe80::1%INTERFACE], for example %eth0',
  ],
  [
    failed('EINVAL', { address: 'fe80::1%nope' }),
    'there is no interface nope to reach fe80::1 by',
    '[fe80::1%INTERFACE], for example %eth0',
  ],
  [failed('EINVAL'), '192.0.2.1:80 cannot be connected to: connect EINVAL', undefined],
  [failed('EACCES'), 'this machine does not let us connect to 192.0.2.1:80: a firewall rule, or a broadcast address', undefined],
  [failed('EWHATEVER'), '192.0.2.1:80: connect EWHATEVER', undefined],
])('%j', (error, words, hint) => {
  const { hop, code, message, hint: advice } = networkWords([error]);
  expect([hop, code, message, advice]).toEqual(['tcp', error.code, words, hint]);
});

test('several fail together: the first gives the code, all give words', () => {
  const { code, message } = networkWords([failed('ETIMEDOUT'), failed('ECONNREFUSED', { address: '::1' }), failed('ETIMEDOUT')]);
  expect([code, message]).toEqual(['ETIMEDOUT', '192.0.2.1:80 does not answer; [::1]:80 refused the connection']);
});
