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
