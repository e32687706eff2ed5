import { expect, test } from 'vitest';
import { agreements, timeTaken } from '../../../src/command/connect/greeting.ts';
import type { HandshakeReport } from '../../../src/view/handshake.ts';

const report = (asked: [string, string][], answered: [string, string][]): HandshakeReport => {
  const fields = (list: [string, string][]) => list.map(([name, value]) => ({ name, value }));
  return {
    findings: [],
    request: { kind: 'request', method: 'GET', target: '/', version: '1.1', fields: fields(asked) },
    response: { kind: 'response', version: '1.1', status: 101, reason: '', fields: fields(answered) },
  } as HandshakeReport;
};

test.each<[string, HandshakeReport, string[]]>([
  ['nothing', report([], []), []],
  ['no handshake', { findings: [] }, []],
  ['a subprotocol', report([['Sec-WebSocket-Protocol', 'a, b']], [['sec-websocket-protocol', 'b']]), ['subprotocol: b']],
  ['none of them', report([['Sec-WebSocket-Protocol', 'a, b']], []), ['the server took no subprotocol; a, b was asked for']],
  [
    'extensions, on several lines',
    report(
      [],
      [
        ['Sec-WebSocket-Extensions', 'x'],
        ['Sec-WebSocket-Extensions', 'y'],
      ],
    ),
    ['extensions: x, y'],
  ],
])('agreed: %s', (_, given, lines) => {
  expect(agreements(given)).toEqual(lines);
});

test('the time from the first step to the last', () => {
  expect(timeTaken([])).toBe(0);
  const phases = [
    { hop: 'tcp', startedAt: 100, endedAt: 101, detail: '' },
    { hop: 'http', startedAt: 101, endedAt: 107.5, detail: '' },
  ] as const;
  expect(timeTaken(phases)).toBe(7.5);
});
