/** Heads that are written out, a line a field or all on one line, in whatever surrounds them. */
import type { Field, Head } from '../http/head.ts';
import { isKnownField, isLabel } from './paste-names.ts';
import { splitOneLine } from './paste-one-line.ts';
import type { PastedHead } from './pasted-head.ts';

/** A line without what mail, curl or a packet view put around it. */
interface Line {
  readonly text: string;
  /** How far it was indented behind its prefix. */
  readonly indent: number;
  /** A remark of `curl -v` (`* …`), not part of a head. */
  readonly isRemark: boolean;
}

interface StartLine {
  readonly at: number;
  readonly end: number;
  readonly make: (fields: readonly Field[], reason: string) => Head;
  readonly kind: Head['kind'];
}

/** Every head in these lines, in order. */
export function readHeads(rawLines: readonly string[]): PastedHead[] {
  const lines = rawLines.map(clean);
  const found: PastedHead[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const starts = startLinesIn(lines[at]?.text ?? '');
    for (const [index, start] of starts.entries()) {
      const until = starts[index + 1]?.at;
      const { head, next } = readHead(lines, at, start, until);
      if (head) found.push(head);
      if (until === undefined && next > at) at = next - 1;
    }
  }
  return found;
}

/** Without mail's and curl's `>`, `<`, `*` and `|`, a packet view's `\r\n`, and the white space around. */
function clean(raw: string): Line {
  let text = raw.trimEnd().replace(/(?:\\r)?\\n$/, '');
  let isRemark = false;
  let stripped = text.trimStart();
  while (/^(?:[>|]|<(?= |$))/.test(stripped)) {
    text = stripped.slice(1).replace(/^ /, '');
    stripped = text.trimStart();
  }
  if (/^[*-] /.test(stripped)) {
    isRemark = true;
    stripped = stripped.slice(2).trimStart();
  }
  return { text: stripped.trimEnd(), indent: text.length - stripped.length, isRemark };
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

interface Reading {
  readonly head: PastedHead | undefined;
  /** The first line behind the head. */
  readonly next: number;
}

/** Reads the head whose start line is in line `at`; `until` is where another one begins in the same line. */
function readHead(lines: readonly Line[], at: number, start: StartLine, until: number | undefined): Reading {
  const text = lines[at]?.text ?? '';
  const tail = text.slice(start.end, until);
  const oneLine = splitOneLine(tail);
  const [first] = oneLine.fields;
  if (first) {
    const note = 'The head stood on one line; it was taken apart at its field names.';
    return { head: { head: start.make(oneLine.fields, oneLine.before), notes: [note] }, next: at + 1 };
  }
  const reason = tail.trim();
  const { fields, next, notes } = readFields(lines, at);
  const isAlone = start.at === 0 && (start.kind === 'response' || reason === '');
  const isHead = until === undefined && (fields.some(({ name }) => isKnownField(name)) || isAlone);
  return { head: isHead ? { head: start.make(fields, reason), notes } : undefined, next };
}

const FIELD = /^([A-Za-z][!#$%&'*+.^_`|~0-9A-Za-z-]{0,127})\s?:(?!\/\/)(.*)$/;

interface Fields {
  readonly fields: Field[];
  readonly notes: string[];
  readonly next: number;
}

/** Field lines below a start line, up to a blank line or whatever is none. */
function readFields(lines: readonly Line[], startAt: number): Fields {
  const fields: Field[] = [];
  const notes = new Set<string>();
  const startIndent = lines[startAt]?.indent ?? 0;
  const isDoubleSpaced = lines[startAt + 1]?.text === '' && FIELD.test(lines[startAt + 2]?.text ?? '');
  let at = startAt + 1;
  for (; at < lines.length; at += 1) {
    const line = lines[at];
    if (!line || startLinesIn(line.text).length > 0) break;
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
