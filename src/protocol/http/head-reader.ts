/**
 * The promise: bytes become a head in one pass, whatever the pieces in which they arrive. Every line is looked at once,
 * so the time is linear in the input, and nothing beyond the limits is kept.
 */
import type { Field, Head, HeadLimits, RequestHead, ResponseHead } from './head.ts';
import {
  type HeadProblemId,
  isProblem,
  type LineProblem,
  parseFieldLine,
  parseRequestLine,
  parseStatusLine,
  type RequestLine,
  type StatusLine,
} from './parse-line.ts';

export type HeadResult<H extends Head = Head> =
  | { readonly state: 'incomplete' }
  | {
      readonly state: 'complete';
      readonly head: H;
      /** The head as on the wire, up to and with the blank line. */
      readonly raw: Uint8Array;
      /** What came after it: frames or a body. */
      readonly rest: Uint8Array;
    }
  | {
      readonly state: 'invalid';
      readonly id: HeadProblemId;
      /** One phrase, authored by us: safe to print. */
      readonly problem: string;
      /** What a server answers. */
      readonly status: 400 | 431 | 505;
      /** Everything received so far, for whoever wants to say what it was instead. */
      readonly raw: Uint8Array;
    };

interface HeadOfKind {
  request: RequestHead;
  response: ResponseHead;
}

const EMPTY = Buffer.alloc(0);
const LF = 0x0a;
const CR = 0x0d;
const BLANK_LINE = Buffer.from('\r\n\r\n', 'latin1');
const HTTP = Buffer.from('HTTP/', 'latin1');

/** Reads one head; `push` what arrives until it answers anything but `incomplete`. */
export class HeadReader<K extends Head['kind']> {
  readonly #kind: K;
  readonly #limits: HeadLimits;
  readonly #lenient: boolean;
  readonly #fields: Field[] = [];
  #buffer: Buffer = EMPTY;
  #length = 0;
  #lineStart = 0;
  #scanned = 0;
  #start: RequestLine | StatusLine | undefined;

  /** `lenient` takes a bare LF as a line end: for pasted text only, never for the wire. */
  constructor(kind: K, limits: HeadLimits, options: { readonly lenient?: boolean } = {}) {
    this.#kind = kind;
    this.#limits = limits;
    this.#lenient = options.lenient ?? false;
  }

  /** Bytes received so far. */
  get length(): number {
    return this.#length;
  }

  /** `bytes` stay as they are: what comes out refers to them. */
  push(bytes: Uint8Array): HeadResult<HeadOfKind[K]> {
    this.#append(bytes);
    if (this.#start === undefined && !this.#mayBeHttp()) {
      return this.#invalid({ id: 'not-http', text: `what arrived is not an HTTP ${this.#kind}` });
    }
    // Most heads are all there at once, and are decoded at once.
    const blank = this.#scanned === 0 ? this.#buffer.indexOf(BLANK_LINE) : -1;
    const text = blank === -1 ? undefined : this.#buffer.toString('latin1', 0, blank + BLANK_LINE.length);
    for (;;) {
      // What lies behind the length was never written and is 0.
      const end = text?.indexOf('\n', this.#scanned) ?? this.#buffer.indexOf(LF, this.#scanned);
      if (end === -1 ? this.#length >= this.#limits.maxBytes : end >= this.#limits.maxBytes) {
        return this.#invalid({ id: 'too-large', text: `the head is larger than ${this.#limits.maxBytes} bytes` });
      }
      this.#scanned = end === -1 ? this.#length : end + 1;
      if (end === -1) return { state: 'incomplete' };
      const outcome = this.#takeLine(end, text);
      if (outcome === 'end') return this.#complete(end + 1);
      if (outcome !== undefined) return this.#invalid(outcome);
    }
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (this.#length === 0) {
      // Most heads arrive in one piece, which is read where it lies.
      this.#buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.#length = needed;
      return;
    }
    if (needed > this.#buffer.length) {
      const grown = Buffer.alloc(Math.max(needed, this.#buffer.length * 2, 1024));
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = needed;
  }

  /** Known at the first bytes: whoever speaks TLS, SSH or HTTP/2 to us often says no more until we answer. */
  #mayBeHttp(): boolean {
    if (this.#kind === 'request') return this.#length === 0 || isVisible(this.#buffer[0] ?? 0);
    const compared = Math.min(this.#length, HTTP.length);
    return this.#buffer.subarray(0, compared).equals(HTTP.subarray(0, compared));
  }

  /** Takes the line that ends with the LF at `end`. `text`: what was received so far, where it was decoded. */
  #takeLine(end: number, text: string | undefined): 'end' | LineProblem | undefined {
    const hasCr = end > this.#lineStart && this.#buffer[end - 1] === CR;
    if (!hasCr && !this.#lenient) return { id: 'bare-lf', text: 'a line ends with LF alone instead of CR LF' };
    const stop = hasCr ? end - 1 : end;
    const line = text?.slice(this.#lineStart, stop) ?? this.#buffer.toString('latin1', this.#lineStart, stop);
    this.#lineStart = end + 1;
    // RFC 9110 §5.5: "Field values containing CR, LF, or NUL characters are invalid and dangerous"
    if (line.includes('\0')) return { id: 'nul', text: 'a line holds a NUL character' };
    if (line.includes('\r')) return { id: 'bare-cr', text: 'a line holds a CR that is not part of its end' };
    if (this.#start === undefined) return this.#takeStartLine(line);
    if (line === '') return 'end';
    if (this.#fields.length === this.#limits.maxFields) {
      return { id: 'too-many-fields', text: `the head has more than ${this.#limits.maxFields} fields` };
    }
    const field = parseFieldLine(line);
    if (isProblem(field)) return field;
    this.#fields.push(field);
    return undefined;
  }

  #takeStartLine(line: string): LineProblem | undefined {
    const start = this.#kind === 'request' ? parseRequestLine(line) : parseStatusLine(line);
    if (isProblem(start)) return start;
    this.#start = start;
    return undefined;
  }

  #complete(end: number): HeadResult<HeadOfKind[K]> {
    const head = { kind: this.#kind, ...this.#start, fields: this.#fields } as unknown as HeadOfKind[K];
    return { state: 'complete', head, raw: this.#buffer.subarray(0, end), rest: this.#buffer.subarray(end, this.#length) };
  }

  #invalid({ id, text }: LineProblem): HeadResult<HeadOfKind[K]> {
    const status = id === 'too-large' || id === 'too-many-fields' ? 431 : id === 'http-version' ? 505 : 400;
    return { state: 'invalid', id, problem: text, status, raw: this.#buffer.subarray(0, this.#length) };
  }
}

/** One call for bytes that are all there. */
export function readHead<K extends Head['kind']>(
  bytes: Uint8Array,
  kind: K,
  limits: HeadLimits,
  options: { readonly lenient?: boolean } = {},
): HeadResult<HeadOfKind[K]> {
  return new HeadReader(kind, limits, options).push(bytes);
}

/** A method begins with a visible character; a TLS record begins with 0x16, an HTTP/2 frame usually with 0x00. */
function isVisible(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f;
}
