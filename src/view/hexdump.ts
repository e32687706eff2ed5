import { formatHex } from '../bytes/hex.ts';
import { type Field, fields } from '../protocol/frame/fields.ts';
import type { Frame } from '../protocol/frame/frame.ts';
import { isControl, Opcode } from '../protocol/frame/opcode.ts';
import { fieldPaint } from './field-paint.ts';
import { type FrameEvent, hasNonce, MARGIN } from './frame-event.ts';
import { quoteInColumns } from './quote.ts';
import { sizeText } from './size.ts';
import type { Paint, Style } from './style.ts';

/**
 * A frame's bytes, field by field: header and masking key; the payload as it is on the wire and, aligned beneath it, unmasked;
 * and inflated where it was compressed. 80 columns.
 */
export interface HexdumpOptions {
  readonly style: Style;
  /** Bytes of payload, and of what it inflates to, to show at most: `--dump-max`. Default 256. */
  readonly max?: number;
}

const ROW = 16;
/** Where the right-hand side begins: after a full row of 16 bytes. */
const SIDE = MARGIN + 3 * ROW + 1;
/** Columns of the right-hand side. */
const SIDE_COLUMNS = 80 - SIDE;

/** The rows, joined by line feeds. */
export function hexdump(event: FrameEvent, { style, max = 256 }: HexdumpOptions): string {
  const { frame } = event;
  const header = headerText(frame, frame.raw, style);
  const start = MARGIN + header.columns + (frame.payload.length === 0 ? 0 : 2);
  const short = frame.payload.length <= max && start + 3 * frame.payload.length - 1 + sentinel(frame, style).columns < SIDE;
  const rows = short ? shortRows(event, header, style) : longRows(event, header, style, max);
  return [...rows, ...inflatedRows(event, short ? start : MARGIN, style, max)].join('\n');
}

/** Fields before which a gap stands. */
const STARTS: ReadonlySet<Field['name']> = new Set(['FIN', 'MORE', 'extended payload length', 'masking key', 'length']);

interface Painted {
  readonly painted: string;
  readonly columns: number;
}

/** `81 fe  01 00  37 fa 21 3d`, each half of a byte in the colour of the field that it belongs to. */
function headerText(frame: Frame, bytes: Uint8Array, style: Style): Painted {
  const header = fields(frame);
  const groups = header.filter(({ name, bit }) => STARTS.has(name) || bit === 0).map(({ bit }) => bit / 8);
  let painted = '';
  let columns = 0;
  bytes.subarray(0, frame.headerLength).forEach((byte, index) => {
    const gap = index === 0 ? '' : groups.includes(index) ? '  ' : ' ';
    const digits = byte.toString(16).padStart(2, '0');
    const paints = [3, 7].map((last) => fieldPaint(header, 8 * index + last, style));
    painted += gap + [...digits].map((digit, half) => (paints[half] ?? style.dim)(digit)).join('');
    columns += gap.length + 2;
  });
  return { painted, columns };
}

/** The byte behind the payload of a hixie frame. */
function sentinel({ draft }: Frame, style: Style): Painted {
  const has = draft?.fields.some(({ name }) => name === 'sentinel') ?? false;
  return has ? { painted: `  ${style.opcode('ff')}`, columns: 4 } : { painted: '', columns: 0 };
}

/** Header and payload in one row; where it is masked a second row holds the payload in clear. */
function shortRows({ frame, inflated }: FrameEvent, header: Painted, style: Style): string[] {
  const { payload } = frame;
  const side = frame.rsv1 || inflated ? style.dim('deflate') : sideText(frame, payload, style);
  const margin = ' '.repeat(MARGIN);
  const tail = sentinel(frame, style);
  const bare = clearHeader(frame, style);
  if (payload.length === 0) {
    const columns = MARGIN + header.columns;
    const row = atSide(margin + (bare ?? header.painted) + tail.painted, columns + tail.columns, style.dim('no payload'));
    return bare === undefined ? [row] : [atSide(margin + header.painted, columns, style.dim('wire')), row];
  }
  const start = MARGIN + header.columns + 2;
  const end = start + 3 * payload.length - 1;
  const clear = style.payload(formatHex(payload));
  if (frame.maskingKey === undefined) {
    return [atSide(`${margin}${header.painted}  ${clear}${tail.painted}`, end + tail.columns, side)];
  }
  const wire = style.masked(formatHex(frame.raw.subarray(frame.headerLength)));
  const before = bare === undefined ? ' '.repeat(start) : `${margin}${bare}  `;
  return [atSide(`${margin}${header.painted}  ${wire}`, end, style.dim('wire')), atSide(before + clear, end, side)];
}

