/**
 * The promise: every requirement on a handshake of hybi-04 to hybi-12 is one finding, met or not. What these drafts share
 * with RFC 6455 is checked by its checks; here is what differs.
 */
import { checkRequest } from '../handshake/check-request.ts';
import { checkResponse } from '../handshake/check-response.ts';
import type { Finding } from '../handshake/finding.ts';
import { canonicalKey } from '../handshake/key.ts';
import { fail, NOT_SENT, pass, quoted, times, type Verdict, warn } from '../handshake/verdict.ts';
import { fieldValues, firstValue } from '../http/head.ts';
import { isToken } from '../http/parameter-list.ts';
import { redactUrl } from '../http/redact.ts';
import type { CheckOptions, OpeningAnswer, OpeningRequest } from './handshake.ts';
import { NONCE_FIELD } from './hybi-opening.ts';
import type { HybiRules } from './hybi-rules.ts';
import { dialectOf } from './name.ts';
import { recogniseAnswer } from './recognise.ts';
import { lapse, sectionOf } from './requirement.ts';

/** Checks a request as the server of this dialect does. */
export function checkHybiRequest({ head }: OpeningRequest, options: CheckOptions, rules: HybiRules): Finding[] {
  const base = checkRequest(head, { pasted: options.pasted ?? false, versions: [rules.version] });
  if (rules.dialect === 'rfc6455') return base;
  return base.map((finding) => ofDraft(finding, { head, rules, options }));
}

interface Exchange {
  readonly head: OpeningRequest['head'];
  readonly rules: HybiRules;
  readonly options: CheckOptions;
}

/** The finding as the draft has it: its section, and another verdict where its rule is another. */
function ofDraft(finding: Finding, exchange: Exchange): Finding {
  const { rules } = exchange;
  const section = sectionOf(rules.dialect);
  const said = { ...finding, section };
  switch (finding.id) {
    case 'version':
      return { ...said, requirement: `Sec-WebSocket-Version is ${rules.version}`, ...withoutHint(finding) };
    case 'origin': {
      const requirement = `${rules.originField} is one origin${rules.originRequired ? '' : ' (browsers must send it)'}`;
      return rejudged(said, requirement, judgeOrigin(exchange));
    }
    case 'connection':
      return finding.level === 'pass' ? rejudged(said, said.requirement, judgeConnection(exchange)) : said;
    case 'key':
      return finding.level === 'fail' && isOneText(exchange.head) ? rejudged(said, said.requirement, oddKey(exchange)) : said;
    case 'target':
      return rules.absoluteTarget ? said : rejudged(said, 'The target is a path', judgeTarget(finding, exchange));
    default:
      return said;
  }
}

/** Old libraries made keys of another length, such as of the time; the proof is of their text. */
function oddKey({ head, options }: Exchange): Verdict {
  const key = firstValue(head, 'Sec-WebSocket-Key') ?? '';
  return lapse(
    options.strict,
    '16 bytes in base64',
    key,
    'That is not base64 of 16 bytes. Its text counts, so the proof can be made.',
  );
}

function isOneText(head: OpeningRequest['head']): boolean {
  const [key, ...more] = fieldValues(head, 'Sec-WebSocket-Key');
  return key !== undefined && more.length === 0 && /^[A-Za-z0-9+/]{8,}={0,2}$/.test(key);
}

const withoutHint = ({ level, hint }: Finding) => (level === 'fail' && hint !== undefined ? { hint } : {});

function rejudged({ id, side, section }: Finding, requirement: string, verdict: Verdict): Finding {
  return { id, side, section, requirement, ...verdict };
}

function judgeOrigin({ head, rules, options }: Exchange): Verdict {
  const other = rules.originField === 'Origin' ? 'Sec-WebSocket-Origin' : 'Origin';
  const [values, others] = [fieldValues(head, rules.originField), fieldValues(head, other)];
  if (values.length > 1) return fail('at most one', times(values));
  if (values[0] === '') return warn('(empty)', 'An origin is a scheme and a host, such as http://example.com, or null.');
  if (values.length === 1)
    return pass(quoted(values), rules.dialect === 'hybi-08' ? 'Drafts 08 to 10 call it so; 11 and 12 say Origin.' : undefined);
  // A server of version 8 takes either name.
  if (others.length > 0)
    return warn(`${other}: ${quoted(others)}`, `Drafts 04 to 10 call it Sec-WebSocket-Origin, those from 11 on Origin.`);
  if (!rules.originRequired) return pass('not sent: no browser');
  return lapse(options.strict, 'one origin', NOT_SENT, 'It may be left out only from hybi-06 on.');
}

function judgeConnection({ head, rules, options }: Exchange): Verdict {
  const values = fieldValues(head, 'Connection');
  const isAlone = values.length === 1 && values[0]?.toLowerCase() === 'upgrade';
  if (isAlone || !rules.connectionAlone) return pass(quoted(values));
  return lapse(options.strict, 'Upgrade', quoted(values), 'Other tokens beside Upgrade may stand here only from hybi-06 on.');
}

function judgeTarget(finding: Finding, { head, options }: Exchange): Verdict {
  const { level, actual = '', expected, hint } = finding;
  if (level === 'fail') return fail(expected ?? '/…', actual, hint);
  if (head.target.startsWith('/')) return pass(actual);
  return lapse(
    options.strict,
    '/…',
    redactUrl(head.target),
    'An absolute URL as the target came with hybi-08; before, it is the path alone.',
  );
}

/** Checks an answer as the client of this dialect does. */
export function checkHybiAnswer(
  request: OpeningRequest | undefined,
  { head }: OpeningAnswer,
  options: CheckOptions,
  rules: HybiRules,
): Finding[] {
  const base = checkResponse(request?.head, head, options.judgeExtensions, [rules.version]);
  const section = sectionOf(rules.dialect);
  const findings = base.map((finding) => (finding.id === 'version' ? otherGeneration(finding, head, rules) : finding));
  if (rules.dialect === 'rfc6455') return findings;
  const ofThisDraft = findings.map((finding) => ({ ...finding, section }));
  if (!rules.hasNonce || head.status !== 101 || findings.some(({ id }) => id === 'version')) return ofThisDraft;
  const requirement = `${NONCE_FIELD} is 16 bytes in base64, once`;
  return [...ofThisDraft, { id: 'nonce', side: 'server', section, requirement, ...judgeNonce(head) }];
}

function otherGeneration(finding: Finding, head: OpeningAnswer['head'], rules: HybiRules): Finding {
  const { diagnosis } = recogniseAnswer(head, rules.dialect);
  const { title } = dialectOf(rules.dialect);
  const hint = diagnosis ?? finding.hint;
  return { ...finding, requirement: `The answer is that of ${title}`, expected: title, ...(hint === undefined ? {} : { hint }) };
}

function judgeNonce(head: OpeningAnswer['head']): Verdict {
  const values = fieldValues(head, NONCE_FIELD);
  const [nonce = ''] = values;
  if (values.length === 0)
    return fail('one nonce', NOT_SENT, 'Without it no frame can be masked: the server speaks a later draft.');
  if (values.length > 1) return fail('one nonce', times(values));
  if (canonicalKey(nonce) === undefined) {
    const hint = 'Its text counts, so masking works all the same.';
    return isToken(nonce.replace(/[=/]/g, ''))
      ? warn(nonce, `That is not base64 of 16 bytes. ${hint}`)
      : fail('24 characters of base64', quoted(values));
  }
  return pass(nonce);
}
