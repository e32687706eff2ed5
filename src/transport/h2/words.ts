import type { Settings } from 'node:http2';
import type { Http2Parameter } from '../../session/event.ts';

/** What HTTP/2 calls things (RFC 9113 §6.5.2 and §7, RFC 8441 §3), in place of what Node calls them. */

type Known = keyof Settings & ('headerTableSize' | 'enablePush' | 'maxConcurrentStreams' | 'initialWindowSize' | 'maxFrameSize');

/** With their initial values; what Node says of an unlimited one is the largest number that there is. */
const PARAMETERS: readonly (readonly [Known | 'maxHeaderListSize', string, number])[] = [
  ['headerTableSize', 'HEADER_TABLE_SIZE', 4096],
  ['enablePush', 'ENABLE_PUSH', 1],
  ['maxConcurrentStreams', 'MAX_CONCURRENT_STREAMS', 0xffff_ffff],
  ['initialWindowSize', 'INITIAL_WINDOW_SIZE', 65_535],
  ['maxFrameSize', 'MAX_FRAME_SIZE', 16_384],
  ['maxHeaderListSize', 'MAX_HEADER_LIST_SIZE', 0xffff_ffff],
];

/** The parameters that differ from their initial values, and ENABLE_CONNECT_PROTOCOL in any case. */
export function settingsParameters(settings: Settings): Http2Parameter[] {
  const parameters: Http2Parameter[] = [];
  for (const [key, name, initial] of PARAMETERS) {
    const value = settings[key];
    if (value !== undefined && Number(value) !== initial) parameters.push({ name, value: Number(value) });
  }
  return [...parameters, { name: 'ENABLE_CONNECT_PROTOCOL', value: settings.enableConnectProtocol ? 1 : 0 }];
}

const ERRORS: readonly string[] = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];

/** The name of an error code; a number that is none in hex. */
export function errorName(code: number): string {
  return ERRORS[code] ?? `0x${code.toString(16)}`;
}

/** What GOAWAY says. `debug` is the peer's: escape before printing. */
export function goAwayParameters(code: number, debug: Uint8Array | undefined): Http2Parameter[] {
  const error = { name: 'error', value: errorName(code) };
  const text = debug && debug.length > 0 ? Buffer.from(debug.subarray(0, 200)).toString('latin1') : '';
  return text === '' ? [error] : [error, { name: 'debug', value: text }];
}

/** In place of the 65,535 bytes of RFC 9113 §6.9.2, which a long way fills at once. */
export const STREAM_WINDOW = 1024 * 1024;
export const CONNECTION_WINDOW = 4 * STREAM_WINDOW;
