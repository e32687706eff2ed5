import type { Field, RequestHead } from '../http/head.ts';
import { isToken } from '../http/parameter-list.ts';
import { LocalProtocolError } from '../rule.ts';

/** What an opening request is made of. Everything has a sensible default but the first three. */
export interface RequestParts {
  /** The value of the Host field: `example.com`, `example.com:8080`, `[::1]:9000`. */
  readonly host: string;
  /** The request target: path and query, never a fragment. */
  readonly target: string;
  /** 16 random bytes in base64, see `keyFrom`. */
  readonly key: string;
  readonly subprotocols?: readonly string[];
  /** The value of Sec-WebSocket-Extensions; left out: none is offered. */
  readonly extensions?: string | undefined;
  readonly origin?: string | undefined;
  /**
   * Lines as users of curl write them, in order: `K: V` sets or adds, `K:` removes a default, `K;` sends it empty.
   * A name that is a default takes its place; the same name again is sent again.
   */
  readonly headers?: readonly string[];
}

/** What a `-H` line asks for; `value` undefined: remove the default. */
export interface HeaderLine {
  readonly name: string;
  readonly value: string | undefined;
}

/** Reads one `-H` line; a string says what is wrong with it, as a phrase that quotes nothing. */
export function parseHeaderLine(line: string): HeaderLine | string {
  if (/[\r\n\0]/.test(line)) return 'a header may not hold a line break or a NUL character';
  const colon = line.indexOf(':');
  const isEmptyForm = colon === -1 && line.endsWith(';');
  if (colon === -1 && !isEmptyForm) return "a header is written 'Name: value'";
  const name = (isEmptyForm ? line.slice(0, -1) : line.slice(0, colon)).trim();
  if (!isToken(name)) return 'the name before the colon is not a header name';
  if (isEmptyForm) return { name, value: '' };
  const value = line.slice(colon + 1).trim();
  return { name, value: value === '' ? undefined : toLatin1(value) };
}

/** Heads hold bytes as latin-1 characters; what a user typed goes out as UTF-8. */
function toLatin1(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** A field's value as it goes out. Throws LocalProtocolError where it would break the head. */
export function fieldValue(name: string, text: string): string {
  if (/[\r\n\0]/.test(text)) throw new LocalProtocolError(`${name} may not hold a line break or a NUL character`);
  return toLatin1(text);
}

/** The opening request, fields in a browser's order. Throws LocalProtocolError for a header line that is none. */
export function buildRequest(parts: RequestParts): RequestHead {
  const target = requestTarget(parts.target);
  const fields = applyHeaderLines(defaultFields(parts), parts.headers ?? []);
  return { kind: 'request', method: 'GET', target, version: 'HTTP/1.1', fields };
}

/** The request target as it goes out. Throws LocalProtocolError where it would break the request line. */
export function requestTarget(text: string): string {
  const target = toLatin1(text);
  if (!/^[!-~\x80-\xff]+$/.test(target)) throw new LocalProtocolError('the request target may not hold blanks or controls');
  return target;
}

function defaultFields(parts: RequestParts): Field[] {
  const fields: Field[] = [
    { name: 'Host', value: fieldValue('Host', parts.host) },
    { name: 'Connection', value: 'Upgrade' },
    { name: 'Upgrade', value: 'websocket' },
  ];
  if (parts.origin !== undefined) fields.push({ name: 'Origin', value: fieldValue('Origin', parts.origin) });
  fields.push({ name: 'Sec-WebSocket-Version', value: '13' });
  fields.push({ name: 'Sec-WebSocket-Key', value: parts.key });
  if (parts.extensions !== undefined) {
    const name = 'Sec-WebSocket-Extensions';
    fields.push({ name, value: fieldValue(name, parts.extensions) });
  }
  if (parts.subprotocols !== undefined && parts.subprotocols.length > 0) {
    const name = 'Sec-WebSocket-Protocol';
    fields.push({ name, value: fieldValue(name, parts.subprotocols.join(', ')) });
  }
  return fields;
}

/**
 * Defaults with a user's lines laid over them. The first line with a default's name takes its place, so that the order
 * stays a browser's; all else follows in the order given.
 */
export function applyHeaderLines(defaults: readonly Field[], lines: readonly string[]): Field[] {
  if (lines.length === 0) return [...defaults];
  const replacements = new Map<string, Field | undefined>();
  const defaultNames = new Set(defaults.map((field) => field.name.toLowerCase()));
  const added: Field[] = [];
  for (const line of lines) {
    const header = parseHeaderLine(line);
    if (typeof header === 'string') throw new LocalProtocolError(header);
    const name = header.name.toLowerCase();
    const field = header.value === undefined ? undefined : { name: header.name, value: header.value };
    const isReplacement = defaultNames.has(name) && replacements.get(name) === undefined;
    if (isReplacement) replacements.set(name, field);
    else if (field) added.push(field);
  }
  const kept = defaults.flatMap((field) => {
    const name = field.name.toLowerCase();
    const replacement = replacements.has(name) ? replacements.get(name) : field;
    return replacement ? [replacement] : [];
  });
  return [...kept, ...added];
}
