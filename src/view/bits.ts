import { formatHex } from '../bytes/hex.ts';
import { type Field, fields } from '../protocol/frame/fields.ts';
import type { Frame } from '../protocol/frame/frame.ts';
import { paintOf } from './field-paint.ts';
import { type FrameEvent, MARGIN, opcodeLabel } from './frame-event.ts';
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
  const payload = frame.raw.subarray(frame.headerLength);
  const shown = payload.subarray(0, payloadShown(frame));
  const stretches = [...fields(frame).map((field) => fieldStretch(field, frame, style)), ...payloadStretch(frame, shown, style)];
  const rows = rowsOf(stretches, frame.raw);
  const rest = payload.length - shown.length;
  return [
    style.dim(' 0                   1                   2                   3'),
    style.dim(` ${Array.from({ length: ROW_BITS }, (_, bit) => bit % 10).join(' ')}`),
    ...rows.flatMap((row, index) => [style.dim(border(rows[index - 1] ?? [], row)), ...rowLines(row, style)]),
    style.dim(border(rows.at(-1) ?? [], [])),
    ...(rest === 0 ? [] : [style.dim(`… ${countText(rest, 'more byte')} of payload`)]),
  ]
    .map((line) => ' '.repeat(MARGIN) + line)
    .join('\n');
}

/** Bytes of payload to draw: to the end of the row that it begins in, and one row more. */
function payloadShown({ headerLength }: Frame): number {
  const rest = (4 - (headerLength % 4)) % 4;
  return rest + 4;
}

function fieldStretch(field: Field, frame: Frame, style: Style): Stretch {
  const { bit, width, name } = field;
  const meaning = name === 'opcode' ? opcodeLabel(frame.opcode) : width === 1 ? '' : field.text;
  const byBytes = name === 'masking key';
  // The figure in the RFC has no room for "payload length" either.
  const shortName = name === 'payload length' ? 'payload len' : name;
  return { bit, width, name: shortName, paint: paintOf(name, style), meaning: (part) => (byBytes ? formatHex(part) : meaning) };
}

function payloadStretch({ headerLength, maskingKey, payload }: Frame, shown: Uint8Array, style: Style): Stretch[] {
  if (shown.length === 0) return [];
  const place = { bit: 8 * headerLength, width: 8 * shown.length, paint: style.payload };
  if (maskingKey === undefined) return [{ ...place, name: 'payload', meaning: (part) => formatHex(part) }];
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
