import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkRequest } from '../../../src/protocol/handshake/check-request.ts';
import { isPlainRequest } from '../../../src/protocol/handshake/plain-request.ts';
import { buildRequest } from '../../../src/protocol/handshake/request.ts';
import type { Field, RequestHead } from '../../../src/protocol/http/head.ts';

const PARTS = { host: 'example.com', target: '/chat', key: 'dGhlIHNhbXBsZSBub25jZQ==' };

test.each<[what: string, parts: object]>([
  ['the least', {}],
  [
    'a browser’s',
    { origin: 'https://example.com', extensions: 'permessage-deflate; client_max_window_bits', subprotocols: ['chat'] },
  ],
  ['Firefox’s', { headers: ['Connection: keep-alive, Upgrade', 'Cookie: a=b', 'Cookie: c=d'] }],
])('%s is plain', (_, parts) => {
  expect(isPlainRequest(buildRequest({ ...PARTS, ...parts }))).toBe(true);
});

/** Values of which some are right, some odd and some wrong. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  Host: ['example.com', 'example.com', ''],
  upgrade: ['websocket', 'WebSocket', 'h2c, websocket', 'websockets', ''],
  CONNECTION: ['Upgrade', 'keep-alive, upgrade', 'keep-alive,Upgrade', 'close', ''],
  'Sec-WebSocket-Key': [PARTS.key, 'AAAAAAAAAAAAAAAAAAAAPEC==', 'AAAAAAAAAAAAAAAAAAAAAB==', 'dGhlIHNhbXBsZSBub25jZQ', ''],
  'Sec-WebSocket-Version': ['13', '8', '013', '13, 8', ''],
  Origin: ['https://a.example', 'null', ''],
  'Sec-WebSocket-Origin': ['https://a.example'],
  'Sec-WebSocket-Key1': ['1'],
  'Sec-WebSocket-Protocol': ['a', 'a, b', 'a, a', ',', 'a b', '"a"', ''],
  'Sec-WebSocket-Extensions': ['permessage-deflate', 'a; b=c', 'a; b="c"', 'a; b="c d"', 'a;', ';', 'a, b', ',', ''],
  'X-Other': ['x', ''],
};

const fields = fc.array(
  fc.constantFrom(...Object.keys(VALUES)).chain((name) =>
    fc.record({
      name: fc.constantFrom(name, name.toLowerCase(), name.toUpperCase()),
      value: fc.constantFrom(...(VALUES[name] ?? [])),
    }),
  ),
  { maxLength: 3 },
);

const request = fc.record({
  method: fc.constantFrom('GET', 'GET', 'GET', 'POST', 'get'),
  target: fc.constantFrom('/', '/a?b=c', '/chat', '/x', '/a#b', 'http://a.example/', '*', 'a'),
  version: fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0'),
  removed: fc.oneof(
    fc.constant<string[]>([]),
    fc.subarray(['Host', 'Upgrade', 'Connection', 'Sec-WebSocket-Key', 'Sec-WebSocket-Version']),
  ),
  added: fields,
  first: fc.boolean(),
});

test('what is plain has nothing wrong or odd', () => {
  let plain = 0;
  fc.assert(
    fc.property(request, ({ method, target, version, removed, added, first }) => {
      const kept: Field[] = buildRequest(PARTS).fields.filter(({ name }) => !removed.includes(name));
      const head: RequestHead = {
        kind: 'request',
        method,
        target,
        version,
        fields: first ? [...added, ...kept] : [...kept, ...added],
      };
      if (!isPlainRequest(head)) return;
      plain++;
      expect(checkRequest(head).filter(({ level }) => level !== 'pass')).toEqual([]);
    }),
    { numRuns: 5000 },
  );
  expect(plain).toBeGreaterThan(100);
});
