/**
 * The promise: every requirement that RFC 6455 §4.1 lets a client put on the server's answer is one finding, met or not.
 */
import { fieldValues, type RequestHead, type ResponseHead } from '../http/head.ts';
import { hasToken, isToken, listMembers, parseParameterList } from '../http/parameter-list.ts';
import type { Finding } from './finding.ts';
import { acceptFor } from './key.ts';
import { legacyHint, legacyRequest, legacyResponse, VERIFIED_VERSIONS } from './legacy.ts';
import { nameMistake } from './mistake.ts';
import { fail, pass, quoted, times, type Verdict, warn } from './verdict.ts';

/**
 * Judges the parameters of extensions that were offered by name: both arguments are values of Sec-WebSocket-Extensions,
 * several field lines joined by `, `. Answers what is wrong as a phrase, or `undefined`.
 */
export type JudgeExtensions = (offer: string, answer: string) => string | undefined;

interface Exchange {
  readonly request: RequestHead | undefined;
  readonly response: ResponseHead;
  readonly judgeExtensions: JudgeExtensions | undefined;
  /** The values of Sec-WebSocket-Version whose answers are checked in full. */
  readonly versions: readonly string[];
}

interface Requirement {
  readonly id: string;
  readonly section: string;
  readonly requirement: string;
  readonly check: (exchange: Exchange) => Verdict;
}

const S422 = 'RFC 6455 §4.2.2';
const S41 = 'RFC 6455 §4.1';
const STATUS_LINE: readonly Requirement[] = [
  { id: 'http-version', section: S422, requirement: 'The HTTP version is 1.1', check: checkHttpVersion },
  { id: 'status', section: S41, requirement: 'The status is 101', check: checkStatus },
];
const LEGACY: Requirement = { id: 'version', section: S422, requirement: 'The answer is that of version 13', check: checkLegacy };
const SWITCHED: readonly Requirement[] = [
  { id: 'upgrade', section: S41, requirement: 'Upgrade is websocket, once', check: checkUpgrade },
  { id: 'connection', section: S41, requirement: 'Connection names Upgrade', check: checkConnection },
  { id: 'accept', section: S41, requirement: 'Sec-WebSocket-Accept fits the key', check: checkAccept },
  { id: 'subprotocol', section: S41, requirement: 'The subprotocol is one that was asked for', check: checkSubprotocol },
  { id: 'extensions', section: S41, requirement: 'The extensions are ones that were offered', check: checkExtensions },
];
const NONCELESS: Requirement = {
  id: 'nonce',
  section: 'hybi-04',
  requirement: 'Sec-WebSocket-Nonce is not sent',
  check: checkNonce,
};
const BODILESS: Requirement = { id: 'body', section: 'RFC 9110 §8.6', requirement: 'A 101 has no body', check: checkBody };

/**
 * Checks an answer. Without the request what depends on it is said to be unverified (`warn`). An answer with another
 * status than 101 is judged by its status line alone: the rest asks nothing of it.
 */
export function checkResponse(
  request: RequestHead | undefined,
  response: ResponseHead,
  judgeExtensions?: JudgeExtensions,
  versions: readonly string[] = VERIFIED_VERSIONS,
): Finding[] {
  const exchange = { request, response, judgeExtensions, versions };
  return requirementsFor(exchange).map(({ check, ...rest }) => ({ ...rest, side: 'server', ...check(exchange) }));
}

function requirementsFor(exchange: Exchange): readonly Requirement[] {
  const { response, versions } = exchange;
  if (response.status !== 101) return STATUS_LINE;
  if (legacyNameOf(exchange) !== undefined) return [...STATUS_LINE, LEGACY];
  const has = (name: string) => fieldValues(response, name).length > 0;
  const strayNonce = has('Sec-WebSocket-Nonce') && !versions.includes('4') ? [NONCELESS] : [];
  const body = has('Content-Length') || has('Transfer-Encoding') ? [BODILESS] : [];
  return [...STATUS_LINE, ...SWITCHED, ...strayNonce, ...body];
}

function legacyNameOf(exchange: Exchange): string | undefined {
  const { request, response, versions } = exchange;
  const [version] = request ? fieldValues(request, 'Sec-WebSocket-Version') : [];
  const asked = request && !(version !== undefined && versions.includes(version)) ? legacyRequest(request) : undefined;
  const answered = legacyResponse(response);
  // Whoever hashed the key has answered this request: a field more means nothing to it.
  const isProven = versions.includes('13') && checkAccept(exchange).level === 'pass';
  return asked ?? (answered === 'hybi-04' && (versions.includes('4') || isProven) ? undefined : answered);
}

function checkHttpVersion({ response: { version } }: Exchange): Verdict {
  if (version === 'HTTP/1.1') return pass(version);
  const hint = version === 'HTTP/1.0' ? 'HTTP/1.0 has no 101: an old proxy may be answering.' : undefined;
  return fail('HTTP/1.1', version, hint);
}

// RFC 6455 §4.1: "If the status code received from the server is not 101, the client handles the response per HTTP"
function checkStatus({ response: { status, reason } }: Exchange): Verdict {
  const actual = reason === '' ? String(status) : `${status} ${reason}`;
  return status === 101 ? pass(actual) : fail('101', actual);
}

