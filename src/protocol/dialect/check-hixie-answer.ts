/** The promise: every requirement on an answer of hixie-75, hixie-76 or hybi-01 to -03 is one finding, met or not. */
import type { Finding } from '../handshake/finding.ts';
import { fail, NOT_SENT, pass, quoted, times, type Verdict, warn } from '../handshake/verdict.ts';
import { fieldValues } from '../http/head.ts';
import { hasToken } from '../http/parameter-list.ts';
import { redactUrl } from '../http/redact.ts';
import { judgeProof } from './check-hixie-proof.ts';
import type { CheckOptions, OpeningAnswer, OpeningRequest } from './handshake.ts';
import { locationDifference, locationOf } from './hixie-location.ts';
import { type HixieRules, subprotocolsAsked } from './hixie-rules.ts';
import { dialectOf } from './name.ts';
import { recogniseAnswer } from './recognise.ts';
import { findingsOf, lapse, type Requirement, sectionOf } from './requirement.ts';

interface Exchange {
  readonly request: OpeningRequest | undefined;
  readonly answer: OpeningAnswer;
  readonly rules: HixieRules;
  readonly options: CheckOptions;
}

const STATUS: readonly Requirement<Exchange>[] = [{ id: 'status', requirement: 'The status is 101', check: checkStatus }];
const OTHER: Requirement<Exchange> = {
  id: 'version',
  requirement: 'The answer is of the draft that was asked for',
  check: checkVersion,
};
const SWITCHED: readonly Requirement<Exchange>[] = [
  { id: 'upgrade', requirement: 'Upgrade is WebSocket, once', check: checkUpgrade },
  { id: 'connection', requirement: 'Connection is Upgrade, once', check: checkConnection },
  { id: 'origin', requirement: 'The origin is echoed', check: checkOrigin },
  { id: 'location', requirement: 'The address is echoed', check: checkLocation },
  { id: 'subprotocol', requirement: 'The subprotocol is the one that was asked for', check: checkSubprotocol },
];
const OF_75: readonly Requirement<Exchange>[] = [
  { id: 'status-line', requirement: 'The first lines are those of the draft, to the byte', check: checkFirstLines },
];
const OF_76: readonly Requirement<Exchange>[] = [
  {
    id: 'proof',
    requirement: '16 bytes follow the head: the MD5 of the keys',
    check: ({ request, answer, rules, options }) => judgeProof(request, answer, rules.dialect, options),
  },
];

/** Checks an answer as the client of this dialect does. */
export function checkHixieAnswer(
  request: OpeningRequest | undefined,
  answer: OpeningAnswer,
  options: CheckOptions,
  rules: HixieRules,
): Finding[] {
  const exchange = { request, answer, rules, options };
  return findingsOf(requirementsFor(exchange), exchange, 'server', sectionOf(rules.dialect));
}

function requirementsFor({ answer, rules }: Exchange): readonly Requirement<Exchange>[] {
  if (answer.head.status !== 101) return STATUS;
  const { fits, spoke } = recogniseAnswer(answer.head, rules.dialect);
  // An answer without origin and location is what servers send that were asked without Host and Origin.
  if (!fits && (spoke !== 'nothing known' || !rules.hasKeys)) return [...STATUS, OTHER];
  return [...STATUS, ...(rules.hasKeys ? [] : OF_75), ...SWITCHED, ...(rules.hasKeys ? OF_76 : [])];
}

function checkStatus({ answer: { head } }: Exchange): Verdict {
  const actual = head.reason === '' ? String(head.status) : `${head.status} ${head.reason}`;
  if (head.status === 101) return pass(actual);
  return fail('101', actual, head.status === 407 ? 'A proxy on the way asks for credentials.' : undefined);
}

function checkVersion({ answer: { head }, rules }: Exchange): Verdict {
  const { spoke, diagnosis } = recogniseAnswer(head, rules.dialect);
  return fail(dialectOf(rules.dialect).title, spoke === 'as asked' ? 'Sec-WebSocket-Accept' : spoke, diagnosis);
}

