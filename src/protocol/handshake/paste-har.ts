/** HTTP archives and single entries of them, and the JSON of `wstap handshake --format json`. */
import type { Field, RequestHead, ResponseHead } from '../http/head.ts';
import { splitUrl } from './paste-url.ts';
import type { PastedHead } from './pasted-head.ts';

type Json = Readonly<Record<string, unknown>>;

/** The heads in a JSON text; `undefined` where it is no JSON or holds no heads. */
export function readHar(text: string): PastedHead[] | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const entries = entriesOf(parse(text));
  const heads = entries.map(headsOf);
  const upgrades = heads.filter((pair) => pair.some(({ head }) => head.fields.some(({ name }) => /^sec-websocket-/i.test(name))));
  const found = (upgrades.length > 0 ? upgrades : heads).flat();
  return found.length > 0 ? found : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function entriesOf(value: unknown): Json[] {
  if (Array.isArray(value)) return value.filter(isObject);
  if (!isObject(value)) return [];
  const list = (isObject(value.log) ? value.log.entries : undefined) ?? value.entries ?? value.handshakes;
  return Array.isArray(list) ? list.filter(isObject) : [value];
}

function headsOf({ request, response, requestBody, responseBody }: Json): PastedHead[] {
  const heads: PastedHead[] = [];
  if (isObject(request)) heads.push({ ...requestOf(request), ...rawBytes(requestBody) });
  if (isObject(response) && typeof response.status === 'number' && response.status > 0)
    heads.push({ head: responseOf(response), notes: [], ...rawBytes(responseBody) });
  return heads;
}

/** The raw bytes of hixie-76, which our own JSON has in hex. */
function rawBytes(hex: unknown): { readonly body?: Uint8Array } {
  return typeof hex === 'string' && /^(?:[0-9a-f]{2}){8,16}$/.test(hex) ? { body: Buffer.from(hex, 'hex') } : {};
}

function requestOf(request: Json): PastedHead {
  const url = splitUrl(textOf(request.url) ?? '');
  const target = textOf(request.target) ?? url?.target ?? '/';
  const method = textOf(request.method) ?? 'GET';
  const fields = fieldsOf(request);
  const head: RequestHead = { kind: 'request', method, target, version: versionOf(request), fields };
  if (!url || fields.some(({ name }) => name.toLowerCase() === 'host')) return { head, notes: [] };
  const withHost = { ...head, fields: [{ name: 'Host', value: url.host }, ...fields] };
  return { head: withHost, notes: ['Host was taken from the URL.'] };
}

function responseOf(response: Json): ResponseHead {
  const status = Number(response.status);
  const reason = textOf(response.statusText) ?? textOf(response.reason) ?? '';
  return { kind: 'response', version: versionOf(response), status, reason, fields: fieldsOf(response) };
}

function versionOf(message: Json): string {
  const version = (textOf(message.httpVersion) ?? textOf(message.version) ?? '').toUpperCase();
  return version === '' || version === 'UNKNOWN' ? 'HTTP/1.1' : version;
}

function fieldsOf(message: Json): Field[] {
  const list = Array.isArray(message.headers) ? message.headers : message.fields;
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).flatMap(({ name, value }) => {
    const isPseudo = typeof name === 'string' && name.startsWith(':');
    return typeof name === 'string' && typeof value === 'string' && !isPseudo ? [{ name, value: value.trim() }] : [];
  });
}
