import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detoured, inTurns, resolve } from '../../src/transport/resolve.ts';
import type { Detour, Road } from '../../src/transport/route.ts';
import { failureOf, never, Told } from './observing.ts';

describe('detours (--connect-to)', () => {
  const detour = (fromHost: string, fromPort: number | undefined, toHost: string, toPort: number | undefined): Detour => ({
    fromHost,
    fromPort,
    toHost,
    toPort,
  });
  test.each<[name: string, detours: Detour[], leadsTo: string]>([
    ['none', [], 'a.test:80'],
    ['the same host and port', [detour('a.test', 80, 'b.test', 81)], 'b.test:81'],
    ['whatever case, and a final dot', [detour('A.Test.', 80, 'b.test', 81)], 'b.test:81'],
    ['another host', [detour('c.test', 80, 'b.test', 81)], 'a.test:80'],
    ['another port', [detour('a.test', 443, 'b.test', 81)], 'a.test:80'],
    ['any host', [detour('', 80, 'b.test', 81)], 'b.test:81'],
    ['any port', [detour('a.test', undefined, 'b.test', 81)], 'b.test:81'],
    ['the host stays', [detour('a.test', 80, '', 81)], 'a.test:81'],
    ['the port stays', [detour('a.test', 80, 'b.test', undefined)], 'b.test:80'],
    ['the first that fits', [detour('', 443, 'x.test', 1), detour('', 80, 'b.test', 2), detour('', 80, 'c.test', 3)], 'b.test:2'],
  ])('%s', (_, connectTo, leadsTo) => {
    const { host, port } = detoured({ host: 'a.test', port: 80 }, { connectTo });
    expect(`${host}:${port}`).toBe(leadsTo);
  });
});

describe('addresses that were given (--resolve)', () => {
  const given = (host: string, port: number | undefined, ...addresses: string[]): Road => ({
    resolve: [{ host, port, addresses }],
  });
  test.each<[name: string, road: Road, addresses: string[]]>([
    ['name and port', given('a.test', 80, '192.0.2.1'), ['192.0.2.1']],
    ['any name', given('*', 80, '192.0.2.1'), ['192.0.2.1']],
    ['any port', given('A.TEST', undefined, '192.0.2.1'), ['192.0.2.1']],
    ['several, the families in turn', given('a.test', 80, '192.0.2.1', '192.0.2.2', '::1'), ['192.0.2.1', '::1', '192.0.2.2']],
    ['only of one family', { ...given('a.test', 80, '192.0.2.1', '::1'), family: 6 }, ['::1']],
  ])('%s', async (_, road, addresses) => {
    const told = new Told();
    expect(await resolve('a.test', 80, road, told, never)).toEqual(addresses);
    expect(told.lines).toEqual(['begin dns', `done dns: ${addresses.join(', ')} (--resolve)`]);
  });

  test('another port is not meant', async () => {
    const told = new Told();
    expect(await resolve('127.0.0.1', 80, given('127.0.0.1', 443, '192.0.2.1'), told, never)).toEqual(['127.0.0.1']);
    expect(told.lines).toEqual([]);
  });
});

test('a name is a hop, with every address', async () => {
  const told = new Told();
  const addresses = await resolve('localhost', 80, {}, told, never);
  expect(addresses).toContain('127.0.0.1');
  expect(told.lines).toEqual(['begin dns', `done dns: ${addresses.join(', ')}`]);
});

test.each(['127.0.0.1', '::1', 'fe80::1%lo'])('%s needs no looking up', async (address) => {
  const told = new Told();
  expect(await resolve(address, 80, {}, told, never)).toEqual([address]);
  expect(told.lines).toEqual([]);
});

describe('no address, in words', () => {
  test.each<[host: string, road: Road, code: string, words: string, hint: string]>([
    [
      'nobody.invalid',
      {},
      'ENOTFOUND',
      'nobody knows the name nobody.invalid',
      'the spelling, or the address itself: --resolve nobody.invalid:8080:ADDRESS',
    ],
    [
      '127.0.0.1',
      { family: 6 },
      'EADDRFAMILY',
      '127.0.0.1 is an IPv4 address, and only IPv6 is wanted',
      'without -6, or with -4',
    ],
    ['::1', { family: 4 }, 'EADDRFAMILY', '::1 is an IPv6 address, and only IPv4 is wanted', 'without -4, or with -6'],
    [
      'a.test',
      { family: 6, resolve: [{ host: 'a.test', port: undefined, addresses: ['192.0.2.1', '192.0.2.2'] }] },
      'EADDRFAMILY',
      'a.test has no IPv6 address, only 192.0.2.1, 192.0.2.2',
      'without -6, or with -4',
    ],
  ])('%s %j', async (host, road, code, words, hint) => {
    const error = await failureOf(resolve(host, 8080, road, new Told(), never));
    expect([error.hop, error.code, error.message, error.hint]).toEqual(['dns', code, words, hint]);
  });

  test('given up', async () => {
    const giveUp = new AbortController();
    const pending = failureOf(resolve('localhost', 80, {}, new Told(), giveUp.signal));
    giveUp.abort();
    expect((await pending).hop).toBe('dns');
  });
});

/** RFC 8305 §4. */
describe('the families in turn', () => {
  test.each([
    [[], []],
    [['a4'], ['a4']],
    [
      ['::a', '::b', '4.0.0.1'],
      ['::a', '4.0.0.1', '::b'],
    ],
    [
      ['4.0.0.1', '4.0.0.2', '::a'],
      ['4.0.0.1', '::a', '4.0.0.2'],
    ],
  ])('%j', (addresses, order) => {
    expect(inTurns(addresses)).toEqual(order);
  });

  test('none is lost, and each family keeps its order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.oneof(fc.ipV4(), fc.ipV6())), (addresses) => {
        const order = inTurns(addresses);
        expect(order.filter(isIPv6)).toEqual(addresses.filter((one) => isIPv6(one)));
        expect(order.filter((one) => !isIPv6(one))).toEqual(addresses.filter((one) => !isIPv6(one)));
        expect(order[0]).toBe(addresses[0]);
      }),
    );
  });
});
