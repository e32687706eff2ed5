import { type Field, fieldValues, firstValue, type RequestHead, type ResponseHead } from '../http/head.ts';
import { listMembers } from '../http/parameter-list.ts';
import { acceptFor } from './key.ts';
import { applyHeaderLines } from './request.ts';

/** What a server decides about its 101. */
export interface AnswerParts {
  /** Subprotocols that the server speaks; the first of the client's that is among them is chosen. */
  readonly subprotocols?: readonly string[];
  /** The value of Sec-WebSocket-Extensions that was negotiated; left out or empty: none. */
  readonly extensions?: string | undefined;
  /** Lines as of `-H`: they add, override and remove. */
  readonly headers?: readonly string[];
}

/** The client's first choice among the subprotocols that are supported; `undefined`: none. Case counts (RFC 6455 §4.1). */
export function selectSubprotocol(request: RequestHead, supported: readonly string[]): string | undefined {
  if (supported.length === 0) return undefined;
  return listMembers(fieldValues(request, 'Sec-WebSocket-Protocol')).find((name) => supported.includes(name));
}

/** The 101 for a request that was checked (RFC 6455 §4.2.2). */
export function answerRequest(request: RequestHead, parts: AnswerParts = {}): ResponseHead {
  const key = firstValue(request, 'Sec-WebSocket-Key') ?? '';
  const subprotocol = selectSubprotocol(request, parts.subprotocols ?? []);
  const fields: Field[] = [
    { name: 'Upgrade', value: 'websocket' },
    { name: 'Connection', value: 'Upgrade' },
    { name: 'Sec-WebSocket-Accept', value: acceptFor(key) },
  ];
  if (subprotocol !== undefined) fields.push({ name: 'Sec-WebSocket-Protocol', value: subprotocol });
  if (parts.extensions) fields.push({ name: 'Sec-WebSocket-Extensions', value: parts.extensions });
  return response(101, 'Switching Protocols', applyHeaderLines(fields, parts.headers ?? []));
}

/** A refusal, ready to be sent: the head, and the body that its Content-Length announces. */
export interface Refusal {
  readonly head: ResponseHead;
  readonly body: Uint8Array;
}

/**
 * Any other answer than 101. It ends the connection: bytes of a client that already speaks WebSocket must never be
 * read as another HTTP request.
 */
export function refuse(status: number, reason?: string, headers: readonly Field[] = [], body = ''): Refusal {
  const bytes = Buffer.from(body, 'utf8');
  const fields: Field[] = [{ name: 'Connection', value: status === 426 ? 'close, Upgrade' : 'close' }];
  // RFC 9110 §15.5.22: "The server MUST send an Upgrade header field in a 426 response"
  if (status === 426) fields.push({ name: 'Upgrade', value: 'websocket' });
  fields.push(...headers);
  // RFC 6455 §4.4: "the server MUST respond with … a |Sec-WebSocket-Version| header field indicating the version(s)"
  const namesVersion = headers.some((field) => field.name.toLowerCase() === 'sec-websocket-version');
  if (status === 426 && !namesVersion) fields.push({ name: 'Sec-WebSocket-Version', value: '13' });
  if (bytes.length > 0) fields.push({ name: 'Content-Type', value: 'text/plain; charset=utf-8' });
  fields.push({ name: 'Content-Length', value: String(bytes.length) });
  return { head: response(status, reason ?? REASONS[status] ?? '', fields), body: bytes };
}

function response(status: number, reason: string, fields: readonly Field[]): ResponseHead {
  return { kind: 'response', version: 'HTTP/1.1', status, reason, fields };
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  505: 'HTTP Version Not Supported',
};
