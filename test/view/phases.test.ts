import { expect, test } from 'vitest';
import { escapeText } from '../../src/view/escape.ts';
import { type Phase, renderPhases } from '../../src/view/phases.ts';
import { plainStyle } from '../../src/view/style.ts';
import { textWidth } from '../../src/view/width.ts';

const draw = (phases: readonly Phase[]) => {
  const lines = renderPhases(phases, { style: plainStyle, safe: (text) => escapeText(text) });
  expect(lines.filter((line) => textWidth(line) > 80)).toEqual([]);
  const narrow = renderPhases(phases, { style: plainStyle, safe: (text) => escapeText(text), width: 60 });
  expect(narrow.filter((line) => textWidth(line) > 60)).toEqual([]);
  return lines.join('\n');
};

test('nothing happened: nothing is drawn', () => {
  expect(draw([])).toBe('');
});

test('every hop, through a proxy, with TLS twice', () => {
  const phases: Phase[] = [
    { hop: 'dns', startedAt: 0, endedAt: 20, detail: '192.0.2.1, 2001:db8::1' },
    { hop: 'tcp', startedAt: 20, endedAt: 35, detail: '192.0.2.1:3128' },
    { hop: 'proxy-tls', startedAt: 35, endedAt: 70, detail: 'TLSv1.3, TLS_AES_256_GCM_SHA384' },
    { hop: 'proxy', startedAt: 70, endedAt: 110, detail: '200 Connection established' },
    { hop: 'tls', startedAt: 110, endedAt: 170, detail: 'TLSv1.3, TLS_AES_256_GCM_SHA384, ALPN http/1.1' },
    { hop: 'http', startedAt: 170, endedAt: 200, detail: '101' },
  ];
  expect(draw(phases)).toMatchInlineSnapshot(`
    "  DNS           20.0 ms  ██                     192.0.2.1, 2001:db8::1
      TCP           15.0 ms    ██                   192.0.2.1:3128
      Proxy TLS     35.0 ms      ███                TLSv1.3, TLS_AES_256_GCM_SHA384
      Proxy         40.0 ms         █████           200 Connection established
      TLS           60.0 ms              ██████
                             TLSv1.3, TLS_AES_256_GCM_SHA384, ALPN http/1.1
      HTTP          30.0 ms                    ███  101
      total        200.0 ms"
  `);
});

test('several addresses: each attempt has its own bar', () => {
  const phases: Phase[] = [
    { hop: 'dns', startedAt: 0, endedAt: 5, detail: '2001:db8::1, 192.0.2.1, 2001:db8::2' },
    {
      hop: 'tcp',
      startedAt: 5,
      endedAt: 300,
      detail: '192.0.2.1:443',
      attempts: [
        { address: '[2001:db8::1]:443', startedAt: 5, endedAt: 15, outcome: 'failed', code: 'ENETUNREACH' },
        { address: '[2001:db8::2]:443', startedAt: 15, endedAt: 300, outcome: 'slower' },
        { address: '192.0.2.1:443', startedAt: 265, endedAt: 300, outcome: 'connected' },
      ],
    },
    { hop: 'http2', startedAt: 300, endedAt: 310, detail: '200' },
  ];
  expect(draw(phases)).toMatchInlineSnapshot(`
    "  DNS        5.00 ms  ▏
                          2001:db8::1, 192.0.2.1, 2001:db8::2
      TCP       295.0 ms  ███████████████████████   192.0.2.1:443
       ✗         10.0 ms  █                         [2001:db8::1]:443 ENETUNREACH
       –        285.0 ms   ██████████████████████   [2001:db8::2]:443 slower
       ✓         35.0 ms                       ██   192.0.2.1:443
      HTTP/2     10.0 ms                         █  200
      total     310.0 ms"
  `);
});

test('the hop that failed is marked, with the address it was about', () => {
  const phases: Phase[] = [
    { hop: 'dns', startedAt: 0, endedAt: 5, detail: '192.0.2.1' },
    {
      hop: 'tcp',
      startedAt: 5,
      endedAt: 10_000,
      detail: '',
      failure: 'TIMEOUT',
      attempts: [{ address: '192.0.2.1:443', startedAt: 5, endedAt: 10_000, outcome: 'unanswered' }],
    },
  ];
  expect(draw(phases)).toMatchInlineSnapshot(`
    "  DNS        5.00 ms  ▏                         192.0.2.1
      TCP      9995.0 ms  ████████████████████████  ✗ 192.0.2.1:443 TIMEOUT
      total   10000.0 ms"
  `);
});

test('where all addresses failed, each says why', () => {
  const phases: Phase[] = [
    {
      hop: 'tcp',
      startedAt: 0,
      endedAt: 2,
      detail: '',
      failure: 'ECONNREFUSED',
      attempts: [
        { address: '[::1]:1', startedAt: 0, endedAt: 1, outcome: 'failed', code: 'ECONNREFUSED' },
        { address: '127.0.0.1:1', startedAt: 1, endedAt: 2, outcome: 'failed', code: 'ECONNREFUSED' },
      ],
    },
  ];
  expect(draw(phases)).toMatchInlineSnapshot(`
    "  TCP        2.00 ms  ████████████████████████  ✗ ECONNREFUSED
       ✗         1.00 ms  ████████████              [::1]:1 ECONNREFUSED
       ✗         1.00 ms              ████████████  127.0.0.1:1 ECONNREFUSED
      total      2.00 ms"
  `);
});

test('a name of many addresses shows them all, a word without end is cut, and a peer cannot fill the screen', () => {
  const long = (count: number) => Array.from({ length: count }, (_, at) => `2001:db8:85a3:8d3:1319:8a2e:370:734${at}`).join(', ');
  const phases: Phase[] = [
    { hop: 'dns', startedAt: 0, endedAt: 1, detail: long(3) },
    { hop: 'unix', startedAt: 1, endedAt: 2, detail: `/${'x'.repeat(100)}` },
    { hop: 'proxy', startedAt: 2, endedAt: 3, detail: `200 ${'日本\x1b[2J '.repeat(100)}` },
  ];
  expect(draw(phases)).toMatchInlineSnapshot(`
    "  DNS        1.00 ms  ████████
                          2001:db8:85a3:8d3:1319:8a2e:370:7340,
                          2001:db8:85a3:8d3:1319:8a2e:370:7341,
                          2001:db8:85a3:8d3:1319:8a2e:370:7342
      Unix       1.00 ms          ████████
                          /xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
                          xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
      Proxy      1.00 ms                  ████████
                          200 日本\\x1b[2J 日本\\x1b[2J 日本\\x1b[2J 日本\\x1b[2J
                          日本\\x1b[2J 日本\\x1b[2J 日本\\x1b[2J 日本\\x1b[2J
                          日本\\x1b[2J 日本\\x1b[2J 日本\\x1b[2J 日本\\x1b[2J
                          日本\\x1b[2J 日本\\x1b[2J 日本\\x1b[2J 日本\\x1b[2J
                          日本\\x1b[2J 日本\\x1b[2J 日本\\x1b[2J 日本\\x1b[2J
                          …
      total      3.00 ms"
  `);
});

test('all at one moment', () => {
  expect(draw([{ hop: 'tcp', startedAt: 1, endedAt: 1, detail: '127.0.0.1:80' }])).toMatchInlineSnapshot(`
    "  TCP        0.00 ms  ▏                         127.0.0.1:80
      total      0.00 ms"
  `);
});
