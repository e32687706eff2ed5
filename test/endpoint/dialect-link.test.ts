import { describe, expect, test } from 'vitest';
import { dialectLink } from '../../src/endpoint/dialect-link.ts';
import { Connection } from '../../src/protocol/connection/connection.ts';
import type { DialectName } from '../../src/protocol/dialect/name.ts';
import { hex } from '../protocol/bits.ts';

const request = { kind: 'request', method: 'GET', target: '/', version: 'HTTP/1.1', fields: [] } as const;
const response = { kind: 'response', version: 'HTTP/1.1', status: 101, reason: '', fields: [] } as const;

/** A client that hears these bytes: what it tells, and what it answers. */
function hear(dialect: DialectName, bytes: string, maxMessage = 100) {
  const told: string[] = [];
  const link = dialectLink({ role: 'client', dialect, request, response, compressFrom: 0, maxMessage });
  const limits = { maxMessage, maxFrame: maxMessage, maxFragments: 9, maxPongs: 9 };
  const connection = new Connection(
    { role: 'client', limits, maskingKeys: () => 0, ...link },
    {
      message: (message) => told.push(message.view().toString('hex')),
      event: (event) => {
        if (event.type === 'violation') told.push(`${event.fatal ? 'fatal' : 'noted'} ${event.violation.rule}`);
        if (event.type === 'close') told.push(`close ${event.code}`);
      },
    },
  );
  connection.receive(hex(bytes));
  return { told, sent: Buffer.concat(connection.take()).toString('hex') };
}

describe('what is not UTF-8', () => {
  test.each<[DialectName, string]>([
    ['hixie-76', '0061c32862ff'],
    ['hybi-02', '040461c32862'],
    ['hybi-05', '840461c32862'],
    ['hybi-07', '810461c32862'],
    ['hybi-08', '810461c32862'],
    ['hybi-08', '010261c3 80022862'],
  ])('%s: is handed on as U+FFFD', (name, bytes) => {
    const { told } = hear(name, bytes);
    expect(told).toEqual([expect.stringMatching(/^noted .*text-not-utf8/), '61efbfbd2862']);
  });
});

describe('close codes of hybi-06 to -12', () => {
  test.each<[DialectName, string, string]>([
    ['hybi-06', '847e00c8', '81'],
    ['hybi-07', '827e00c8', '88'],
    ['hybi-08', '827e00c8', '88'],
    ['hybi-11', '827e00c8', '88'],
  ])('%s: a message that is too large is failed with 1004', (name, bytes, first) => {
    const { sent } = hear(name, bytes);
    expect(sent.replace(/^0{8}/, '').startsWith(first)).toBe(true);
    expect(sent).toContain('03ec');
    expect(sent).not.toContain('03f1');
  });

  test.each<[DialectName, string]>([
    ['hybi-06', '810203ec'],
    ['hybi-07', '880203ec'],
    ['hybi-08', '880203ec'],
    ['hybi-11', '880203ec'],
  ])('%s: 1004 is a code like any other, and repeated', (name, bytes) => {
    const { told, sent } = hear(name, bytes);
    expect(told).toEqual(['close 1004']);
    expect(sent).toContain('03ec');
  });

  test('from hybi-13 on it is reserved, and 1009 says it', () => {
    expect(hear('rfc6455', '880203ec').told).toEqual(['fatal close-code-invalid']);
    expect(hear('rfc6455', '827e00c8').sent).toContain('03f1');
  });
});
