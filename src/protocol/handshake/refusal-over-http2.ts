import type { Field } from '../http/head.ts';
import { faultWords, refusalText } from './fault-words.ts';
import type { Finding } from './finding.ts';

export interface Http2RefusalReason {
  readonly status: 400 | 501;
  readonly headers: readonly Field[];
  /** One line for the body. */
  readonly text: string;
}

/** How a server refuses an HTTP/2 request with these findings of `checkExtendedRequest`; `undefined` where nothing failed. */
export function refusalOverHttp2(findings: readonly Finding[]): Http2RefusalReason | undefined {
  const [first, ...others] = findings.filter(({ level }) => level === 'fail');
  if (!first) return undefined;
  if (first.id === 'method') return { status: 400, headers: [], text: NO_WEBSOCKET };
  // RFC 9220 §3: for a `:protocol` that is "not supported, the server SHOULD respond to the request with a 501".
  if (first.id === 'protocol') return { status: 501, headers: [], text: refusalText(faultWords(first)) };
  // RFC 6455 §4.4 asks for the versions that are spoken; 426 would need an Upgrade field, which HTTP/2 has not.
  const headers = first.id === 'version' && others.length === 0 ? VERSION_13 : [];
  return { status: 400, headers, text: refusalText(faultWords(first)) };
}

const NO_WEBSOCKET =
  'This is a WebSocket server. Over HTTP/2 a WebSocket is opened by CONNECT with :protocol websocket (RFC 8441).';

const VERSION_13: readonly Field[] = [{ name: 'sec-websocket-version', value: '13' }];
