import { describe, expect, test } from 'vitest';
import type { SessionEvent } from '../../src/session/event.ts';
import { HandshakeCollector } from '../../src/view/handshake-collector.ts';

const common = { connection: 1 } as const;
const hop = (hopName: 'tcp' | 'tls', startedAt: number, at: number, detail: string): SessionEvent => ({
  ...common,
  type: 'hop',
  hop: hopName,
  startedAt,
  at,
  detail,
});
const failure = (hopName: 'dns' | 'tls', startedAt: number, at: number, code: string): SessionEvent => ({
  ...common,
  type: 'failure',
  hop: hopName,
  startedAt,
  at,
  code,
  message: 'no',
});

function reportOf(events: readonly SessionEvent[]) {
  const collector = new HandshakeCollector('wss://a.test/');
  for (const event of events) collector.record(event);
  return collector.report;
}

describe('a hop that fails', () => {
  test('after it was told, as TLS is with its certificate, is one step', () => {
    const { phases } = reportOf([hop('tcp', 0, 2, '192.0.2.1:443'), hop('tls', 3, 9, 'TLSv1.3'), failure('tls', 3, 10, 'CERT')]);
    expect(phases).toEqual([
      { hop: 'tcp', startedAt: 0, endedAt: 2, detail: '192.0.2.1:443' },
      { hop: 'tls', startedAt: 3, endedAt: 10, detail: 'TLSv1.3', failure: 'CERT' },
    ]);
  });

  test('later on, by an alert, is another', () => {
    const { phases } = reportOf([hop('tls', 3, 9, 'TLSv1.3'), failure('tls', 9, 12, 'ALERT')]);
    expect(phases?.map(({ failure: code }) => code)).toEqual([undefined, 'ALERT']);
  });
});

test('what an answer on the way said does not explain why the next server is not reached', () => {
  const response = { kind: 'response', version: 'HTTP/1.1', status: 302, reason: 'Found' } as const;
  const fields = [{ name: 'Location', value: 'https://nobody.invalid/' }];
  const report = reportOf([
    { ...common, at: 1, type: 'head', direction: 'received', head: { ...response, fields }, raw: Buffer.alloc(0) },
    { ...common, at: 2, type: 'again', reason: 'redirect', status: 302, to: 'wss://nobody.invalid/' },
    failure('dns', 3, 4, 'ENOTFOUND'),
  ]);
  expect(report.cause?.cause).toBe('The host name does not exist.');
  expect([report.response, report.earlier?.[0]?.report.response?.status]).toEqual([undefined, 302]);
});
