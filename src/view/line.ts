import type { Frame } from '../protocol/frame/frame.ts';
import { isControl, Opcode } from '../protocol/frame/opcode.ts';
import { annotations } from './annotation.ts';
import { type FrameEvent, finLabel, hasNonce, kindLabel, lengthLabel, MARGIN } from './frame-event.ts';
import { quoteInColumns } from './quote.ts';
import type { Paint, Style } from './style.ts';

/**
 * One line a frame: when, which way, and every field of its header, in columns that stay where they are; what it means and
 * what is wrong with it stands beneath.
 */
export interface LineOptions {
  readonly style: Style;
  /** Columns of the terminal; all is aligned from 80 on. */
  readonly width: number;
  /** Begin with the connection's number: for a server. */
  readonly numbered?: boolean;
  /**
   * The payload in quotes: `fit` (default) where the line has room for it, `always` else beneath, `never` where bytes are
   * dumped anyway. That of a ping or pong counts as meaning and is always shown.
   */
  readonly preview?: 'fit' | 'always' | 'never';
}

interface Cell {
  readonly text: string;
  readonly paint: Paint;
  /** Blanks before it; 2 become 1 where the line would not fit. */
  readonly gap: 0 | 1 | 2;
}

/** Columns that a preview must at least have. */
const MIN_PREVIEW = 12;

/** The frame's lines, joined by line feeds. `previousAt` is the time of the frame on the line above, in milliseconds. */
export function frameLine(event: FrameEvent, previousAt: number | undefined, options: LineOptions): string {
  const cells = frameCells(event, previousAt, options);
  const lines = layOut(cells, options.width);
  const last = lines.at(-1) ?? { painted: '', columns: 0 };
  const { inline, beneath } = preview(event, options.width - last.columns - 2, options);
  return [
    ...lines.slice(0, -1).map((line) => line.painted.trimEnd()),
    inline === undefined ? last.painted : `${last.painted}  ${inline}`,
    ...(beneath === undefined ? [] : [' '.repeat(MARGIN) + beneath]),
    ...annotations(event, options),
  ].join('\n');
}

function frameCells(event: FrameEvent, previousAt: number | undefined, { style, numbered }: LineOptions): Cell[] {
  const { frame, direction } = event;
  const plain: Paint = (text) => text;
  const delta = previousAt === undefined ? '' : signed(event.at - previousAt);
  const key = frame.maskingKey === undefined ? 'none' : Buffer.from(frame.maskingKey).toString('hex');
  const { draft } = frame;
  const keyLabel = `${hasNonce(frame) ? 'nonce' : 'mask'} ${key}`;
  const reserved = [frame.rsv1, frame.rsv2, frame.rsv3].map((bit) => (bit ? '1' : '·')).join('') + (draft?.rsv4 ? '1' : '');
  return [
    ...(numbered ? [{ text: `#${event.connection}`.padEnd(3), paint: style.bold, gap: 0 } as const] : []),
    { text: seconds(event.at, 8).padStart(8), paint: plain, gap: numbered ? 1 : 0 },
    { text: delta.padStart(7), paint: style.dim, gap: 2 },
    { text: direction === 'sent' ? '→' : '←', paint: style[direction], gap: 2 },
    { text: kindLabel(frame).padEnd(6), paint: style.opcode, gap: 1 },
    { text: finLabel(frame), paint: frame.fin ? plain : style.flags, gap: 1 },
    { text: draft?.sentinel ? '   ' : reserved, paint: reserved === '···' ? style.dim : style.flags, gap: 1 },
    {
      text: keyLabel.padEnd(13),
      paint: frame.maskingKey === undefined ? style.dim : style.mask,
      gap: hasNonce(frame) ? 1 : 2,
    },
    { text: lengthText(frame).padEnd(18), paint: style.length, gap: 2 },
    { text: `${frame.raw.length} B`.padStart(7), paint: plain, gap: 2 },
  ];
}

/** A frame that runs to its sentinel announces no length: what is here is counted. */
function lengthText({ length, lengthForm, payload, draft }: Frame): string {
  if (!draft) return lengthLabel(length, lengthForm);
  return `len ${draft.lengthForm === 'to ff' ? payload.length : length} (${draft.lengthForm})`;
}

interface Line {
  readonly painted: string;
  readonly columns: number;
}

/** Sets cells side by side: wide gaps where they fit, else narrow ones; where even that is too long, the rest goes on a new line. */
function layOut(cells: readonly Cell[], width: number): Line[] {
  const columns = (gapMost: number) => cells.reduce((sum, cell) => sum + Math.min(cell.gap, gapMost) + cell.text.length, 0);
  const gapMost = columns(2) > width && columns(1) <= width ? 1 : 2;
  const lines: Line[] = [];
  let line: Line = { painted: '', columns: 0 };
  for (const cell of cells) {
    const gap = Math.min(cell.gap, gapMost);
    if (line.columns + gap + cell.text.length > width && line.columns > MARGIN) {
      lines.push(line);
      line = { painted: ' '.repeat(MARGIN) + cell.paint(cell.text.trimStart()), columns: MARGIN + cell.text.trimStart().length };
    } else {
      line = { painted: line.painted + ' '.repeat(gap) + cell.paint(cell.text), columns: line.columns + gap + cell.text.length };
    }
  }
  return [...lines, line];
}

function preview(event: FrameEvent, columns: number, options: LineOptions): { inline?: string; beneath?: string } {
  const { frame } = event;
  const bytes = event.inflated ?? frame.payload;
  const pingOrPong = isControl(frame.opcode) && frame.opcode !== Opcode.close;
  const wanted = options.preview ?? 'fit';
  if (bytes.length === 0 || frame.opcode === Opcode.close || wanted === 'never') return {};
  const mark = options.style.escape;
  const inline = columns < MIN_PREVIEW ? undefined : quoteInColumns(bytes, columns, mark);
  if (inline !== undefined) return { inline };
  if (wanted === 'fit' && !pingOrPong) return {};
  const beneath = quoteInColumns(bytes, options.width - MARGIN, mark);
  return beneath === undefined ? {} : { beneath };
}

/** Seconds with four decimals, with fewer where they would not fit into `columns`. */
function seconds(milliseconds: number, columns: number): string {
  let decimals = 4;
  let text = (milliseconds / 1000).toFixed(decimals);
  while (text.length > columns && decimals > 0) {
    decimals -= 1;
    text = (milliseconds / 1000).toFixed(decimals);
  }
  return text;
}

function signed(milliseconds: number): string {
  return (milliseconds < 0 ? '-' : '+') + seconds(Math.abs(milliseconds), 6);
}
