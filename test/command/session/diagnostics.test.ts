import { describe, expect, test } from 'vitest';
import { Diagnostics } from '../../../src/command/session/diagnostics.ts';
import type { SessionEvent } from '../../../src/session/event.ts';
import { plainStyle } from '../../../src/view/style.ts';

function told(url: string | undefined, events: readonly SessionEvent[], numbered = false) {
  const lines: string[] = [];
  const look = { style: plainStyle, width: 80, safe: (text: string) => text };
  const rest = { dump: undefined, dumpMax: undefined, quiet: false };
  const diagnostics = new Diagnostics({ look, verbosity: 1, numbered, url, ...rest }, (line) => lines.push(line));
  for (const event of events) diagnostics.record(event);
  return { lines, diagnostics };
}

const hop = (connection: number): SessionEvent => ({
  type: 'hop',
  hop: 'tcp',
  startedAt: 1,
  at: 2,
  detail: '192.0.2.1:1',
  connection,
});
const refused = (connection: number): SessionEvent => ({
  type: 'refused',
  findings: [
    { id: 'upgrade', level: 'pass', side: 'client', section: 'RFC 1', requirement: 'Upgrade is there' },
    {
      id: 'key',
      level: 'fail',
      side: 'client',
      section: 'RFC 2',
      requirement: 'A key is there',
      expected: 'one key',
      actual: 'not sent',
      hint: 'Send one.',
    },
  ],
  body: new Uint8Array(0),
  bodyCut: false,
  at: 3,
  connection,
});

describe.each([
  ['of many clients', true],
  ['of one', false],
])('a server %s', (_, numbered) => {
  test('shows with -v what was wrong with a request', () => {
    expect(told(undefined, [hop(1), refused(1)], numbered).lines).toEqual([
      'Request',
      `  ✗ A key is there${' '.repeat(55)}  RFC 2`,
      '      expected  one key',
      '      found     not sent',
      '      Send one.',
      '1 requirement: 0 met, 1 not met',
    ]);
  });

  test('keeps nothing of clients that come and go', () => {
    const events = Array.from({ length: 1000 }, (_, at) => [hop(at), refused(at)]).flat();
    const { phases, findings } = told(undefined, events, numbered).diagnostics.handshake.report;
    expect([phases, findings]).toEqual([[], []]);
  });
});

test('a client keeps the way to its server, and has the last word on a refusal itself', () => {
  const { lines, diagnostics } = told('ws://a.test/', [hop(1), refused(1)]);
  expect(diagnostics.handshake.report.phases).toHaveLength(1);
  expect(lines.join('\n')).not.toContain('A key is there');
});

test('what is borne of a client is told with its number', () => {
  const violation = { rule: 'text-not-utf8', detail: 'byte 0x28 at offset 2 of the message' } as const;
  const { lines } = told(undefined, [{ type: 'violation', violation, fatal: false, at: 1, connection: 7 }], true);
  expect(lines).toEqual([
    'wstap: #7 ! byte 0x28 at offset 2 of the message (RFC 6455 §8.1); going on, as the version that is spoken allows',
  ]);
});

test('an extension that a client offers and nobody speaks is explained', () => {
  const fields = [{ name: 'Sec-WebSocket-Extensions', value: 'mux, deflate-stream' }];
  const head = { kind: 'request', method: 'GET', target: '/', version: 'HTTP/1.1', fields } as const;
  const { lines } = told(
    undefined,
    [{ type: 'head', direction: 'received', head, raw: new Uint8Array(0), at: 1, connection: 1 }],
    true,
  );
  const text = lines.join(' ').replaceAll(/\s+/g, ' ');
  expect(text).toContain('it is never accepted here');
  expect(text).toContain('A server of wstap never agrees to it');
});

test('a server tells with -v which rule a client broke, and what else its first bytes could be', () => {
  const start = Buffer.from('0048656c6c6fff', 'hex');
  const violation = { rule: 'continuation-stray', detail: 'a continuation frame', start } as const;
  const { lines, diagnostics } = told(undefined, [{ type: 'violation', violation, fatal: true, at: 1, connection: 7 }], true);
  expect(lines).toEqual([
    'wstap: #7 ✗ the peer broke the protocol: a continuation frame',
    '  RFC 6455 §5.4: a continuation frame must follow an unfinished message',
    '  The same bytes are a whole text in hixie-75 and -76: the peer may be on that',
    '  framing.',
  ]);
  expect(diagnostics.violation).toBe(violation);
});
