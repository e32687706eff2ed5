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
  // What everything inherits is no header: a field may be called `constructor`.
  const headers: Record<string, string | string[]> = Object.create(null);
  for (const { name, value } of fields) {
    const former = headers[name];
    headers[name] = former === undefined ? value : [...(typeof former === 'string' ? [former] : former), value];
  }
  return headers;
}

/** Field names that Node sends once in a head, and throws for where there are more. */
const SINGLE: ReadonlySet<string> = new Set(
  (
    'access-control-allow-credentials access-control-max-age access-control-request-method age authorization content-encoding ' +
    'content-language content-length content-location content-md5 content-range content-type date dnt etag expires from host ' +
    'if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards ' +
    'proxy-authorization range referer retry-after tk upgrade-insecure-requests user-agent x-content-type-options'
  ).split(' '),
);

/** The first of these names that is there again and may be there once only; in whatever case. */
export function repeatedName(names: readonly string[]): string | undefined {
  const lower = names.map((name) => name.toLowerCase());
  return names.find((_, at) => SINGLE.has(lower[at] ?? '') && lower.indexOf(lower[at] ?? '') < at);
}
