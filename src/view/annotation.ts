import { closeCodeName } from '../protocol/connection/close-code.ts';
import type { Frame } from '../protocol/frame/frame.ts';
import { Opcode } from '../protocol/frame/opcode.ts';
import { RULES, type Violation } from '../protocol/rule.ts';
import { type FrameEvent, MARGIN } from './frame-event.ts';
import { quoteInColumns } from './quote.ts';
import { sizeText } from './size.ts';
import type { Paint, Style } from './style.ts';
import { textWidth, wrapWords } from './width.ts';

/** What is said under a frame's line: what it means, and what is wrong with it. */
export interface AnnotationOptions {
  readonly style: Style;
  /** Columns of the terminal. */
  readonly width: number;
}

/** Lines without line feeds, each indented by `MARGIN`; none where there is nothing to say. */
export function annotations(event: FrameEvent, options: AnnotationOptions): string[] {
  return [
    ...closeLines(event, options),
    ...inflatedLines(event, options),
    ...cutLines(event, options),
    ...event.violations.flatMap((violation) => violationLines(violation, options)),
  ];
}

/**
 * A broken rule: what was found, then the rule itself. `✗ RFC 6455 §5.2: payload length 5 in the 16-bit form`.
 * `margin` is the indent, in columns.
 */
export function violationLines(violation: Violation, { style, width }: AnnotationOptions, margin = MARGIN): string[] {
  const rule = RULES[violation.rule];
  const { detail } = violation;
  const finding = indented(`✗ ${rule.section}: ${detail === '' ? rule.text : detail}`, style.bad, width, margin);
  return detail === '' ? finding : [...finding, ...indented(`  ${rule.text}`, style.dim, width, margin)];
}

/** A close code with its registered name and the reason as quoted text: `1000 Normal Closure "bye"`. Safe to print. */
export function closeText(code: number, reason: Uint8Array, columns: number, style: Style, isOfDraft = false): string {
  const name = `${code} ${closeCodeName(code, isOfDraft)}`;
  if (reason.length === 0) return name;
  const quoted = quoteInColumns(reason, columns - textWidth(name) - 1, style.escape);
  return quoted === undefined ? name : `${name} ${quoted}`;
}

function closeLines({ frame }: FrameEvent, { style, width }: AnnotationOptions): string[] {
  const { payload, draft } = frame;
  if (draft && draft.close !== 'code') return draftCloseLines(frame, width, style);
  if (frame.opcode !== Opcode.close || payload.length === 1) return [];
  if (payload.length === 0) return frame.length === 0n ? [' '.repeat(MARGIN) + style.dim('no close code')] : [];
  const code = Buffer.from(payload).readUInt16BE(0);
  return [' '.repeat(MARGIN) + closeText(code, payload.subarray(2), width - MARGIN, style, draft !== undefined)];
}

/** A closing frame of a draft without codes: its body, if any, is whatever its sender likes. */
function draftCloseLines({ draft, payload }: Frame, width: number, style: Style): string[] {
  if (draft?.kind !== 'close' || payload.length === 0) return [];
  const quoted = quoteInColumns(payload, width - MARGIN - 5, style.escape);
  return quoted === undefined ? [] : [`${' '.repeat(MARGIN)}body ${quoted}`];
}

function inflatedLines({ frame, inflated }: FrameEvent, { style }: AnnotationOptions): string[] {
  if (inflated === undefined) return [];
  const wire = frame.payload.length;
  const ratio = inflated.length === 0 ? '' : ` (${((100 * wire) / inflated.length).toFixed(0)} %)`;
  const text = `deflate: ${sizeText(wire)} on the wire, ${sizeText(inflated.length)} inflated${ratio}`;
  return [' '.repeat(MARGIN) + style.dim(text)];
}

function cutLines({ frame }: FrameEvent, { style, width }: AnnotationOptions): string[] {
  if (BigInt(frame.payload.length) >= frame.length) return [];
  const all =
    frame.draft?.lengthForm === 'to ff' ? 'payload bytes are here, and no ff yet' : `of ${frame.length} payload bytes are here`;
  const text = `! cut short: ${frame.payload.length} ${all}`;
  return indented(text, style.warn, width, MARGIN);
}

/** Wraps a sentence of ours; what follows its first line hangs under the text after the mark. */
function indented(text: string, paint: Paint, width: number, margin: number): string[] {
  const [mark, sentence] = [text.slice(0, 2), text.slice(2)];
  return wrapWords(sentence, Math.max(20, width - margin - 2)).map(
    (line, index) => ' '.repeat(margin) + paint((index === 0 ? mark : '  ') + line),
  );
}
