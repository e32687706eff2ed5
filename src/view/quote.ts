import { isUtf8 } from 'node:buffer';
import { formatHex } from '../bytes/hex.ts';
import { type EscapeOptions, escapeText } from './escape.ts';
import { textWidth } from './width.ts';

type Mark = EscapeOptions['mark'];

/**
 * Bytes for reading: `"text"` where they are valid UTF-8, else hex in pairs; at most `max` of them (whole characters), then
 * `… (+N bytes)`. Only what is shown is looked at, however much there is. Safe to print.
 */
export function quoteBytes(bytes: Uint8Array, max: number, mark?: Mark): string {
  const textEnd = bytes.length <= max ? bytes.length : characterStart(bytes, max);
  const text = isUtf8(bytes.subarray(0, textEnd));
  const end = text ? textEnd : Math.min(bytes.length, max);
  const shown = Buffer.from(bytes.buffer, bytes.byteOffset, end);
  const quoted = text ? `"${escapeText(shown.toString('utf8'), mark ? { mark } : {})}"` : formatHex(shown);
  return quoted + moreBytes(bytes.length - end);
}

/** As `quoteBytes`, cut so that it takes at most `columns` on the screen; `undefined` where not even a few bytes fit. */
export function quoteInColumns(bytes: Uint8Array, columns: number, mark?: Mark): string | undefined {
  let count = Math.min(bytes.length, columns);
  while (count > 0 || bytes.length === 0) {
    const excess = textWidth(quoteBytes(bytes, count)) - columns;
    if (excess <= 0) return quoteBytes(bytes, count, mark);
    if (count === 0) return undefined;
    count -= Math.max(1, Math.floor(excess / 4));
    if (count < Math.min(4, bytes.length)) return undefined;
  }
  return undefined;
}

/** Where the character begins that byte `index` belongs to: at most three bytes before it. */
function characterStart(bytes: Uint8Array, index: number): number {
  let start = index;
  while (start > 0 && index - start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return start;
}

function moreBytes(count: number): string {
  return count === 0 ? '' : `… (+${count} ${count === 1 ? 'byte' : 'bytes'})`;
}
