/**
 * The promise: every requirement that RFC 8441 puts on an opening handshake over HTTP/2, on either side, is one finding, met
 * or not; what RFC 6455 still asks of it is checked as over HTTP/1.1.
 */
import { type Field, fieldValues, firstValue, type RequestHead, type ResponseHead } from '../http/head.ts';
import { redactUrl } from '../http/redact.ts';
import { checkRequest } from './check-request.ts';
import { checkResponse, type JudgeExtensions } from './check-response.ts';
import { authorityOf, isConnectionSpecific } from './extended-connect.ts';
import type { Finding } from './finding.ts';
import { fail, NOT_SENT, pass, quoted, times, type Verdict, warn } from './verdict.ts';

type Stated = Pick<Finding, 'id' | 'section' | 'requirement'>;

const S3 = 'RFC 8441 §3';
const S4 = 'RFC 8441 §4';
const S5 = 'RFC 8441 §5';
const S822 = 'RFC 9113 §8.2.2';

const REQUEST: readonly (Stated & { readonly check: (request: RequestHead) => Verdict })[] = [
  { id: 'method', section: S4, requirement: 'The method is CONNECT', check: checkMethod },
  { id: 'protocol', section: S5, requirement: ':protocol is websocket', check: checkProtocol },
  { id: 'scheme', section: S5, requirement: ':scheme is https for wss, http for ws', check: checkScheme },
  { id: 'path', section: S4, requirement: ':path is sent', check: checkPath },
  { id: 'authority', section: 'RFC 9113 §8.3.1', requirement: ':authority names the host', check: checkAuthority },
  { id: 'connection-fields', section: S822, requirement: 'No field is about a connection', check: checkConnectionFields },
  { id: 'key', section: S5, requirement: 'Sec-WebSocket-Key has no part in it', check: checkNoKey },
];

const SHARED: ReadonlySet<string> = new Set(['version', 'origin', 'subprotocol', 'extensions']);

/** Checks an extended CONNECT. A request that is none gets the findings that say so, and no others. */
export function checkExtendedRequest(request: RequestHead): Finding[] {
  const own = REQUEST.map(({ check, ...stated }): Finding => ({ ...stated, side: 'client', ...check(request) }));
  if (own.some(({ id, level }) => level === 'fail' && (id === 'method' || id === 'protocol'))) return own.slice(0, 2);
  return [...own, ...checkRequest(request).filter(({ id }) => SHARED.has(id))];
}

function checkMethod({ method }: RequestHead): Verdict {
  return method === 'CONNECT'
    ? pass(method)
    : fail('CONNECT', method, 'Over HTTP/2 there is no Upgrade: GET opens no WebSocket.');
}

function checkProtocol(request: RequestHead): Verdict {
  const values = fieldValues(request, ':protocol');
  const [value = ''] = values;
  if (values.length !== 1 || value.toLowerCase() !== 'websocket') return fail('websocket', times(values));
  return pass(value);
}

function checkScheme(request: RequestHead): Verdict {
  const values = fieldValues(request, ':scheme');
  const known = values.length === 1 && /^https?$/i.test(values[0] ?? '');
  return known ? pass(quoted(values)) : fail('https or http', quoted(values));
}

// RFC 8441 §4: "… the :scheme and :path pseudo-header fields of the target URI … MUST also be included."
function checkPath(request: RequestHead): Verdict {
  const values = fieldValues(request, ':path');
  const [path = ''] = values;
  if (values.length !== 1 || !path.startsWith('/')) return fail('a path that begins with /', quoted(values.map(redactUrl)));
  return path.includes('#') ? fail('no fragment', redactUrl(path)) : pass(redactUrl(path));
}

function checkAuthority(request: RequestHead): Verdict {
  const authority = authorityOf(request);
  if (authority === undefined || authority === '') return fail('the host of the URL', NOT_SENT);
  const host = firstValue(request, 'Host');
  if (fieldValues(request, ':authority').length === 0) return warn(`host: ${authority}`, 'It came as a host field instead.');
  // RFC 9113 §8.3.1: "A server SHOULD treat a request as malformed if it contains a Host header field that identifies an
  // entity that differs from the entity in the ':authority' pseudo-header field."
  if (host !== undefined && host.toLowerCase() !== authority.toLowerCase()) return fail(authority, `host: ${host}`);
  return pass(authority);
}

function checkConnectionFields({ fields }: { readonly fields: readonly Field[] }): Verdict {
  const names = fields.filter(isConnectionSpecific).map(({ name }) => name);
  return names.length === 0 ? pass('none does') : fail('none', names.join(', '), 'HTTP/2 has no Upgrade and no Connection.');
}

function checkNoKey(request: RequestHead): Verdict {
  const values = fieldValues(request, 'Sec-WebSocket-Key');
  return values.length === 0 ? pass(NOT_SENT) : warn(quoted(values), 'Servers do not look at it: :protocol takes its place.');
}

/**
 * Whether the server said that it takes an extended CONNECT.
 */
export function checkConnectProtocol(value: boolean): Finding {
  const stated: Stated = { id: 'settings', section: S3, requirement: 'SETTINGS_ENABLE_CONNECT_PROTOCOL is 1' };
  if (value) return { ...stated, side: 'server', ...pass('1') };
  const hint = "This server's HTTP/2 does not do WebSocket; try --http1.1.";
  return { ...stated, side: 'server', ...fail('1', '0, or not sent', hint) };
}

const STATUS: Stated = { id: 'status', section: S5, requirement: 'The status is 200' };
const FIELDS: Stated = { id: 'connection-fields', section: S822, requirement: 'No field is about a connection' };
const ACCEPT: Stated = { id: 'accept', section: S5, requirement: 'Sec-WebSocket-Accept has no part in it' };
const LENGTH: Stated = { id: 'body', section: 'RFC 9110 §9.3.6', requirement: 'A 2xx to CONNECT has no Content-Length' };

/** Checks the answer to an extended CONNECT. Another status than 2xx is judged alone. */
export function checkExtendedResponse(request: RequestHead, response: ResponseHead, judge?: JudgeExtensions): Finding[] {
  const of = (stated: Stated, verdict: Verdict): Finding => ({ ...stated, side: 'server', ...verdict });
  const status = of(STATUS, checkStatus(response));
  if (status.level === 'fail') return [status];
  const upgraded: ResponseHead = { ...response, status: 101, version: 'HTTP/1.1' };
  const shared = checkResponse(request, upgraded, judge).filter(({ id }) => id === 'subprotocol' || id === 'extensions');
  const lengths = fieldValues(response, 'Content-Length');
  return [
    status,
    of(FIELDS, checkConnectionFields(response)),
    of(ACCEPT, checkNoAccept(response)),
    ...shared,
    ...(lengths.length === 0 ? [] : [of(LENGTH, warn(quoted(lengths), 'What follows is frames; a strict proxy may refuse it.'))]),
  ];
}

// RFC 9110 §9.3.6: "Any 2xx (Successful) response indicates that the sender … will switch to tunnel mode"
function checkStatus({ status }: ResponseHead): Verdict {
  if (status === 200) return pass('200');
  if (status > 200 && status < 300) return warn(String(status), 'Any 2xx opens the stream, but 200 is what RFC 8441 shows.');
  return fail('200', String(status));
}

function checkNoAccept(response: ResponseHead): Verdict {
  const values = fieldValues(response, 'Sec-WebSocket-Accept');
  return values.length === 0 ? pass(NOT_SENT) : warn(quoted(values), 'Over HTTP/2 nobody looks at it.');
}
