import { formatHex } from '../bytes/hex.ts';
import { type Field, fields } from '../protocol/frame/fields.ts';
import type { Frame } from '../protocol/frame/frame.ts';
import { paintOf } from './field-paint.ts';
import { type FrameEvent, kindLabel, MARGIN } from './frame-event.ts';
import { countText } from './size.ts';
import type { Paint, Style } from './style.ts';

/**
 * The figure of RFC 6455 §5.2 with a frame's own bits in it: 32 bits a row, then the start of the payload as it is on the wire.
 * 75 columns.
 */

const ROW_BITS = 32;

/** Bits that stand together in the figure: a field, or the start of the payload. */
interface Stretch {
  readonly bit: number;
  readonly width: number;
  readonly name: string;
  readonly paint: Paint;
  /** What stands under the bits; given the bytes that the part in one row covers, and where they begin in the frame. */
  readonly meaning: (part: Uint8Array, at: number) => string;
}

/** The part of a stretch that stands in one row. */
interface Cell {
  readonly from: number;
  readonly width: number;
  readonly lines: readonly string[];
  readonly paint: Paint;
}

/** The figure's lines, joined by line feeds. */
export function bitFigure({ frame }: FrameEvent, { style }: { readonly style: Style }): string {
  // Where even the header is masked the figure shows what it says, and the mask beneath.
  const bytes = frame.draft?.clear ?? frame.raw;
  const payload = bytes.subarray(frame.headerLength, frame.headerLength + frame.payload.length);
  const shown = payload.subarray(0, payloadShown(frame));
  const rest = payload.length - shown.length;
  const rows = rowsOf(stretchesOf(frame, shown, style, rest === 0), bytes);
  return [
    style.dim(' 0                   1                   2                   3'),
    style.dim(` ${Array.from({ length: ROW_BITS }, (_, bit) => bit % 10).join(' ')}`),
    ...rows.flatMap((row, index) => [style.dim(border(rows[index - 1] ?? [], row)), ...rowLines(row, style)]),
    style.dim(border(rows.at(-1) ?? [], [])),
    ...(rest === 0 ? [] : [style.dim(`… ${countText(rest, 'more byte')} of payload`)]),
    ...maskLines(frame).map((line) => style.dim(line)),
  ]
    .map((line) => ' '.repeat(MARGIN) + line)
    .join('\n');
}

/** Header, payload, and at the end of a frame of hixie its sentinel, unless something is left out before it. */
function stretchesOf(frame: Frame, shown: Uint8Array, style: Style, all: boolean): Stretch[] {
  const isLast = ({ name }: Field) => name === 'sentinel';
  const [header, last] = [fields(frame).filter((field) => !isLast(field)), fields(frame).filter(isLast)];
  const draw = (field: Field) => fieldStretch(field, frame, style);
  return [...header.map(draw), ...payloadStretch(frame, shown, style), ...(all ? last.map(draw) : [])];
}

function maskLines({ draft }: Frame): string[] {
  if (!draft?.mask) return [];
  return [`on the wire all behind the first 4 bytes is masked with ${draft.mask.length} bytes:`, formatHex(draft.mask)];
}

/** Bytes of payload to draw: to the end of the row that it begins in, and one row more. */
function payloadShown({ headerLength }: Frame): number {
  const rest = (4 - (headerLength % 4)) % 4;
  return rest + 4;
}

function fieldStretch(field: Field, frame: Frame, style: Style): Stretch {
  const { bit, width, name } = field;
  const meaning = fieldMeaning(field, frame);
  const byBytes = name === 'masking key' || name === 'frame nonce';
  // The figure in the RFC has no room for "payload length" either.
  const shortName = name === 'payload length' ? 'payload len' : name;
  return { bit, width, name: shortName, paint: paintOf(name, style), meaning: (part) => (byBytes ? formatHex(part) : meaning) };
}

