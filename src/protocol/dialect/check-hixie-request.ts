/** The promise: every requirement on a request of hixie-75, hixie-76 or hybi-01 to -03 is one finding, met or not. */
import type { Finding } from '../handshake/finding.ts';
import { fail, NOT_SENT, pass, quoted, times, type Verdict, warn } from '../handshake/verdict.ts';
import { fieldValues } from '../http/head.ts';
import { hasToken } from '../http/parameter-list.ts';
import { redactUrl } from '../http/redact.ts';
import { judgeKey, judgeKey3 } from './check-hixie-key.ts';
import type { CheckOptions, OpeningRequest } from './handshake.ts';
import type { HixieRules } from './hixie-rules.ts';
import { exactValues } from './raw-field.ts';
import { findingsOf, lapse, type Requirement, sectionOf } from './requirement.ts';

interface Exchange {
  readonly request: OpeningRequest;
  readonly rules: HixieRules;
  readonly options: CheckOptions;
}

const COMMON: readonly Requirement<Exchange>[] = [
  { id: 'method', requirement: 'The method is GET', check: checkMethod },
  { id: 'http-version', requirement: 'The HTTP version is 1.1', check: checkHttpVersion },
  { id: 'target', requirement: 'The target is a path', check: checkTarget },
  { id: 'host', requirement: 'Host is sent exactly once', check: checkHost },
  { id: 'upgrade', requirement: 'Upgrade is WebSocket', check: checkUpgrade },
  { id: 'connection', requirement: 'Connection is Upgrade', check: checkConnection },
  { id: 'origin', requirement: 'Origin is sent exactly once', check: checkOrigin },
  { id: 'subprotocol', requirement: 'The subprotocol is in the form of the draft', check: checkSubprotocol },
];

const OF_75: readonly Requirement<Exchange>[] = [
  { id: 'order', requirement: 'Upgrade, Connection, Host, Origin come first', check: checkOrder },
];

const OF_76: readonly Requirement<Exchange>[] = [
  { id: 'draft', requirement: 'Sec-WebSocket-Draft fits', check: checkDraft },
  { id: 'key1', requirement: 'Sec-WebSocket-Key1 is a number times its spaces', check: checkKey('Sec-WebSocket-Key1', 'Key1') },
  { id: 'key2', requirement: 'Sec-WebSocket-Key2 is a number times its spaces', check: checkKey('Sec-WebSocket-Key2', 'Key2') },
  { id: 'key3', requirement: '8 bytes follow the head', check: ({ request, options }) => judgeKey3(request, options) },
];

/** Checks a request as the server of this dialect does. */
export function checkHixieRequest(request: OpeningRequest, options: CheckOptions, rules: HixieRules): Finding[] {
  const requirements = [...COMMON, ...(rules.hasKeys ? OF_76 : OF_75)];
  return findingsOf(requirements, { request, rules, options }, 'client', sectionOf(rules.dialect));
}

function checkMethod({ request: { head } }: Exchange): Verdict {
  return head.method === 'GET' ? pass(head.method) : fail('GET', head.method);
}

function checkHttpVersion({ request: { head } }: Exchange): Verdict {
  return head.version === 'HTTP/1.1' ? pass(head.version) : fail('HTTP/1.1', head.version);
}

function checkTarget({ request: { head }, options }: Exchange): Verdict {
  const shown = redactUrl(head.target);
  if (head.target.includes('#')) return fail('no fragment', shown, 'A fragment must not be sent: leave out # and what follows.');
  if (head.target.startsWith('/')) return pass(shown);
  const hint = 'An absolute URL as the target came with hybi-08; before, it is the path alone.';
  return /^(?:https?|wss?):/i.test(head.target) ? lapse(options.strict, '/…', shown, hint) : fail('/…', shown);
}

function checkHost({ request: { head }, options }: Exchange): Verdict {
  const values = fieldValues(head, 'Host');
  const [host = ''] = values;
  if (values.length !== 1 || host === '') return fail('one Host field', times(values));
  if (host === host.toLowerCase()) return pass(host);
  return lapse(options.strict, host.toLowerCase(), host, 'The draft has it in lower case.');
}

