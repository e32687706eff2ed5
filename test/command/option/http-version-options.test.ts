import { expect, test } from 'vitest';
import { alpnFor } from '../../../src/command/option/http-version-options.ts';
import { echoServer } from '../../peer.ts';
import { run } from '../../program.ts';

const TLS = { serverName: 'a.example', extraCa: [], insecure: false };

test.each([
  ['2', TLS, ['h2', 'http/1.1']],
  ['2', { ...TLS, alpn: ['h2'] }, ['h2']],
  ['1.1', TLS, undefined],
  [undefined, TLS, undefined],
] as const)('--http%s: ALPN', (version, tls, alpn) => {
  expect(alpnFor(tls, version)?.alpn).toEqual(alpn);
});

test('on plain TCP there is none', () => {
  expect(alpnFor(undefined, '2')).toBeUndefined();
});

test.each<[argv: string[], says: RegExp]>([
  [['--http2', '--http1.1'], /exclude each other/],
  [
    ['--http2', '-H', 'Connection: keep-alive'],
    /"Connection" is about a connection of HTTP\/1\.1.*leave out either it or --http2/,
  ],
  [['--http2', '-H', 'transfer-encoding: chunked'], /"transfer-encoding"/],
])('%j: usage, before anything is opened', async (argv, says) => {
  for (const command of [[], ['handshake']]) {
    expect(await run([...command, ...argv, 'ws://127.0.0.1:1/'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(says),
    });
  }
});

test('--http1.1 is the default', async () => {
  const { url } = await echoServer();
  expect(await run(['--http1.1', '-w', '50ms', '-x', 'hi', url])).toMatchObject({ status: 0, stdout: 'hi\n' });
});
