import { isIP } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { familyOf } from '../../src/transport/address-family.ts';

test.each([
  ['127.0.0.1', 4],
  ['::1', 6],
  ['::ffff:127.0.0.1', 6],
  ['fe80::1%eth0', 6],
  ['localhost', 0],
  ['127.0.0.1.example', 0],
  ['1.2.3', 0],
  ['a:b', 0],
  ['', 0],
])('%s: %i', (host, family) => {
  expect(familyOf(host)).toBe(family);
});

test('it says of everything what Node says', () => {
  const hosts = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain(), fc.string({ unit: fc.constantFrom(...'0159af.:%[]') }));
  const same = fc.property(hosts, (host) => {
    expect(familyOf(host)).toBe(isIP(host));
  });
  fc.assert(same, { numRuns: 2000 });
});
