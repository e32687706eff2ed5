import { formatHex } from '../bytes/hex.ts';
import { escapeText } from './escape.ts';
import { sizeText } from './size.ts';
import type { Style } from './style.ts';

/** A message as a line, or several, of a live session: text as it is and escaped, binary as hex. Safe to print. */
export interface MessageViewOptions {
  readonly style: Style;
  /** Columns of the terminal. */
  readonly width: number;
  /** Columns under which whatever follows the first line stands, so that no message can pass for a line of ours. */
  readonly indent: number;
  /** Text passes as it is: the user asked for it. */
  readonly raw?: boolean;
}

export interface ShownMessage {
  readonly opcode: 'text' | 'binary';
  readonly data: Uint8Array;
}

/** Bytes that are shown at most: what is longer is for a pipe. */
const TEXT_MOST = 16 * 1024;
const BINARY_MOST = 128;

export function messageText({ opcode, data }: ShownMessage, view: MessageViewOptions): string {
  return opcode === 'text' ? plainText(data, view) : binaryText(data, view);
}

function plainText(data: Uint8Array, { style, indent, raw }: MessageViewOptions): string {
  if (data.length === 0) return style.dim('(empty)');
  const end = data.length > TEXT_MOST ? characterStart(data, TEXT_MOST) : data.length;
  const text = Buffer.from(data.buffer, data.byteOffset, end).toString('utf8');
  const shown = raw ? text : escapeText(text, { multiline: true, mark: style.escape });
  return shown.replaceAll('\n', `\n${' '.repeat(indent)}`) + rest(data.length - end, style);
}

function binaryText(data: Uint8Array, { style, width, indent }: MessageViewOptions): string {
  const title = style.dim(`binary ${sizeText(data.length)}`);
  if (data.length <= 8) return data.length === 0 ? title : `${title}  ${formatHex(data)}`;
  const perRow = width - indent >= 16 * 4 + 4 ? 16 : 8;
  const rows: string[] = [];
  for (let at = 0; at < Math.min(data.length, BINARY_MOST); at += perRow) {
    const bytes = data.subarray(at, Math.min(at + perRow, BINARY_MOST, data.length));
    rows.push(`${formatHex(bytes).padEnd(perRow * 3)}  ${style.dim(printable(bytes))}`);
  }
  const margin = `\n${' '.repeat(indent)}`;
  return `${title}${margin}${rows.join(margin)}${rest(data.length - BINARY_MOST, style)}`;
}

/** ASCII that can be seen, and a dot for any other byte. */
function printable(bytes: Uint8Array): string {
  return [...bytes].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
}

function rest(length: number, style: Style): string {
  return length > 0 ? style.dim(` … (+${sizeText(length)}; in a pipe nothing is cut)`) : '';
}

/** Where the character begins that byte `index` belongs to. */
function characterStart(bytes: Uint8Array, index: number): number {
  let start = index;
  while (start > 0 && index - start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return start;
}