/** The header without its mask, where even the header has one: hybi-04 to -06. */
function clearHeader(frame: Frame, style: Style): string | undefined {
  return frame.draft?.mask && headerText(frame, frame.draft.clear, style).painted;
}

/** The header in a row of its own, then 16 bytes of payload a row with their offset. */
function longRows({ frame, inflated }: FrameEvent, header: Painted, style: Style, max: number): string[] {
  const wire = frame.maskingKey === undefined ? undefined : frame.raw.subarray(frame.headerLength);
  const text = !frame.rsv1 && inflated === undefined;
  const note = style.dim(headerNote(frame));
  const bare = clearHeader(frame, style);
  const tail = sentinel(frame, style);
  return [
    atSide(' '.repeat(MARGIN) + header.painted, MARGIN + header.columns, note),
    ...(bare === undefined ? [] : [atSide(' '.repeat(MARGIN) + bare, MARGIN + header.columns, style.dim('unmasked'))]),
    ...byteRows(frame.payload, { style, max, text, ...(wire && { wire }) }),
    ...(tail.columns === 0 ? [] : [atSide(' '.repeat(MARGIN - 2) + tail.painted, MARGIN + 2, style.dim('sentinel'))]),
  ];
}

/** In the order of the bytes. */
function headerNote(frame: Frame): string {
  if (frame.maskingKey === undefined) return 'header';
  if (frame.draft === undefined) return 'header, masking key';
  return hasNonce(frame) ? 'frame nonce, header' : 'masking key, header';
}

function inflatedRows({ frame, inflated }: FrameEvent, start: number, style: Style, max: number): string[] {
  if (inflated === undefined) return [];
  const end = start + 3 * inflated.length - 1;
  if (inflated.length > 0 && inflated.length <= max && end < SIDE && start > MARGIN) {
    return [atSide(' '.repeat(start) + style.payload(formatHex(inflated)), end, sideText(frame, inflated, style))];
  }
  const caption = ' '.repeat(MARGIN) + style.dim(`inflated: ${sizeText(inflated.length)}`);
  return [caption, ...byteRows(inflated, { style, max, text: true })];
}

interface ByteRowsOptions extends Required<HexdumpOptions> {
  /** The same bytes as they are on the wire, for a row above each. */
  readonly wire?: Uint8Array;
  readonly text: boolean;
}

function byteRows(bytes: Uint8Array, { style, max, wire, text }: ByteRowsOptions): string[] {
  const rows: string[] = [];
  const end = Math.min(bytes.length, max);
  for (let at = 0; at < end; at += ROW) {
    const part = bytes.subarray(at, Math.min(at + ROW, end));
    const offset = `${style.dim(
      at
        .toString(16)
        .padStart(4, '0')
        .padStart(MARGIN - 2),
    )}  `;
    const last = MARGIN + 3 * part.length - 1;
    const side = text ? asciiText(part, style) : '';
    if (wire) {
      const masked = style.masked(formatHex(wire.subarray(at, at + part.length)));
      rows.push(atSide(offset + masked, last, at === 0 ? style.dim('wire') : ''));
    }
    rows.push(atSide((wire ? ' '.repeat(MARGIN) : offset) + style.payload(formatHex(part)), last, side));
  }
  const more = bytes.length - end;
  return more === 0
    ? rows
    : [...rows, `${' '.repeat(MARGIN)}${style.dim(`… ${more} more ${more === 1 ? 'byte' : 'bytes'} (--dump-max)`)}`];
}

/** Text is quoted as text; the payload of a Close begins with two bytes that are none, and binary need not be any. */
function sideText(frame: Frame, bytes: Uint8Array, style: Style): string {
  const textual = frame.opcode === Opcode.text || (isControl(frame.opcode) && frame.opcode !== Opcode.close);
  const quoted = textual ? quoteInColumns(bytes, SIDE_COLUMNS, style.escape) : undefined;
  return quoted?.startsWith('"') ? quoted : asciiText(bytes, style);
}

/** A character a byte; what is not printable ASCII is `·`. */
function asciiText(bytes: Uint8Array, style: Style): string {
  const text = Buffer.from(bytes).toString('latin1');
  const paint: Paint = (dots) => style.dim('·'.repeat(dots.length));
  return text.replace(/[^\x20-\x7e]+/g, paint);
}

function atSide(painted: string, columns: number, side: string): string {
  return side === '' ? painted : painted + ' '.repeat(Math.max(1, SIDE - columns)) + side;
}
