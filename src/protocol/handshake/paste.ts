/**
 * The promise: whatever form a handshake was copied in, its heads come out as if they had been read from the wire, and
 * what had to be assumed is said.
 */
import { type Field, fieldValues, firstValue, type RequestHead, type ResponseHead } from '../http/head.ts';
import { acceptFor } from './key.ts';
import { readCommands } from './paste-command.ts';
import { readFieldLists } from './paste-field-list.ts';
import { readHar } from './paste-har.ts';
import { readHeads } from './paste-heads.ts';
import type { PastedHead } from './pasted-head.ts';

/** A handshake found in text: a request, a response, or both. */
export interface PastedHandshake {
  readonly request?: RequestHead;
  readonly response?: ResponseHead;
  /** The raw bytes behind either that belong to the handshake, where the text has them. */
  readonly requestBody?: Uint8Array;
  readonly responseBody?: Uint8Array;
  readonly notes: readonly string[];
}

/** Every handshake in a text, in order; empty where there is none. Never throws. */
export function readPasted(text: string): PastedHandshake[] {
  const plain = text.replace(/^\ufeff/, '');
  return pair(readHar(plain) ?? firstThatFinds(plain));
}

/** Heads that are written out count most; a command or a bare list of fields only where there are none. */
function firstThatFinds(text: string): readonly PastedHead[] {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/);
  for (const read of [() => headsIn(text), () => readCommands(text), () => readFieldLists(lines)]) {
    const found = read();
    if (found.length > 0) return found;
  }
  return [];
}

/** Web pages write no-break spaces; in a capture the same byte may be anything. */
function headsIn(text: string): readonly PastedHead[] {
  const found = readHeads(text);
  if (!text.includes('\u00a0') || /[\0-\x08\x80-\x9f]/.test(text)) return found;
  const spaced = readHeads(text.replaceAll('\u00a0', ' '));
  if (spaced.length <= found.length) return found;
  return spaced.map((head) => ({ ...head, notes: [...head.notes, 'No-break spaces were read as spaces.'] }));
}

interface Draft {
  request?: RequestHead;
  response?: ResponseHead;
  requestBody?: Uint8Array;
  responseBody?: Uint8Array;
  notes: string[];
}

/** A response belongs to the request before it; one that stands alone may belong to the request after it. */
function pair(heads: readonly PastedHead[]): PastedHandshake[] {
  const drafts: Draft[] = [];
  for (const { head, notes, body } of heads.map(withPlainSpaces)) {
    const last = drafts.at(-1);
    const isAnswer = head.kind === 'response' && last?.request && !last.response;
    const isAsked = head.kind === 'request' && last?.response && !last.request && belongTogether(head, last.response, heads);
    const draft = last && (isAnswer || isAsked) ? last : newDraft(drafts);
    if (head.kind === 'request') Object.assign(draft, { request: head, ...(body && { requestBody: body }) });
    else Object.assign(draft, { response: head, ...(body && { responseBody: body }) });
    draft.notes = [...new Set([...draft.notes, ...notes])];
  }
  return drafts;
}

/** Web pages write no-break spaces where several are to be seen; in a key of hixie-76 each of them counts. */
function withPlainSpaces(pasted: PastedHead): PastedHead {
  const { head, notes } = pasted;
  const isKey = (field: Field) => /^sec-websocket-key[12]$/i.test(field.name) && field.value.includes('\u00a0');
  if (!head.fields.some(isKey)) return pasted;
  const fields = head.fields.map((field) => (isKey(field) ? { ...field, value: field.value.replaceAll('\u00a0', ' ') } : field));
  return { ...pasted, head: { ...head, fields }, notes: [...notes, 'No-break spaces in a key were read as spaces.'] };
}

function newDraft(drafts: Draft[]): Draft {
  const draft: Draft = { notes: [] };
  drafts.push(draft);
  return draft;
}

/** Developer tools show the response first: the two are one handshake if they are all there is, or if the hash says so. */
function belongTogether(request: RequestHead, response: ResponseHead, heads: readonly PastedHead[]): boolean {
  const key = firstValue(request, 'Sec-WebSocket-Key');
  const accepts = fieldValues(response, 'Sec-WebSocket-Accept');
  return heads.length === 2 || (key !== undefined && accepts.includes(acceptFor(key)));
}
