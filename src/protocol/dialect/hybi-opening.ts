/** Requests and answers of hybi-04 to RFC 6455, as they go out. Nothing but a head: no raw bytes belong to either. */
import { keyFrom } from '../handshake/key.ts';
import { applyHeaderLines, buildRequest, fieldValue, requestTarget } from '../handshake/request.ts';
import { answerRequest } from '../handshake/response.ts';
import type { Field, RequestHead } from '../http/head.ts';
import type { ClientParts, OpeningAnswer, OpeningRequest, ServerParts } from './handshake.ts';
import type { HybiRules } from './hybi-rules.ts';

const EMPTY = Buffer.alloc(0);

export function buildHybiRequest(parts: ClientParts, rules: HybiRules): OpeningRequest {
  const key = keyFrom(parts.random(16));
  // Today's dialect goes out as it always has, in a browser's order.
  if (rules.dialect === 'rfc6455') return { head: buildRequest({ ...parts, key }), body: EMPTY };
  const fields = applyHeaderLines(defaultFields(parts, key, rules), parts.headers ?? []);
  const target = requestTarget(parts.target);
  const head: RequestHead = { kind: 'request', method: 'GET', target, version: 'HTTP/1.1', fields };
  return { head, body: EMPTY };
}

/** In the order of the drafts' examples. */
function defaultFields(parts: ClientParts, key: string, rules: HybiRules): Field[] {
  const fields: Field[] = [
    { name: 'Host', value: fieldValue('Host', parts.host) },
    { name: 'Upgrade', value: 'websocket' },
    { name: 'Connection', value: 'Upgrade' },
    { name: 'Sec-WebSocket-Key', value: key },
  ];
  const origin = parts.origin ?? (rules.originRequired ? `${parts.secure ? 'https' : 'http'}://${parts.host}` : undefined);
  if (origin !== undefined) fields.push({ name: rules.originField, value: fieldValue('Origin', origin) });
  const subprotocols = parts.subprotocols ?? [];
  const add = (name: string, value: string) => fields.push({ name, value: fieldValue(name, value) });
  if (subprotocols.length > 0) add('Sec-WebSocket-Protocol', subprotocols.join(', '));
  if (parts.extensions !== undefined) add('Sec-WebSocket-Extensions', parts.extensions);
  fields.push({ name: 'Sec-WebSocket-Version', value: rules.version });
  return fields;
}

/** The field of hybi-04's answer whose text goes, behind the key's, into every mask. */
export const NONCE_FIELD = 'Sec-WebSocket-Nonce';

export function answerHybi({ head }: OpeningRequest, parts: ServerParts, rules: HybiRules): OpeningAnswer {
  const { headers = [], ...rest } = parts;
  const usual = answerRequest(head, rest);
  const nonce = rules.hasNonce ? [{ name: NONCE_FIELD, value: keyFrom(parts.random(16)) }] : [];
  const at = usual.fields.findIndex(({ name }) => name === 'Sec-WebSocket-Accept') + 1;
  const fields = applyHeaderLines([...usual.fields.slice(0, at), ...nonce, ...usual.fields.slice(at)], headers);
  return { head: { ...usual, fields }, body: EMPTY };
}