function checkFirstLines({ answer: { head }, rules, options }: Exchange): Verdict {
  const line = `${head.version} ${head.status} ${head.reason}`;
  const expected = `HTTP/1.1 101 ${rules.reason}`;
  const hint =
    'hixie-75 clients compare the first 44 bytes, with Web Socket in two words, and the two lines below; strict ones refuse this.';
  if (line !== expected) return lapse(options.strict, expected, line, hint);
  const [first, second] = head.fields;
  const lines = [first, second].map((field) => `${field?.name ?? ''}: ${field?.value ?? ''}`).join(', ');
  if (lines !== 'Upgrade: WebSocket, Connection: Upgrade')
    return lapse(options.strict, 'Upgrade: WebSocket, Connection: Upgrade', lines, hint);
  return pass(line);
}

// hixie-76: the client compares this value with "WebSocket", case and all.
function checkUpgrade({ answer: { head }, options }: Exchange): Verdict {
  const values = fieldValues(head, 'Upgrade');
  const [value = ''] = values;
  if (values.length === 1 && value === 'WebSocket') return pass(value);
  if (values.length !== 1 || value.toLowerCase() !== 'websocket') return fail('WebSocket', times(values));
  return lapse(options.strict, 'WebSocket', value, 'Case counts here until hybi-03; browsers of the day refuse this.');
}

function checkConnection({ answer: { head }, options }: Exchange): Verdict {
  const values = fieldValues(head, 'Connection');
  const [value = ''] = values;
  if (values.length === 1 && value.toLowerCase() === 'upgrade') return pass(value);
  if (!hasToken(values, 'upgrade')) return fail('Upgrade', times(values));
  return lapse(options.strict, 'Upgrade', times(values), 'Nothing but Upgrade may stand here until hybi-05.');
}

function checkOrigin({ request, answer: { head }, rules, options }: Exchange): Verdict {
  const values = fieldValues(head, rules.originField);
  const [origin = ''] = values;
  const [sent] = request ? fieldValues(request.head, 'Origin') : [];
  const expected = rules.hasKeys ? sent : sent?.toLowerCase();
  if (values.length > 1) return fail(expected ?? 'one origin', times(values));
  if (values.length === 0) {
    if (request && sent === undefined) return pass('none was sent, none is echoed');
    return lapse(options.strict, expected ?? 'one origin', NOT_SENT, `${rules.originField} is missing: browsers refuse that.`);
  }
  if (!request) return warn(origin, 'It cannot be verified without the request.');
  if (origin === expected) return pass(origin);
  return lapse(options.strict, expected ?? 'none: none was sent', origin, 'Browsers refuse an origin that is not their own.');
}

function checkLocation({ request, answer: { head }, rules, options }: Exchange): Verdict {
  const values = fieldValues(head, rules.locationField);
  const [location = ''] = values;
  const fitting = request ? schemes(options.secure).map((secure) => locationOf(request.head, secure)) : [];
  // Queries hold secrets.
  const [expected, actual] = [fitting.map(redactUrl).join(' or ') || 'one address', redactUrl(location)];
  if (values.length > 1) return fail(expected, times(values.map(redactUrl)));
  if (values.length === 0)
    return lapse(options.strict, expected, NOT_SENT, `${rules.locationField} is missing: browsers refuse that.`);
  if (!request) return warn(actual, 'It cannot be verified without the request.');
  if (fitting.includes(location)) return pass(actual);
  return lapse(options.strict, expected, actual, locationDifference(fitting[0] ?? '', location));
}

const schemes = (secure: boolean | undefined) => (secure === undefined ? [false, true] : [secure]);

function checkSubprotocol({ request, answer: { head }, rules, options }: Exchange): Verdict {
  const values = fieldValues(head, rules.subprotocolField);
  const [chosen = ''] = values;
  const asked = request ? subprotocolsAsked(request.head, rules) : [];
  if (values.length > 1) return fail('one name', times(values));
  if (values.length === 0) {
    if (asked.length === 0) return pass(request ? 'none asked for, none chosen' : 'none chosen');
    return lapse(options.strict, asked.join(' or '), NOT_SENT, 'The server did not take the subprotocol; browsers refuse that.');
  }
  if (!request) return warn(quoted(values), 'It cannot be verified without the request.');
  if (asked.includes(chosen)) return pass(chosen);
  if (asked.length === 0) return warn(chosen, 'None was asked for; browsers of the day ignored it.');
  return fail(asked.join(' or '), quoted(values));
}
