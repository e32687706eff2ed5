/**
 * The raw bytes behind the heads of hixie-76 and hybi-00 to -03, in text: 8 behind a request, 16 behind an answer. Nothing
 * announces them but the fields above, and pages lose the blank line before them.
 */
import { fieldValues, type Head } from '../http/head.ts';

/** How many bytes a head of this form is followed by; 0 where it is of another dialect. */
export function bodyLengthOf(head: Pick<Head, 'kind' | 'fields'>): number {
  const has = (name: string) => fieldValues(head, name).length > 0;
  if (head.kind === 'request') return has('Sec-WebSocket-Key1') || has('Sec-WebSocket-Key2') ? 8 : 0;
  if (has('Sec-WebSocket-Accept')) return 0;
  return has('Sec-WebSocket-Location') || has('Sec-WebSocket-Origin') ? 16 : 0;
}

/** Whether a line that could be a field is a body: as long as one, and not `name: value`. */
export function looksLikeBody(line: string, head: Pick<Head, 'kind' | 'fields'>): boolean {
  const length = bodyLengthOf(head);
  return length > 0 && line.length === length && !/^[A-Za-z-]+: /.test(line);
}

/** The body that a line holds: its characters, or bytes written in hex (`5e 6e 3a …`). `undefined`: it is none. */
export function bodyIn(line: string, length: number): Uint8Array | undefined {
  const isBytes = /^[\0-\xff]*$/.test(line);
  if (line.length === length && isBytes) return Buffer.from(line, 'latin1');
  const hex = line.replace(/[\s:]|0x|\\x/g, '');
  if (hex.length === length * 2 && /^[0-9a-fA-F]+$/.test(hex)) return Buffer.from(hex, 'hex');
  return undefined;
}

/**
 * The body at the end of a head that stood on one line: its last characters, if a space parts them from the rest. `rest`
 * is what is before them.
 */
export function bodyAtEnd(text: string, length: number): { readonly rest: string; readonly body: Uint8Array } | undefined {
  const trimmed = text.trimEnd();
  const at = trimmed.length - length;
  if (length === 0 || at < 1 || trimmed[at - 1] !== ' ' || trimmed[at - 2] === ':') return undefined;
  const body = bodyIn(trimmed.slice(at), length);
  return body && { rest: trimmed.slice(0, at - 1), body };
}

/** A body in a capture, and how many bytes stand between it and the next head, or the end. */
export interface RawBody {
  readonly body: Uint8Array;
  readonly behind: number;
}

/**
 * The bytes at a place in text that is a capture and not a page: line ends among them, a frame or the next head right behind
 * them, or a few too many or too few of them on a line that ends the capture. `undefined` where it could be prose just as well.
 */
export function rawBodyAt(text: string, at: number, length: number): RawBody | undefined {
  const region = text.slice(at, nextHeadIn(text, at));
  const bytes = region.slice(0, length);
  const behind = region.slice(length);
  if (/[^\0-\xff]/.test(bytes)) return undefined;
  const isWhole = bytes.length === length && (NO_TEXT.test(bytes) || behind === '' || NO_TEXT.test(behind.charAt(0)));
  if (!isWhole && !isMiscounted(region.replace(/\r?\n$/, ''), length, text.slice(Math.max(0, at - 4), at))) return undefined;
  return { body: Buffer.from(isWhole ? bytes : bytes.trimEnd(), 'latin1'), behind: /^\s/.test(behind) ? 0 : behind.length };
}

/** A byte that no text holds: in a capture one of a hash, or a frame's first. */
const NO_TEXT = /[^ -~\t\r\n]/;
/** Bytes that a body may have too many or too few. */
const MISCOUNTED = 2;

/** Whether it is a body all the same: on a line of its own behind a head as it is on the wire. */
function isMiscounted(region: string, length: number, before: string): boolean {
  return before === '\r\n\r\n' && Math.abs(region.length - length) <= MISCOUNTED && !/[\r\n]/.test(region);
}

/** Where the next head begins, or the text ends. */
function nextHeadIn(text: string, at: number): number {
  const start = /(?:GET \S{1,2048} )?HTTP\/1\.[01]\b/g;
  start.lastIndex = at;
  return start.exec(text)?.index ?? text.length;
}
