import { expect, test } from 'vitest';
import { originPolicy } from '../../src/library/origin-policy.ts';
import type { RequestHead } from '../../src/protocol/http/head.ts';

const from = (host: string): RequestHead => ({
  kind: 'request',
  method: 'GET',
  target: '/',
  version: 'HTTP/1.1',
  fields: [{ name: 'Host', value: host }],
});

test('each Host is judged, whatever the one before it was called', () => {
  const policy = originPolicy({ hosts: ['app.test'] }, '127.0.0.1');
  const statuses = ['localhost:80', 'evil.test', 'localhost:80', 'app.test', 'evil.test', 'evil.test', 'app.test'].map(
    (host) => policy(from(host))?.status,
  );
  expect(statuses).toEqual([undefined, 403, undefined, undefined, 403, 403, undefined]);
});
