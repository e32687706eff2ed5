/** Heads that are written out, a line a field or all on one line, in whatever surrounds them. */
import type { Field, Head } from '../http/head.ts';
import { bodyAtEnd, bodyIn, bodyLengthOf, looksLikeBody, rawBodyAt } from './paste-body.ts';
import { type Line, lineOf, linesOf } from './paste-lines.ts';
import { isKnownField, isLabel } from './paste-names.ts';
import { splitOneLine } from './paste-one-line.ts';
import type { PastedHead } from './pasted-head.ts';

interface StartLine {
  readonly at: number;
  readonly end: number;
  readonly make: (fields: readonly Field[], reason: string) => Head;
  readonly kind: Head['kind'];
}

/** Every head in a text, in order. */
export function readHeads(text: string): PastedHead[] {
  const lines = linesOf(text);
  const found: PastedHead[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const starts = startLinesIn(lines[at]?.text ?? '');
    for (const [index, start] of starts.entries()) {
      const until = starts[index + 1]?.at;
      const { head, next } = readHead({ lines, text }, at, start, until);
      if (head) found.push(head);
      if (until === undefined && next > at) at = next - 1;
    }
  }
  return found;
}

const START =
  /\b(?:([A-Z]{3,12}) (\S{1,8192}(?: \S{1,64}){0,2}?) (HTTP\/[0-9](?:\.[0-9])?)|(HTTP\/[0-9](?:\.[0-9])?) ([1-9][0-9]{2}))(?![^\s"'`,.<])/g;

function startLinesIn(text: string): StartLine[] {
  if (!text.includes('HTTP/')) return [];
  return Array.from(text.matchAll(START), (match) => {
    const [whole, method, target, requestVersion, responseVersion, status] = match;
    const place = { at: match.index, end: match.index + whole.length };
    if (method !== undefined && target !== undefined && requestVersion !== undefined) {
      const line = { kind: 'request' as const, method, target, version: requestVersion };
      return { ...place, kind: 'request', make: (fields) => ({ ...line, fields }) };
    }
    const line = { kind: 'response' as const, version: responseVersion ?? '', status: Number(status) };
    return { ...place, kind: 'response', make: (fields, reason) => ({ ...line, reason, fields }) };
  });
}

interface Source {
  /** What is left of a line that raw bytes began takes its place. */
  readonly lines: Line[];
  readonly text: string;
}

interface Reading {
  readonly head: PastedHead | undefined;
  /** The first line behind the head. */
  readonly next: number;
}

/** Reads the head whose start line is in line `at`; `until` is where another one begins in the same line. */
function readHead(source: Source, at: number, start: StartLine, until: number | undefined): Reading {
  const { lines } = source;
  const text = lines[at]?.text ?? '';
  const tail = text.slice(start.end, until);
  const oneLine = readOneLine(tail, start);
  if (oneLine) return { head: oneLine, next: at + 1 };
  const reason = tail.trim();
  const { fields, next, notes } = readFields(lines, at, start.kind);
  const isAlone = start.at === 0 && (start.kind === 'response' || reason === '');
  const isHead = until === undefined && (fields.some(({ name }) => isKnownField(name)) || isAlone);
  if (!isHead) return { head: undefined, next };
  const head = start.make(fields, reason);
  const found = readBody(source, next, head);
  const early = found.behind > 0 ? [behindText(head, found.behind)] : [];
  return { head: { head, notes: [...notes, ...early], ...found.body }, next: found.next };
}

function readOneLine(tail: string, start: StartLine): PastedHead | undefined {
  const { fields, before } = splitOneLine(tail);
  if (fields.length === 0) return undefined;
  const notes = ['The head stood on one line; it was taken apart at its field names.'];
  const end = bodyAtEnd(tail, bodyLengthOf({ kind: start.kind, fields }));
  if (!end) return { head: start.make(fields, before), notes };
  return { head: start.make(splitOneLine(end.rest).fields, before), notes, body: end.body };
}

/** In hixie-76 the client has to wait for the answer; whoever answers may go on at once. */
function behindText({ kind }: Head, behind: number): string {
  const [length, whose, rule] =
    kind === 'request' ? [8, 'request', ', and a client must wait for the answer'] : [16, 'answer', ''];
  const bytes = behind === 1 ? 'One byte stands' : `${behind} bytes stand`;
  return `${bytes} behind the ${length} bytes of the ${whose}: the first frame already${rule}.`;
}

interface Body {
  readonly body?: { readonly body: Uint8Array };
  readonly next: number;
  /** Bytes right behind it that belong to no head. */
  readonly behind: number;
}

/** How many blank lines are looked past for the body: text with a blank line after each line has three. */
const BLANK_LINES = 3;

/** The raw bytes behind the head that ends before line `at`, if it is of a dialect that has them. */
function readBody(source: Source, at: number, head: Head): Body {
  const { lines, text } = source;
  const length = bodyLengthOf(head);
  if (length === 0) return { next: at, behind: 0 };
  for (let skipped = 0; skipped <= BLANK_LINES; skipped += 1) {
    const line = lines[at + skipped];
    if (!line) break;
    // A body may begin or end with a space.
    const body = bodyIn(line.raw, length) ?? bodyIn(line.text, length);
    if (body) return { body: { body }, next: at + skipped + 1, behind: 0 };
    if (line.text !== '') break;
  }
  const [blank, first] = [lines[at], lines[at + 1]];
  const found = blank?.raw === '' && first ? rawBodyAt(text, first.at, length) : undefined;
  if (!first || !found) return { next: at, behind: 0 };
  skipBytes(lines, at + 1, first.at + found.body.length);
  return { body: { body: found.body }, next: at + 1, behind: found.behind };
}

/** Takes away the lines from `index` on that end before `end`; what is left of the one that holds it takes its place. */
function skipBytes(lines: Line[], index: number, end: number): void {
  let last = index;
  while ((lines[last + 1]?.at ?? Number.POSITIVE_INFINITY) <= end) last += 1;
  const line = lines[last];
  if (line) lines.splice(index, last - index + 1, lineOf(line.raw.slice(end - line.at), end));
}

const FIELD = /^([A-Za-z][!#$%&'*+.^_`|~0-9A-Za-z-]{0,127})\s?:(?!\/\/)(.*)$/;

interface Fields {
  readonly fields: Field[];
  readonly notes: string[];
  readonly next: number;
}

/** Field lines below a start line, up to a blank line or whatever is none. */
function readFields(lines: readonly Line[], startAt: number, kind: Head['kind']): Fields {
  const fields: Field[] = [];
  const notes = new Set<string>();
  const startIndent = lines[startAt]?.indent ?? 0;
  const isDoubleSpaced = lines[startAt + 1]?.text === '' && FIELD.test(lines[startAt + 2]?.text ?? '');
  let at = startAt + 1;
  for (; at < lines.length; at += 1) {
    const line = lines[at];
    if (!line || startLinesIn(line.text).length > 0 || looksLikeBody(line.text, { kind, fields })) break;
    if (line.text === '' && isDoubleSpaced && FIELD.test(lines[at + 1]?.text ?? '')) continue;
    const last = fields.at(-1);
    if (last && line.text !== '' && continues(line, last, startIndent)) {
      fields[fields.length - 1] = { name: last.name, value: `${last.value} ${line.text}`.trim() };
      notes.add('A field was wrapped over several lines; they were joined.');
      continue;
    }
    const [, name, value] = FIELD.exec(line.text) ?? [];
    if (name === undefined || value === undefined || (line.isRemark && !isKnownField(name))) break;
    fields.push({ name, value: value.trim() });
  }
  return { fields: withoutLabel(fields), notes: [...notes], next: at };
}

/** Whether a line goes on with the field before it. */
function continues(line: Line, last: Field, startIndent: number): boolean {
  const [, name = ''] = FIELD.exec(line.text) ?? [];
  if (isKnownField(name) || line.isRemark) return false;
  if (line.indent > startIndent && name === '') return true;
  if (/[,;=]$/.test(last.value) && !/==?$/.test(last.value)) return name === '' && !line.text.includes('`');
  const awaitsValue = last.value === '' && /^sec-websocket-(?:key|accept|version)$/i.test(last.name);
  return awaitsValue && /^[A-Za-z0-9+/=]+$/.test(line.text);
}

/** `Server:` before an answer is a caption of the prose around, not a field. */
function withoutLabel(fields: Field[]): Field[] {
  const last = fields.at(-1);
  return last?.value === '' && isLabel(last.name) ? fields.slice(0, -1) : fields;
}
