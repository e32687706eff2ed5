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

/**
 * The bytes at a place in text that is a capture and not a page: line ends among them, or the next head right behind them.
 * `undefined` where it could be prose just as well.
 */
export function rawBodyAt(text: string, at: number, length: number): Uint8Array | undefined {
  const bytes = text.slice(at, at + length);
  if (bytes.length < length || /[^\0-\xff]/.test(bytes)) return undefined;
  const rest = text.slice(at + length, at + length + 5);
  const isBinary = /[^ -~\t\r\n]/.test(bytes);
  return isBinary || rest === '' || rest === 'HTTP/' || rest.startsWith('GET ') ? Buffer.from(bytes, 'latin1') : undefined;
}
