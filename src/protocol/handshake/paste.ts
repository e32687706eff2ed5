/**
 * The promise: whatever form a handshake was copied in, its heads come out as if they had been read from the wire, and
 * what had to be assumed is said.
 */
import { fieldValues, type RequestHead, type ResponseHead } from '../http/head.ts';
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
  for (const read of [() => readHeads(lines), () => readCommands(text), () => readFieldLists(lines)]) {
    const found = read();
    if (found.length > 0) return found;
  }
  return [];
}

interface Draft {
  request?: RequestHead;
  response?: ResponseHead;
  notes: string[];
}

/** A response belongs to the request before it; one that stands alone may belong to the request after it. */
function pair(heads: readonly PastedHead[]): PastedHandshake[] {
  const drafts: Draft[] = [];
  for (const { head, notes } of heads) {
    const last = drafts.at(-1);
    if (head.kind === 'response' && last?.request && !last.response) {
      last.response = head;
      last.notes = [...new Set([...last.notes, ...notes])];
    } else if (head.kind === 'request' && last?.response && !last.request && belongTogether(head, last.response, heads)) {
      last.request = head;
      last.notes = [...new Set([...last.notes, ...notes])];
    } else {
      drafts.push(head.kind === 'request' ? { request: head, notes: [...notes] } : { response: head, notes: [...notes] });
    }
  }
  return drafts;
}

/** Developer tools show the response first: the two are one handshake if they are all there is, or if the hash says so. */
function belongTogether(request: RequestHead, response: ResponseHead, heads: readonly PastedHead[]): boolean {
  const [key] = fieldValues(request, 'Sec-WebSocket-Key');
  const accepts = fieldValues(response, 'Sec-WebSocket-Accept');
  return heads.length === 2 || (key !== undefined && accepts.includes(acceptFor(key)));
}
