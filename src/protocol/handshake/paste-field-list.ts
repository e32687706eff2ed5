/** Header lists without a start line, as developer tools copy them: `name: value`, or name and value on alternate lines. */
import type { Field, Head } from '../http/head.ts';
import { isKnownField } from './paste-names.ts';
import { splitUrl } from './paste-url.ts';
import type { PastedHead } from './pasted-head.ts';

/** What a list says besides its fields: pseudo fields, and the captions of developer tools. */
type Facts = Map<string, string>;

interface List {
  readonly fields: Field[];
  readonly facts: Facts;
}

/** Heads made of the lists in these lines that belong to a WebSocket handshake. */
export function readFieldLists(rawLines: readonly string[]): PastedHead[] {
  const lists = collect(rawLines.map((line) => line.trim()));
  const shared: Facts = new Map(lists.flatMap((list) => [...list.facts]));
  return lists.filter(isHandshake).map((list) => toHead(list.fields, shared));
}

const isHandshake = ({ fields }: List) => fields.some(({ name }) => /^sec-websocket-/i.test(name));

/** Pseudo fields of HTTP/2 and captions that carry what a start line would have said. */
const FACTS = /^(?::(?:method|path|authority|scheme|status|protocol)|request url|request method|status code|status|url)$/i;

function collect(lines: readonly string[]): List[] {
  const lists: List[] = [{ fields: [], facts: new Map() }];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const current = lists.at(-1);
    if (!current) break;
    const read = readField(line, lines[at + 1]);
    if (!read) {
      if (line === '' || /headers/i.test(line)) lists.push({ fields: [], facts: new Map() });
      continue;
    }
    if (FACTS.test(read.name)) current.facts.set(read.name.toLowerCase(), read.value);
    else current.fields.push({ name: read.name, value: read.value });
    if (read.tookTwo) at += 1;
  }
  return lists;
}

interface Reading extends Field {
  readonly tookTwo: boolean;
}

function readField(line: string, next: string | undefined): Reading | undefined {
  const [, name = '', value = ''] = /^(:?[A-Za-z][A-Za-z0-9 _-]{0,63}):\s*(.*)$/.exec(line) ?? [];
  const isNamed = FACTS.test(name) || isFieldName(name);
  if (isNamed && value !== '') return { name, value, tookTwo: false };
  const bare = isNamed ? name : line;
  if (next === undefined || next === '' || !(FACTS.test(bare) || isKnownField(bare))) return undefined;
  return { name: bare, value: next, tookTwo: true };
}

const isFieldName = (name: string) => /^[A-Za-z][A-Za-z0-9-]*$/.test(name);

function toHead(fields: Field[], facts: Facts): PastedHead {
  const has = (wanted: string) => fields.some(({ name }) => name.toLowerCase() === wanted);
  const isResponse = has('sec-websocket-accept') && !has('sec-websocket-key');
  return isResponse ? toResponse(fields, facts) : toRequest(fields, facts, has('host'));
}

function toResponse(fields: Field[], facts: Facts): PastedHead {
  const line = facts.get(':status') ?? facts.get('status code') ?? facts.get('status');
  const [, status, reason = ''] = /^([1-9][0-9]{2})\s*(.*)$/.exec(line ?? '') ?? [];
  const head: Head = { kind: 'response', version: 'HTTP/1.1', status: Number(status ?? 101), reason, fields };
  return { head, notes: status === undefined ? ['The status line was not in the text; HTTP/1.1 101 was assumed.'] : [] };
}

function toRequest(fields: Field[], facts: Facts, hasHost: boolean): PastedHead {
  const url = splitUrl(facts.get('request url') ?? facts.get('url') ?? '');
  const target = facts.get(':path') ?? url?.target;
  const host = facts.get(':authority') ?? url?.host;
  const method = facts.get(':method') ?? facts.get('request method') ?? 'GET';
  const notes = target === undefined ? ['The request line was not in the text; GET / HTTP/1.1 was assumed.'] : [];
  if (host !== undefined && !hasHost) notes.push('Host was taken from the URL.');
  const all = host === undefined || hasHost ? fields : [{ name: 'Host', value: host }, ...fields];
  return { head: { kind: 'request', method, target: target ?? '/', version: 'HTTP/1.1', fields: all }, notes };
}