function fieldMeaning({ name, width, value, text }: Field, frame: Frame): string {
  if (name === 'opcode' || name === 'frame type') return kindLabel(frame);
  // Its groups of bits are in the row above already.
  if (name === 'length') return String(value);
  return width === 1 ? '' : text;
}

function payloadStretch({ headerLength, maskingKey, payload, draft }: Frame, shown: Uint8Array, style: Style): Stretch[] {
  if (shown.length === 0) return [];
  const place = { bit: 8 * headerLength, width: 8 * shown.length, paint: style.payload };
  if (maskingKey === undefined || draft) return [{ ...place, name: 'payload', meaning: (part) => formatHex(part) }];
  const meaning: Stretch['meaning'] = (part, at) => {
    const clear = payload.subarray(at - headerLength, at - headerLength + part.length);
    return `${formatHex(part)} → ${formatHex(clear)}`;
  };
  return [{ ...place, name: 'masked payload', meaning }];
}

/** Cuts stretches where a row of the figure ends. */
function rowsOf(stretches: readonly Stretch[], raw: Uint8Array): Cell[][] {
  const rows: Cell[][] = [];
  for (const stretch of stretches) {
    const end = stretch.bit + stretch.width;
    for (let bit = stretch.bit; bit < end; bit = (Math.floor(bit / ROW_BITS) + 1) * ROW_BITS) {
      const row = Math.floor(bit / ROW_BITS);
      const width = Math.min(end, (row + 1) * ROW_BITS) - bit;
      rows[row] ??= [];
      rows[row].push(cell(stretch, bit, width, raw));
    }
  }
  return rows;
}

function cell(stretch: Stretch, bit: number, width: number, raw: Uint8Array): Cell {
  const first = bit === stretch.bit;
  const names = width === 1 ? [...stretch.name] : [partName(stretch.name, first, 2 * width - 1)];
  const bits = Array.from({ length: width }, (_, index) => bitAt(raw, bit + index)).join(' ');
  const part = raw.subarray(bit / 8, (bit + width) / 8);
  const meaning = first || stretch.width === 32 || stretch.name.endsWith('payload') ? stretch.meaning(part, bit / 8) : '';
  return { from: bit % ROW_BITS, width, lines: [...names, bits, meaning], paint: stretch.paint };
}

function partName(name: string, first: boolean, columns: number): string {
  const full = first ? name : `${name} (continued)`;
  return full.length <= columns ? full : name.slice(0, columns);
}

function bitAt(raw: Uint8Array, bit: number): number {
  return ((raw[Math.floor(bit / 8)] ?? 0) >> (7 - (bit % 8))) & 1;
}

/** A row's lines: names at the top, then the bits, then what they mean; all cells are as high as the highest. */
function rowLines(row: readonly Cell[], style: Style): string[] {
  const height = Math.max(...row.map(({ lines }) => lines.length));
  const bar = style.dim('|');
  return Array.from({ length: height }, (_, index) => {
    const texts = row.map((one) => one.paint(centred(lineOf(one, index, height), 2 * one.width - 1)));
    return bar + texts.join(bar) + bar;
  });
}

/** Names hang from the top; the last two lines, bits and meaning, stand on the ground. */
function lineOf({ lines }: Cell, index: number, height: number): string {
  if (index >= height - 2) return lines[lines.length - (height - index)] ?? '';
  return index < lines.length - 2 ? (lines[index] ?? '') : '';
}

function centred(text: string, columns: number): string {
  const before = Math.max(0, Math.floor((columns - text.length) / 2));
  return (' '.repeat(before) + text).padEnd(columns);
}

/** The line between two rows, with a `+` wherever a cell of either ends. */
function border(above: readonly Cell[], below: readonly Cell[]): string {
  const marks = new Set([0, ...[...above, ...below].map(({ from, width }) => from + width)]);
  const last = Math.max(...marks);
  return Array.from({ length: last + 1 }, (_, bit) => (marks.has(bit) ? '+' : '-')).join('-');
}