function checkLegacy(exchange: Exchange): Verdict {
  const name = legacyNameOf(exchange) ?? '';
  const asked = exchange.request !== undefined && legacyRequest(exchange.request) === undefined;
  const ignored = ' The server never proved that it read the key: it ignores the fields of newer versions.';
  return fail('version 13', name, legacyHint(name) + (asked ? ignored : ''));
}

// RFC 6455 §4.1: "… a value that is not an ASCII case-insensitive match for the value "websocket""
function checkUpgrade({ response }: Exchange): Verdict {
  const values = fieldValues(response, 'Upgrade');
  const [value = ''] = values;
  if (values.length !== 1 || value.toLowerCase() !== 'websocket') return fail('websocket', times(values));
  return pass(value, value === 'websocket' ? undefined : 'Case does not count here.');
}

function checkConnection({ response }: Exchange): Verdict {
  const values = fieldValues(response, 'Connection');
  return hasToken(values, 'upgrade') ? pass(quoted(values)) : fail('Upgrade', quoted(values));
}

function checkAccept({ request, response }: Exchange): Verdict {
  const values = fieldValues(response, 'Sec-WebSocket-Accept');
  const [accept = ''] = values;
  const [key, ...moreKeys] = request ? fieldValues(request, 'Sec-WebSocket-Key') : [];
  const unverifiable = key === undefined || moreKeys.length > 0;
  const expected = unverifiable ? 'one value' : acceptFor(key);
  // RFC 6455 §11.3.3: "MUST NOT appear more than once in an HTTP response"
  if (values.length !== 1) return fail(expected, times(values));
  if (unverifiable) {
    const hasForm = /^[A-Za-z0-9+/]{27}=$/.test(accept);
    if (!hasForm) return fail('28 characters of base64 that stand for 20 bytes', quoted(values));
    return warn(accept, "It cannot be verified without the request's key.");
  }
  return accept === expected ? pass(accept) : fail(expected, quoted(values), nameMistake(key, accept));
}

// RFC 6455 §4.1: "… indicates the use of a subprotocol that was not present in the client's handshake"
function checkSubprotocol({ request, response }: Exchange): Verdict {
  const values = fieldValues(response, 'Sec-WebSocket-Protocol');
  const offered = request ? listMembers(fieldValues(request, 'Sec-WebSocket-Protocol')) : [];
  const [chosen = ''] = values;
  if (values.length === 0) {
    if (offered.length === 0) return pass(request ? 'none asked for, none chosen' : 'none chosen');
    return warn('none chosen', 'The server took none of the subprotocols; the connection opens without one. Browsers fail here.');
  }
  if (values.length > 1 || !isToken(chosen)) return fail('one name', times(values));
  if (!request) return warn(chosen, "It cannot be verified without the request's list.");
  if (offered.includes(chosen)) return pass(chosen);
  if (offered.length === 0)
    return fail('none: none was asked for', chosen, 'The server chose a subprotocol unasked; try -s with that name.');
  const sameButCase = offered.find((name) => name.toLowerCase() === chosen.toLowerCase());
  return fail(offered.join(' or '), chosen, sameButCase && 'Upper and lower case are different names here.');
}

// RFC 6455 §4.1: "… indicates the use of an extension that was not present in the client's handshake"
function checkExtensions({ request, response, judgeExtensions }: Exchange): Verdict {
  const values = fieldValues(response, 'Sec-WebSocket-Extensions');
  if (values.length === 0) return pass('none in use');
  const answer = parseParameterList(values);
  if (answer.error)
    return fail('name; parameter=value, …', quoted(values), `${answer.error.problem}, at character ${answer.error.at + 1}.`);
  if (answer.items.length === 0) return warn('(empty)', 'An empty Sec-WebSocket-Extensions has broken clients; leave it out.');
  if (!request) return warn(quoted(values), "It cannot be verified without the request's offer.");
  const offers = fieldValues(request, 'Sec-WebSocket-Extensions');
  const offeredNames = new Set((parseParameterList(offers).items ?? []).map((item) => item.name));
  const unasked = answer.items.filter((item) => !offeredNames.has(item.name)).map((item) => item.name);
  const expected = offers.length === 0 ? 'none: none was offered' : offers.join(', ');
  if (unasked.length > 0) return fail(expected, quoted(values), `Not offered: ${unasked.join(', ')}.`);
  const names = answer.items.map((item) => item.name);
  if (new Set(names).size !== names.length) return fail('each extension once', quoted(values));
  const fault = judgeExtensions?.(offers.join(', '), values.join(', '));
  return fault === undefined ? pass(quoted(values)) : fail(expected, quoted(values), fault);
}

function checkNonce({ response }: Exchange): Verdict {
  const hint = 'hybi-04 alone has it, to mask with: if the frames that follow make no sense, the server speaks that.';
  return warn(quoted(fieldValues(response, 'Sec-WebSocket-Nonce')), hint);
}

function checkBody({ response }: Exchange): Verdict {
  const length = fieldValues(response, 'Content-Length');
  const actual = length.length > 0 ? `Content-Length: ${quoted(length)}` : 'Transfer-Encoding';
  return warn(actual, 'What follows a 101 is frames; a strict proxy may refuse this answer.');
}