function checkUpgrade({ request: { head }, rules, options }: Exchange): Verdict {
  const values = fieldValues(head, 'Upgrade');
  const [value = ''] = values;
  if (values.length === 1 && value === 'WebSocket') return pass(value);
  if (!hasToken(values, 'websocket')) return fail('WebSocket', times(values));
  if (rules.hasKeys && values.length === 1 && value.toLowerCase() === 'websocket') return pass(value, 'A server takes any case.');
  return lapse(options.strict, 'WebSocket', times(values), 'A strict server compares the whole line, case and all.');
}

function checkConnection({ request: { head }, rules, options }: Exchange): Verdict {
  const values = fieldValues(head, 'Connection');
  const [value = ''] = values;
  const isRight = rules.hasKeys ? value.toLowerCase() === 'upgrade' : value === 'Upgrade';
  if (values.length === 1 && isRight) return pass(value);
  if (!hasToken(values, 'upgrade')) return fail('Upgrade', times(values));
  return lapse(options.strict, 'Upgrade', times(values), 'Other tokens beside Upgrade came with hybi-06; proxies add them too.');
}

function checkOrigin({ request: { head }, rules, options }: Exchange): Verdict {
  const values = fieldValues(head, 'Origin');
  const [origin = ''] = values;
  if (values.length > 1) return fail('one origin', times(values));
  if (values.length === 0)
    return lapse(options.strict, 'one origin', NOT_SENT, 'These drafts know browsers only, which always send it.');
  if (origin === '') return warn('(empty)', 'An origin is a scheme and a host, such as http://example.com, or null.');
  if (!rules.hasKeys && origin !== origin.toLowerCase())
    return lapse(options.strict, origin.toLowerCase(), origin, 'hixie-75 has it in lower case.');
  return pass(origin);
}

function checkSubprotocol({ request: { head }, rules }: Exchange): Verdict {
  const values = fieldValues(head, rules.subprotocolField);
  const [value = ''] = values;
  if (values.length === 0) return otherGenerationsSubprotocol({ head, rules }) ?? pass('none asked for');
  if (values.length > 1) return fail(`one ${rules.subprotocolField} field`, times(values));
  if (!/^[ -~]+$/.test(value)) return fail('visible ASCII characters', quoted(values));
  const isList = value.includes(',');
  if (!isList) return pass(value);
  const hint = rules.hasSubprotocolList
    ? 'Names are separated by spaces here; commas came with hybi-04.'
    : 'It is one name here; lists came later.';
  return warn(value, hint);
}

function otherGenerationsSubprotocol({ head, rules }: { head: OpeningRequest['head']; rules: HixieRules }): Verdict | undefined {
  const other = rules.hasKeys ? 'WebSocket-Protocol' : 'Sec-WebSocket-Protocol';
  const values = fieldValues(head, other);
  if (values.length === 0) return undefined;
  return warn(
    `${other}: ${quoted(values)}`,
    `The field is called ${rules.subprotocolField} in ${rules.dialect}; this one is not looked at.`,
  );
}

// hixie-75: the first three lines are fixed to the byte.
function checkOrder({ request: { head }, options }: Exchange): Verdict {
  const names = head.fields.map(({ name }) => name);
  const actual = names.slice(0, 4).join(', ');
  const expected = fieldValues(head, 'Origin').length > 0 ? ORDER : ORDER.slice(0, 3);
  if (expected.every((name, index) => names[index] === name)) return pass(actual);
  return lapse(
    options.strict,
    expected.join(', '),
    actual,
    'A strict server compares the first lines byte by byte and refuses this; most did not care.',
  );
}

const ORDER = ['Upgrade', 'Connection', 'Host', 'Origin'];

function checkDraft({ request: { head }, rules, options }: Exchange): Verdict {
  const values = fieldValues(head, 'Sec-WebSocket-Draft');
  const [draft = ''] = values;
  const expected = rules.drafts.map((value) => value || 'none').join(' or ');
  if (values.length > 1) return fail(expected, times(values));
  if (!rules.drafts.includes(draft))
    return lapse(options.strict, expected, quoted(values), 'Another draft than is being spoken: its frames may be others.');
  if (draft === '1' || draft === '3')
    return warn(draft, 'No draft ever had this number; libraries that number by the draft send it.');
  return pass(quoted(values));
}

function checkKey(field: string, name: string) {
  return ({ request: { head, raw }, rules, options }: Exchange): Verdict =>
    judgeKey(exactValues(head, raw, field), name, rules.dialect, options);
}
