import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { localAddressFor } from '../../src/transport/local-address.ts';
import { failureOf } from './observing.ts';

const wordsFor = (addresses: string[], from: string) => failureOf((async () => localAddressFor(addresses, from))());

test.each<[from: string | undefined, addresses: string[], pairs: [string, string | undefined][]]>([
  [
    undefined,
    ['::1', '127.0.0.1'],
    [
      ['::1', undefined],
      ['127.0.0.1', undefined],
    ],
  ],
  ['127.0.0.9', ['::1', '127.0.0.1'], [['127.0.0.1', '127.0.0.9']]],
  ['::1', ['::1', '127.0.0.1'], [['::1', '::1']]],
  ['lo', ['127.0.0.1'], [['127.0.0.1', '127.0.0.1']]],
])('from %s to %j', (from, addresses, pairs) => {
  expect(localAddressFor(addresses, from).map((way) => [way.address, way.from])).toEqual(pairs);
});

test('an interface that is not there', async () => {
  const error = await wordsFor(['127.0.0.1'], 'nope0');
  expect([error.hop, error.code, error.message]).toEqual(['tcp', 'ENODEV', 'there is no interface nope0 that is up']);
  expect(error.hint).toBe(`one of this machine's: ${Object.keys(networkInterfaces()).join(', ')}`);
});

test('an address of the other family', async () => {
  const error = await wordsFor(['127.0.0.1', '127.0.0.2'], '::1');
  expect([error.message, error.hint]).toEqual([
    '::1 cannot reach 127.0.0.1, 127.0.0.2: one is IPv4, the other IPv6',
    '-6, or another interface',
  ]);
});
