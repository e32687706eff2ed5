import { type NetConnectOpts, Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { run } from '../program.ts';

/** Nothing ever comes of a connection to the addresses that are reserved for documentation: no packet leaves. */
vi.mock(import('node:net'), async (original) => {
  const net = await original();
  const connect = (options: NetConnectOpts) =>
    'host' in options && /^(192\.0\.2\.|2001:db8:)/.test(options.host ?? '') ? new Socket() : net.connect(options);
  return { ...net, connect: connect as typeof net.connect };
});

test('an address that drops what comes', async () => {
  expect(await run(['--timeout', '100ms', 'ws://192.0.2.1/'])).toEqual({
    status: 124,
    stdout: '',
    stderr: `wstap: timed out (TCP): 192.0.2.1:80 does not answer; no open connection within
  0.1 s; --timeout allows more
Likely cause: The server did not answer in time: a firewall may drop the
packets.
→ try: --timeout 30, or another port
`,
  });
});

test('several of them: each that was tried is named, and drawn', async () => {
  const { status, stdout } = await run([
    'handshake',
    '--timeout',
    '400ms',
    'ws://a.test/',
    '--resolve',
    '*:*:192.0.2.1,2001:db8::1,192.0.2.2',
  ]);
  expect([status, stdout.slice(stdout.indexOf('timed out'))]).toEqual([
    124,
    'timed out (TCP): 192.0.2.1:80, [2001:db8::1]:80 do not answer; no open\n  connection within 0.4 s; --timeout allows more\nLikely cause: The server did not answer in time: a firewall may drop the\npackets.\n→ try: --timeout 30, or another port\n',
  ]);
  const rows = stdout.split('\n').map((line) => line.replace(/[\d.]+ ms( +[█▏]+ *)?/, ''));
  expect(rows.slice(0, 7)).toMatchInlineSnapshot(`
    [
      "  DNS        ",
      "                      192.0.2.1, 2001:db8::1, 192.0.2.2 (--resolve)",
      "  TCP       ✗ TIMEOUT",
      "   ✗        192.0.2.1:80 no answer",
      "   ✗        [2001:db8::1]:80 no answer",
      "  total     ",
      "",
    ]
  `);
});
