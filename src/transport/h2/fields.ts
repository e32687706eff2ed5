import type { Field } from '../../protocol/http/head.ts';

/** Field lines between Node's shapes for HTTP/2 and ours. */

/** Names and values in turn → fields. */
export function fieldsOf(raw: readonly string[]): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) fields.push({ name: raw[at] ?? '', value: raw[at + 1] ?? '' });
  return fields;
}

/** Fields of one name go together, in order: Node takes no others. */
export function headersOf(fields: readonly Field[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const { name, value } of fields) {
    const former = headers[name];
    headers[name] = former === undefined ? value : [...(typeof former === 'string' ? [former] : former), value];
  }
  return headers;
}
