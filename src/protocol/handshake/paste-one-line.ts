/** A head whose line breaks were lost: `GET / HTTP/1.1 Host: example.com Upgrade: websocket …`. */
import type { Field } from '../http/head.ts';
import { isKnownField } from './paste-names.ts';

/** Where a known field begins: at `at`, its value at `valueAt`. */
interface FieldStart {
  readonly name: string;
  readonly at: number;
  readonly valueAt: number;
}

/** What stands before the first field (a reason phrase), and the fields. */
export interface OneLineTail {
  readonly before: string;
  readonly fields: Field[];
}

/** Takes a line apart at the field names that are known. */
export function splitOneLine(text: string): OneLineTail {
  const starts = fieldStarts(text);
  const fields = starts.map(({ name, valueAt }, index) => {
    const end = starts[index + 1]?.at ?? text.length;
    return { name, value: clip(name, text.slice(valueAt, end).trim(), index === starts.length - 1) };
  });
  return { before: text.slice(0, starts[0]?.at ?? text.length).trim(), fields };
}

function fieldStarts(text: string): FieldStart[] {
  const starts: FieldStart[] = [];
  // A name is bounded to 64 characters, so that the search stays linear in long words.
  for (const match of text.matchAll(/(?<![^\s])([A-Za-z][A-Za-z0-9-]{1,63}):(?=\s|$)/g)) {
    const name = match[1] ?? '';
    if (isKnownField(name)) starts.push({ name, at: match.index, valueAt: match.index + match[0].length });
  }
  return starts;
}

const SINGLE_WORD = new Set([
  'host',
  'upgrade',
  'sec-websocket-key',
  'sec-websocket-accept',
  'sec-websocket-version',
  'sec-websocket-nonce',
]);

/** Values without the prose that may follow the last of them, as far as the field's form tells. */
function clip(name: string, value: string, isLast: boolean): string {
  const lower = name.toLowerCase();
  if (lower === 'origin' || lower === 'sec-websocket-origin')
    return /^(?:[a-z][a-z0-9+.-]*:\/\/\S+|null\b)/i.exec(value)?.[0] ?? '';
  if (!isLast) return value;
  if (SINGLE_WORD.has(lower)) return value.split(/\s/, 1)[0] ?? '';
  if (lower === 'connection' || lower === 'sec-websocket-protocol') return firstList(value);
  return value;
}

/** `a, b` of `a, b and more words`. */
function firstList(value: string): string {
  const words = value.split(/\s+/);
  const end = words.findIndex((word) => !word.endsWith(','));
  return words.slice(0, end === -1 ? words.length : end + 1).join(' ');
}
