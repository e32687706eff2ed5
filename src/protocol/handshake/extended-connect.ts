/**
 * The opening handshake on an HTTP/2 stream (RFC 8441): an extended CONNECT in place of GET and Upgrade, a 200 in place of
 * the 101, no key and no accept value. Heads keep their shape; pseudo-header fields come first among the fields.
 */
import { type Field, firstValue, type RequestHead, type ResponseHead } from '../http/head.ts';
import { LocalProtocolError } from '../rule.ts';
import { buildRequest, parseHeaderLine, type RequestParts } from './request.ts';

/** As for an HTTP/1.1 request, but for the key. `secure`: TLS carries it. */
export interface ExtendedConnectParts extends Omit<RequestParts, 'key'> {
  readonly secure: boolean;
}

/** RFC 9113 §8.2.2: these "MUST NOT" be in an HTTP/2 message. */
const CONNECTION_SPECIFIC: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** Whether a field is about one connection of HTTP/1.1. `TE: trailers` is the exception of RFC 9113 §8.2.2. */
export function isConnectionSpecific({ name, value }: Field): boolean {
  const lower = name.toLowerCase();
  return CONNECTION_SPECIFIC.has(lower) && !(lower === 'te' && value.toLowerCase() === 'trailers');
}

/**
 * The extended CONNECT. A `Host` line becomes `:authority`. Throws `LocalProtocolError` for a header line that is none, or
 * that HTTP/2 cannot carry.
 */
export function buildExtendedConnect({ secure, ...parts }: ExtendedConnectParts): RequestHead {
  const unfit = connectionLine(parts.headers ?? []);
  if (unfit !== undefined) throw new LocalProtocolError(`HTTP/2 has no ${unfit} header (RFC 9113 §8.2.2): leave it out`);
  const plain = buildRequest({ ...parts, key: NO_KEY });
  const authority = firstValue(plain, 'Host');
  const own = plain.fields.filter((field) => field.name.toLowerCase() !== 'host' && !isUpgradeField(field));
  const fields: Field[] = [
    { name: ':method', value: 'CONNECT' },
    { name: ':protocol', value: 'websocket' },
    // RFC 8441 §5: "https" for wss, "http" for ws.
    { name: ':scheme', value: secure ? 'https' : 'http' },
    { name: ':path', value: plain.target },
    ...(authority === undefined ? [] : [{ name: ':authority', value: authority }]),
    ...own.map(lowered),
  ];
  return { kind: 'request', method: 'CONNECT', target: plain.target, version: HTTP_2, fields };
}

/** Heads of HTTP/2 say so. */
export const HTTP_2 = 'HTTP/2';

/** What every client of HTTP/2 sends first (RFC 9113 §3.4). */
export const HTTP_2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

const NO_KEY = 'none';

function isUpgradeField(field: Field): boolean {
  return isConnectionSpecific(field) || (field.name === 'Sec-WebSocket-Key' && field.value === NO_KEY);
}

/** RFC 9113 §8.2.1: "Field names MUST be converted to lowercase when constructing an HTTP/2 message". */
function lowered({ name, value }: Field): Field {
  return { name: name.toLowerCase(), value };
}

/** The name of the first `-H` line that HTTP/2 cannot carry; one that only takes a default out can be had. */
export function connectionLine(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const header = parseHeaderLine(line);
    if (typeof header === 'string' || header.value === undefined) continue;
    if (isConnectionSpecific({ name: header.name, value: header.value })) return header.name;
  }
  return undefined;
}

/** Whether this is the status of an answer that opens a WebSocket: 101, and over HTTP/2 any 2xx (RFC 9110 §9.3.6). */
export function isOpening({ version, status }: ResponseHead): boolean {
  return version === HTTP_2 ? status >= 200 && status < 300 : status === 101;
}

/** The request as a server read it: names as on the wire, pseudo-header fields first. */
export function extendedRequest(fields: readonly Field[]): RequestHead {
  const method = firstValue({ fields }, ':method') ?? '';
  const target = firstValue({ fields }, ':path') ?? '*';
  return { kind: 'request', method, target, version: HTTP_2, fields };
}

/** The answer as a client read it. */
export function extendedResponse(fields: readonly Field[]): ResponseHead {
  const status = firstValue({ fields }, ':status') ?? '0';
  return { kind: 'response', version: HTTP_2, status: Number(status), reason: '', fields };
}

/** An answer that was made for HTTP/1.1, as HTTP/2 says the same. */
export function answerOverHttp2({ status, fields }: ResponseHead): ResponseHead {
  const answered = status === 101 ? 200 : status;
  const kept = fields.filter((field) => {
    const name = field.name.toLowerCase();
    // RFC 9110 §9.3.6: no Content-Length "in a 2xx (Successful) response to CONNECT".
    if (name === 'content-length' && answered < 300) return false;
    return name !== 'sec-websocket-accept' && !isConnectionSpecific(field);
  });
  return extendedResponse([{ name: ':status', value: String(answered) }, ...kept.map(lowered)]);
}

/** Who is asked, whatever the version of HTTP: `:authority`, or else Host (RFC 9113 §8.3.1). */
export function authorityOf(request: Pick<RequestHead, 'fields'>): string | undefined {
  return firstValue(request, ':authority') ?? firstValue(request, 'Host');
}
