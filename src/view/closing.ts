import { closeCodeMeaning, closeCodeName } from '../protocol/connection/close-code.ts';
import { RULES, type Violation } from '../protocol/rule.ts';
import type { SessionEvent } from '../session/event.ts';
import { otherFraming } from './other-framing.ts';
import { quoteBytes } from './quote.ts';
import type { Style } from './style.ts';
import { wrapWords } from './width.ts';

/** What a live session says, at once and in full, when a connection closes or its peer breaks a rule. Safe to print. */
export interface ClosingView {
  readonly style: Style;
  /** Columns of the terminal. */
  readonly width: number;
}

export interface Closing extends Pick<Extract<SessionEvent, { type: 'closed' }>, 'code' | 'reason' | 'wasClean' | 'by'> {
  /** What the system said when the network failed. May quote the peer. */
  readonly trouble?: string | undefined;
}

/** Columns that continue a first line: they stand under the text behind its mark. */
const INDENT = '  ';

/** Who closed, with which code and reason, and, unless it was us or all is well, what that means. */
export function closingLines(closing: Closing, view: ClosingView): string[] {
  const { style } = view;
  const { code, by } = closing;
  if (!closing.wasClean && by !== 'peer') return abruptLines(closing, view);
  const isFine = FINE.has(code);
  const [mark, paint] = isFine || by === 'us' ? ['•', style.dim] : ['!', style.warn];
  const name = code === 1005 ? 'no close code' : `${code} ${closeCodeName(code)}`;
  const first = `closed by ${by === 'peer' ? 'the peer' : 'us'}: ${name}`;
  return [
    ...withReason(`${mark} ${first}`, closing.reason, view).map((line) => paint(line)),
    ...(isFine || by === 'us' ? [] : dimmed(closeCodeMeaning(code), view)),
  ];
}

/** 1000, 1001, and a Close without a code. */
const FINE: ReadonlySet<number> = new Set([1000, 1001, 1005]);

function abruptLines({ by, code, reason, trouble }: Closing, view: ClosingView): string[] {
  const paint = view.style.warn;
  // Of hixie-76, where it is usual.
  if (code === 1005) return [view.style.dim('• closed by us; the peer ended TCP and acknowledged nothing')];
  if (by === 'us' && code !== 1006) {
    return withReason(`! closed by us: ${code} ${closeCodeName(code)}`, reason, view).map((line) => paint(line));
  }
  if (by === 'us') return [paint("! closed by us, and the peer's Close never came: 1006 Abnormal Closure")];
  const why = trouble === undefined ? '' : ` (${trouble})`;
  return [paint(`! the connection was lost${why}: 1006 Abnormal Closure`), ...dimmed(closeCodeMeaning(1006), view)];
}

/** The reason behind the text where it fits, else beneath, whole: the peer may have told all there is to know. */
function withReason(text: string, reason: string, { style, width }: ClosingView): string[] {
  if (reason === '') return [text];
  const bytes = Buffer.from(reason, 'utf8');
  const bare = quoteBytes(bytes, bytes.length);
  const quoted = quoteBytes(bytes, bytes.length, style.escape);
  if (text.length + 1 + bare.length <= width) return [`${text} ${quoted}`];
  // Colours would be counted as columns: a reason that holds some is left to the terminal to wrap.
  const lines = quoted === bare ? wrapWords(bare, width - INDENT.length) : [quoted];
  return [text, ...lines.map((line) => INDENT + line)];
}

/** What the peer did, and, unless a dump has just said so, the rule that it broke. */
export function breachLines(violation: Violation, view: ClosingView, dumped = false): string[] {
  const { rule, detail } = violation;
  const { section, text } = RULES[rule];
  const other = otherFraming(violation);
  const what = detail === '' ? 'the peer broke the protocol' : `the peer broke the protocol: ${detail}`;
  const [first = '', ...rest] = wrapWords(what, view.width - INDENT.length);
  return [
    view.style.bad(`✗ ${first}`),
    ...rest.map((line) => view.style.bad(INDENT + line)),
    ...(dumped ? [] : dimmed(`${section}: ${text}`, view)),
    ...(other === undefined ? [] : dimmed(other, view)),
  ];
}

function dimmed(text: string, { style, width }: ClosingView): string[] {
  return wrapWords(text, width - INDENT.length).map((line) => style.dim(INDENT + line));
}

/** A breach that ends nothing, on one line. */
export function borneText(violation: Violation, isLenient = false): string {
  const { rule, detail } = violation;
  const other = otherFraming(violation);
  return `${detail} (${RULES[rule].section}); ${goingOn(rule, isLenient)}${other === undefined ? '' : `. ${other}`}`;
}

/** Why a breach ends nothing. Much that RFC 6455 forbids its drafts did not know: those are borne without `--lenient` too. */
function goingOn(rule: Violation['rule'], isLenient: boolean): string {
  if (/^(?:draft|hixie)-/.test(rule)) return 'going on, as its peers did';
  return isLenient ? 'going on, as --lenient says' : 'going on, as the version that is spoken allows';
}
