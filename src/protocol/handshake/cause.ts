/**
 * The promise: where an opening handshake failed, one sentence says the likely cause and, if there is one, what to try.
 */
import { causeByStatus } from './cause-by-status.ts';
import { type Cause, type Facts, FIND_VERSION } from './cause-facts.ts';
import { causeOverHttp2 } from './cause-over-http2.ts';
import { causeWithoutHttp } from './cause-without-http.ts';
import { HTTP_2 } from './extended-connect.ts';
import type { Finding } from './finding.ts';

/** The likely cause of a failed opening handshake; `undefined` where it succeeded or nothing sensible can be said. */
export function likelyCause(facts: Facts): Cause | undefined {
  const { response } = facts;
  const overHttp2 = causeOverHttp2(facts);
  if (overHttp2) return overHttp2.cause;
  if (!response) return otherThanChosen(facts) ?? causeWithoutHttp(facts);
  const isFailed = facts.findings.some((finding) => finding.level === 'fail');
  if (response.status === 101) return isFailed ? wrongSwitch(facts) : undefined;
  return causeByStatus(facts, response);
}

/** The server was told by ALPN to expect something else. */
function otherThanChosen({ alpn, request }: Facts): Cause | undefined {
  if (alpn !== 'h2' || !request || request.version === HTTP_2) return undefined;
  const cause = 'ALPN chose h2 (HTTP/2), and HTTP/1.1 was spoken all the same.';
  return { cause, remedy: '--http2; or --http1.1 and no h2 in --alpn' };
}

/** The faults of a 101, the most telling first. */
const SWITCH_FAULTS = [
  'version',
  'http-version',
  'accept',
  'key1',
  'key2',
  'key3',
  'proof',
  'nonce',
  'upgrade',
  'connection',
  'extensions',
  'subprotocol',
];

function wrongSwitch({ findings, url }: Facts): Cause | undefined {
  const failures = findings.filter((finding) => finding.level === 'fail');
  const fault = SWITCH_FAULTS.map((id) => failures.find((finding) => finding.id === id)).find((finding) => finding !== undefined);
  if (!fault) return failures[0] && { cause: `Not met: ${failures[0].requirement}.` };
  if (fault.id === 'version' && url !== undefined) {
    return {
      cause: fault.hint ?? `Not met: ${fault.requirement}.`,
      remedy: FIND_VERSION,
    };
  }
  if (fault.id === 'accept') return wrongAccept(fault);
  if (fault.id === 'subprotocol') {
    return { cause: `The server chose a subprotocol that was not asked for: ${fault.actual ?? ''}.`, remedy: fault.hint };
  }
  if (fault.id === 'extensions')
    return { cause: `The server's extensions do not fit the offer: ${fault.hint ?? fault.actual ?? ''}` };
  return {
    cause:
      fault.hint ?? `The answer is 101, but ${fault.id} is ${fault.actual ?? 'wrong'} instead of ${fault.expected ?? 'right'}.`,
  };
}

function wrongAccept(fault: Finding): Cause {
  if (fault.hint !== undefined) return { cause: `Sec-WebSocket-Accept is wrong. ${fault.hint}` };
  const cause = 'Sec-WebSocket-Accept does not belong to this key: the server made it wrongly, or a cache answered in its place.';
  return { cause, remedy: 'once more: a cache sends the same value again' };
}
