/**
 * An HTTP/1.1 head as it was on the wire: order, case and repeats of its fields are kept, because a debugger must show
 * what was sent and not what a library made of it.
 */
export interface Field {
  /** The field name as written, case kept. */
  readonly name: string;
  /** The field value, leading and trailing white space removed (RFC 9112 §5.1); latin-1 characters are bytes. */
  readonly value: string;
}

export interface RequestHead {
  readonly kind: 'request';
  readonly method: string;
  /** The request-target as written. */
  readonly target: string;
  /** `HTTP/1.1`. */
  readonly version: string;
  readonly fields: readonly Field[];
}

export interface ResponseHead {
  readonly kind: 'response';
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly Field[];
}

export type Head = RequestHead | ResponseHead;

/** How much of a head is read before it is refused: bytes with the blank line, and field lines. */
export interface HeadLimits {
  readonly maxBytes: number;
  readonly maxFields: number;
}

export const CLIENT_HEAD_LIMITS: HeadLimits = { maxBytes: 64 * 1024, maxFields: 128 };
export const SERVER_HEAD_LIMITS: HeadLimits = { maxBytes: 16 * 1024, maxFields: 100 };

/** The values of every field line with this name, in order. Names are compared without regard to case (RFC 9110 §5.1). */
export function fieldValues(head: Pick<Head, 'fields'>, name: string): string[] {
  const values: string[] = [];
  for (const field of head.fields) if (isCalled(field, name)) values.push(field.value);
  return values;
}

/** The value of the first of them. */
export function firstValue(head: Pick<Head, 'fields'>, name: string): string | undefined {
  for (const field of head.fields) if (isCalled(field, name)) return field.value;
  return undefined;
}

function isCalled({ name }: Field, wanted: string): boolean {
  return name.length === wanted.length && (name === wanted || name.toLowerCase() === wanted.toLowerCase());
}

/** The first line of a head, without its line end. */
export function startLine(head: Head): string {
  if (head.kind === 'request') return `${head.method} ${head.target} ${head.version}`;
  return `${head.version} ${head.status} ${head.reason}`;
}

/** The head as bytes, with the blank line. Nothing is judged: a debugger also sends what is wrong. */
export function encodeHead(head: Head): Uint8Array {
  let text = `${startLine(head)}\r\n`;
  for (const { name, value } of head.fields) text += value === '' ? `${name}:\r\n` : `${name}: ${value}\r\n`;
  return Buffer.from(`${text}\r\n`, 'latin1');
}
