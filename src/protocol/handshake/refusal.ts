import type { Field } from '../http/head.ts';
import { faultWords, mainFault, refusalText } from './fault-words.ts';
import type { Finding } from './finding.ts';

export interface RefusalReason {
  readonly status: 400 | 405 | 426 | 505;
  readonly headers: readonly Field[];
  /** One line for the body. */
  readonly text: string;
}

/** How a server refuses a request with these findings; `undefined` where nothing failed. */
export function refusalFor(findings: readonly Finding[]): RefusalReason | undefined {
  const failures = findings.filter((finding) => finding.level === 'fail');
  const failed = (id: string) => failures.find((finding) => finding.id === id);
  const main = mainFault(findings);
  if (!main) return undefined;
  const text = refusalText(faultWords(main));
  if (failed('method')) return { status: 405, headers: [{ name: 'Allow', value: 'GET' }], text };
  // RFC 9110 §15.6.6: 505 is about the major version; HTTP/1.0 has the right one.
  const httpVersion = failed('http-version');
  const isOlder = httpVersion?.actual?.startsWith('HTTP/1.') ?? false;
  if (httpVersion && !isOlder) return { status: 505, headers: [], text };
  // A page that was opened in a browser has no Upgrade at all, and neither has what a proxy asks for in HTTP/1.0 unless it
  // is told otherwise: 426 says what is missing (RFC 9110 §15.5.22).
  if (failed('upgrade')?.actual === 'not sent') return { status: 426, headers: VERSION_13, text: NO_UPGRADE };
  if (httpVersion) return { status: 400, headers: [], text };
  const version = failed('version');
  const others = failures.filter((finding) => finding !== version && finding.id !== 'key');
  const isRepeated = version?.actual?.includes(' times: ') ?? false;
  if (version && others.length === 0 && !isRepeated)
    return { status: 426, headers: VERSION_13, text: refusalText(faultWords(version)) };
  return { status: 400, headers: [], text };
}

const NO_UPGRADE =
  'This is a WebSocket server, and the request has no Upgrade. A proxy on the way must forward Upgrade and Connection, over HTTP/1.1.';

// RFC 6455 §4.4: the versions that the server is willing to speak.
const VERSION_13: readonly Field[] = [{ name: 'Sec-WebSocket-Version', value: '13' }];
