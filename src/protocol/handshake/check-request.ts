/**
 * The promise: every requirement that RFC 6455 puts on an opening request is one finding, met or not, in a stable order.
 */
import { fieldValues, firstValue, type RequestHead } from '../http/head.ts';
import { hasToken, isToken, parseParameterList } from '../http/parameter-list.ts';
import { redactUrl } from '../http/redact.ts';
import type { Finding } from './finding.ts';
import { canonicalKey, isCanonicalKey } from './key.ts';
import { legacyHint, legacyRequest, VERIFIED_VERSIONS } from './legacy.ts';
import { fail, NOT_SENT, pass, quoted, times, type Verdict, warn } from './verdict.ts';

interface Context {
  readonly isPasted: boolean;
  /** The values of Sec-WebSocket-Version that are checked in full. */
  readonly versions: readonly string[];
}

type Check = (request: RequestHead, context: Context) => Verdict;

interface Requirement {
  readonly id: string;
  readonly section: string;
  readonly requirement: string;
  readonly check: Check;
}

export interface RequestCheckOptions {
  /** The request comes from text and not from the wire: version 8 is verified too, and a host that was cut out is a warning. */
  readonly pasted?: boolean;
  /** The values of Sec-WebSocket-Version that are checked in full; 13 alone, and 8 in pasted text, where it is left out. */
  readonly versions?: readonly string[];
}

const COMMON: readonly Requirement[] = [
  { id: 'method', section: 'RFC 6455 §4.1', requirement: 'The method is GET', check: checkMethod },
  { id: 'http-version', section: 'RFC 6455 §4.1', requirement: 'The HTTP version is 1.1', check: checkHttpVersion },
  { id: 'target', section: 'RFC 6455 §4.1', requirement: 'The target is a path or an http(s) URL', check: checkTarget },
  { id: 'host', section: 'RFC 6455 §4.1', requirement: 'Host is sent exactly once', check: checkHost },
  { id: 'upgrade', section: 'RFC 6455 §4.1', requirement: 'Upgrade names websocket', check: checkUpgrade },
  { id: 'connection', section: 'RFC 6455 §4.1', requirement: 'Connection names Upgrade', check: checkConnection },
];

const VERSION: Requirement = {
  id: 'version',
  section: 'RFC 6455 §4.1',
  requirement: 'Sec-WebSocket-Version is 13',
  check: checkVersion,
};

const MODERN: readonly Requirement[] = [
  { id: 'key', section: 'RFC 6455 §4.1', requirement: 'Sec-WebSocket-Key is 16 bytes in base64, once', check: checkKey },
  VERSION,
  { id: 'origin', section: 'RFC 6455 §4.1', requirement: 'Origin is one origin (browsers must send it)', check: checkOrigin },
  { id: 'subprotocol', section: 'RFC 6455 §4.1', requirement: 'Subprotocols are tokens, each once', check: checkSubprotocols },
  { id: 'extensions', section: 'RFC 6455 §9.1', requirement: 'Extensions follow the grammar', check: checkExtensions },
];

const ALL = [...COMMON, ...MODERN];
const OF_OLD = [...COMMON, VERSION];

/** Checks an opening request against RFC 6455 §4.1 and §4.2.1. An older handshake gets one finding that names it. */
export function checkRequest(request: RequestHead, options: RequestCheckOptions = {}): Finding[] {
  const isPasted = options.pasted ?? false;
  const context = { isPasted, versions: options.versions ?? (isPasted ? VERIFIED_VERSIONS : VERSION_13) };
  const requirements = isLegacy(request, context) ? OF_OLD : ALL;
  return requirements.map((requirement) => findingOf(requirement, requirement.check(request, context)));
}

const VERSION_13: readonly string[] = ['13'];

function isLegacy(request: RequestHead, { versions }: Context): boolean {
  const version = firstValue(request, 'Sec-WebSocket-Version');
  return legacyRequest(request) !== undefined && !(version !== undefined && versions.includes(version));
}

/** Written out for what is met, for a server does this eleven times a client. */
function findingOf({ id, section, requirement }: Requirement, verdict: Verdict): Finding {
  const { level, actual, expected, hint } = verdict;
  if (actual !== undefined && expected === undefined && hint === undefined) {
    return { id, section, requirement, side: 'client', level, actual };
  }
  return { id, section, requirement, side: 'client', ...verdict };
}

function checkMethod({ method }: RequestHead): Verdict {
  return method === 'GET' ? pass(method) : fail('GET', method);
}

// RFC 6455 §4.1: "The method of the request MUST be GET, and the HTTP version MUST be at least 1.1."
function checkHttpVersion({ version }: RequestHead): Verdict {
  return version === 'HTTP/1.1' ? pass(version) : fail('HTTP/1.1', version);
}

function checkTarget({ target }: RequestHead, { isPasted }: Context): Verdict {
  const shown = redactUrl(target);
  if (target.includes('#')) return fail('no fragment', shown, 'A fragment must not be sent: leave out # and what follows.');
  if (target.startsWith('/') || /^https?:\/\/[^/]/i.test(target)) return pass(shown);
  if (/^wss?:\/\/[^/]/i.test(target))
    return warn(
      shown,
      'Some tools show the whole URL here; on the wire it is a path or, from hybi-08 on, an absolute http(s) URL.',
    );
  if (isPasted && hasLostHost(target)) return warn(shown, 'The URL has lost its host: the text is incomplete.');
  return fail('/…', shown);
}

