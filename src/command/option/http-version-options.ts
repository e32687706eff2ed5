import { type OptionSpec, UsageError } from '../../cli/option.ts';
import type { Options } from '../../cli/value.ts';
import type { HttpVersion } from '../../endpoint/http-version.ts';
import type { TlsChoice } from '../../transport/route.ts';

/** Which HTTP the opening handshake is spoken over. */
export const HTTP_VERSION_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'http2',
    kind: 'flag',
    group: 'Connection',
    summary: 'open the WebSocket on an HTTP/2 stream (RFC 8441)',
    details:
      'With wss: ALPN offers h2 and http/1.1, and what the server chooses is spoken. With ws: HTTP/2 is spoken at once (prior knowledge). The server must have sent SETTINGS_ENABLE_CONNECT_PROTOCOL.',
  },
  {
    name: 'http1.1',
    kind: 'flag',
    group: 'Connection',
    summary: 'speak HTTP/1.1, whatever ALPN chooses (default)',
  },
];

/** `undefined`: what ALPN chooses, and HTTP/1.1 where it was not asked. */
export function httpVersion(options: Options): HttpVersion | undefined {
  if (options.flag('http1.1') && options.flag('http2'))
    throw new UsageError('--http2 and --http1.1 exclude each other: give one');
  if (options.flag('http2') && options.has('alpn') && !options.texts('alpn').includes('h2'))
    throw new UsageError('--http2 is chosen by ALPN, and --alpn does not offer it: add h2 to --alpn, or leave that out');
  if (options.flag('http1.1')) return '1.1';
  return options.flag('http2') ? '2' : undefined;
}

/** ALPN for that version, unless it was chosen by hand. */
export function alpnFor(tls: TlsChoice | undefined, version: HttpVersion | undefined): TlsChoice | undefined {
  return tls && version === '2' && tls.alpn === undefined ? { ...tls, alpn: ['h2', 'http/1.1'] } : tls;
}

/** Header lines that HTTP/2 cannot carry are said before anything is open. */
export async function refuseForHttp2(lines: readonly string[], version: HttpVersion | undefined): Promise<void> {
  if (version !== '2') return;
  const { connectionLine } = await import('../../protocol/handshake/extended-connect.ts');
  const unfit = connectionLine(lines);
  if (unfit === undefined) return;
  throw new UsageError(
    `--header ${JSON.stringify(unfit)} is about a connection of HTTP/1.1, and HTTP/2 forbids it (RFC 9113 §8.2.2): leave out either it or --http2`,
  );
}
