/** Requests and answers of hixie-75, hixie-76 and hybi-01 to -03, as they go out. */
import { applyHeaderLines, fieldValue, requestTarget } from '../handshake/request.ts';
import { type Field, firstValue, type RequestHead } from '../http/head.ts';
import { LocalProtocolError } from '../rule.ts';
import { shuffled } from './draw.ts';
import type { ClientParts, OpeningAnswer, OpeningRequest, ServerParts } from './handshake.ts';
import { arithmeticOf, KEY3_LENGTH, makeKey } from './hixie-key.ts';
import { locationOf, withoutUsualPort } from './hixie-location.ts';
import { type HixieRules, subprotocolsAsked } from './hixie-rules.ts';
import { dialectOf } from './name.ts';
import { exactValues } from './raw-field.ts';

const EMPTY = Buffer.alloc(0);

export function buildHixieRequest(parts: ClientParts, rules: HixieRules): OpeningRequest {
  const target = requestTarget(parts.target);
  if (!target.startsWith('/')) throw new LocalProtocolError(`a ${rules.dialect} request asks for a path that begins with /`);
  const fields = applyHeaderLines(defaultFields(parts, rules), parts.headers ?? []);
  const head: RequestHead = { kind: 'request', method: 'GET', target, version: 'HTTP/1.1', fields };
  return { head, body: rules.hasKeys ? parts.random(KEY3_LENGTH) : EMPTY };
}

function defaultFields(parts: ClientParts, rules: HixieRules): Field[] {
  const host = withoutUsualPort(fieldValue('Host', parts.host.toLowerCase()), parts.secure ?? false);
  const fields: Field[] = [
    { name: 'Upgrade', value: 'WebSocket' },
    { name: 'Connection', value: 'Upgrade' },
    { name: 'Host', value: host },
    // These drafts know browsers only: there is no request without an origin.
    {
      name: 'Origin',
      value: fieldValue('Origin', (parts.origin ?? `${parts.secure ? 'https' : 'http'}://${host}`).toLowerCase()),
    },
  ];
  const asked = parts.subprotocols ?? [];
  if (asked.length > 0) fields.push({ name: rules.subprotocolField, value: askFor(asked, rules) });
  if (!rules.hasKeys) return fields;
  const draft = dialectOf(rules.dialect).draft;
  if (draft !== undefined) fields.push({ name: 'Sec-WebSocket-Draft', value: String(draft) });
  fields.push({ name: 'Sec-WebSocket-Key1', value: makeKey(parts.random) });
  fields.push({ name: 'Sec-WebSocket-Key2', value: makeKey(parts.random) });
  // hixie-76: fields go out in random order, so that no server comes to rely on one.
  return shuffled(fields, parts.random);
}

function askFor(names: readonly string[], { dialect, hasSubprotocolList }: HixieRules): string {
  if (names.length > 1 && !hasSubprotocolList) throw new LocalProtocolError(`${dialect} can ask for one subprotocol only`);
  if (names.some((name) => !/^[ -~]+$/.test(name) || (hasSubprotocolList && name.includes(' '))))
    throw new LocalProtocolError(`a subprotocol of ${dialect} is made of visible ASCII characters`);
  return names.join(' ');
}

export function answerHixie(request: OpeningRequest, parts: ServerParts, rules: HixieRules): OpeningAnswer {
  const body = rules.hasKeys ? proofFor(request) : EMPTY;
  const fields = applyHeaderLines(answerFields(request, parts, rules), parts.headers ?? []);
  return { head: { kind: 'response', version: 'HTTP/1.1', status: 101, reason: rules.reason, fields }, body };
}

function proofFor({ head, body, raw }: OpeningRequest): Uint8Array {
  const [key1 = ''] = exactValues(head, raw, 'Sec-WebSocket-Key1');
  const [key2 = ''] = exactValues(head, raw, 'Sec-WebSocket-Key2');
  const { proof } = arithmeticOf(key1, key2, body);
  if (!proof) throw new LocalProtocolError('no proof can be made of these keys: refuse the request');
  return proof;
}

function answerFields({ head }: OpeningRequest, parts: ServerParts, rules: HixieRules): Field[] {
  const origin = firstValue(head, 'Origin');
  const fields: Field[] = [
    { name: 'Upgrade', value: 'WebSocket' },
    { name: 'Connection', value: 'Upgrade' },
  ];
  // hixie-75 compares with the origin in lower case, hixie-76 with what it sent.
  const echoed = rules.dialect === 'hixie-75' ? origin?.toLowerCase() : origin;
  if (echoed !== undefined) fields.push({ name: rules.originField, value: echoed });
  fields.push({ name: rules.locationField, value: locationOf(head, parts.secure ?? false) });
  const chosen = subprotocolsAsked(head, rules).find((name) => parts.subprotocols?.includes(name));
  if (chosen !== undefined) fields.push({ name: rules.subprotocolField, value: chosen });
  return fields;
}