/** `ws://` alone, as pages print it that had their links taken out. */
const hasLostHost = (target: string) => /^wss?:(?:\/\/)?$/i.test(target);

function checkHost(request: RequestHead, { isPasted }: Context): Verdict {
  const values = fieldValues(request, 'Host');
  if (values.length === 0 && isPasted && hasLostHost(request.target)) return warn(NOT_SENT, 'The text is incomplete: no Host.');
  if (values.length === 1 && values[0] !== '') return pass(values.join());
  return fail('one Host field', times(values));
}

// RFC 6455 §4.1: "The request MUST contain an |Upgrade| header field whose value MUST include the "websocket" keyword."
function checkUpgrade(request: RequestHead): Verdict {
  const values = fieldValues(request, 'Upgrade');
  return hasToken(values, 'websocket') ? pass(quoted(values)) : fail('websocket', quoted(values));
}

// RFC 6455 §4.1: "… a |Connection| header field whose value MUST include the "Upgrade" token."
function checkConnection(request: RequestHead): Verdict {
  const values = fieldValues(request, 'Connection');
  return hasToken(values, 'upgrade') ? pass(quoted(values)) : fail('Upgrade', quoted(values));
}

function checkKey(request: RequestHead): Verdict {
  const values = fieldValues(request, 'Sec-WebSocket-Key');
  const [key = ''] = values;
  // RFC 6455 §11.3.1: "MUST NOT appear more than once in an HTTP request"
  if (values.length !== 1) return fail('one key', times(values));
  const canonical = canonicalKey(key);
  if (canonical === undefined) return fail('24 characters of base64 that stand for 16 bytes', quoted(values), keyHint(key));
  if (isCanonicalKey(key)) return pass(key);
  return warn(
    key,
    `Base64 with stray low bits: an encoder writes ${canonical}. The text counts, so it works; a few servers refuse it.`,
  );
}

function keyHint(key: string): string {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(key)) return 'That is not base64.';
  return `That is base64 of ${Buffer.from(key, 'base64').length} bytes${key.length % 4 === 0 ? '' : ', with its padding missing'}.`;
}

function checkVersion(request: RequestHead, context: Context): Verdict {
  const { versions } = context;
  const values = fieldValues(request, 'Sec-WebSocket-Version');
  const legacy = legacyRequest(request);
  const actual = times(values);
  if (legacy !== undefined && isLegacy(request, context)) return fail(versions.join(' or '), actual, legacyHint(legacy));
  const [version = ''] = values;
  if (values.length !== 1 || !versions.includes(version)) return fail(versions.join(' or '), actual);
  return version !== '8' ? pass(version) : pass(version, `Version ${version} is hybi-08 to -12; its accept rule is that of 13.`);
}

function checkOrigin(request: RequestHead): Verdict {
  const origins = fieldValues(request, 'Origin');
  const former = fieldValues(request, 'Sec-WebSocket-Origin');
  const isVersion8 = firstValue(request, 'Sec-WebSocket-Version') === '8';
  if (origins.length > 1) return fail('at most one', times(origins));
  if (former.length > 0 && !isVersion8)
    return warn(quoted(former), 'Sec-WebSocket-Origin belongs to drafts 04–10; 13 has Origin.');
  if (origins[0] === '') return warn('(empty)', 'An origin is a scheme and a host, such as https://example.com, or null.');
  if (former.length > 0) return pass(`Sec-WebSocket-Origin: ${quoted(former)}`, 'Drafts 08–10 call it Sec-WebSocket-Origin.');
  return pass(origins.length === 0 ? 'not sent: no browser' : quoted(origins));
}

// RFC 6455 §4.1: "The elements that comprise this value MUST be non-empty strings … and MUST all be unique strings."
function checkSubprotocols(request: RequestHead): Verdict {
  const values = fieldValues(request, 'Sec-WebSocket-Protocol');
  if (values.length === 0) return pass('none asked for');
  const members = values.flatMap((value) => value.split(',').map((member) => member.trim()));
  if (members.every((member) => member === '')) return fail('at least one name', quoted(values));
  const named = members.filter((member) => member !== '');
  const odd = named.find((member) => !isToken(member));
  if (odd !== undefined)
    return fail('tokens separated by commas', quoted(values), 'A subprotocol has no spaces, quotes or brackets.');
  if (new Set(named).size !== named.length) return fail('each name once', quoted(values));
  if (named.length !== members.length) return warn(quoted(values), 'The list has an empty element.');
  return pass(quoted(values));
}

function checkExtensions(request: RequestHead): Verdict {
  const values = fieldValues(request, 'Sec-WebSocket-Extensions');
  if (values.length === 0) return pass('none offered');
  const list = parseParameterList(values);
  if (list.error)
    return fail('name; parameter=value, …', quoted(values), `${list.error.problem}, at character ${list.error.at + 1}.`);
  // RFC 6455 §9.1: "the value after quoted-string unescaping MUST conform to the 'token' ABNF"
  const odd = list.items.flatMap((item) => item.parameters).find(({ value }) => value !== undefined && !isToken(value));
  if (odd) return fail('values that are tokens once unquoted', quoted(values));
  if (list.items.length === 0)
    return fail('at least one extension', quoted(values), 'Leave the field out where nothing is offered.');
  return pass(quoted(values));
}
