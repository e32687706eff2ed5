import { wrap } from './wrap.ts';

/** A term and what it means. */
export interface Definition {
  readonly term: string;
  readonly text: string;
}

/** Characters that roff would read as its own, or that a terminal shows as typographic cousins which cannot be pasted into a shell. */
const literalGlyphs: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '"': '\\(dq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

/** Text that the reader may type: every character as it is on the keyboard. */
function literal(text: string): string {
  return ascii(text.replace(/[\\\-'"`^~]/g, (character) => literalGlyphs[character] ?? character));
}

function ascii(text: string): string {
  return text.replace(/[^\n -~]/gu, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return point < 0x80 ? '' : `\\[u${point.toString(16).toUpperCase().padStart(4, '0')}]`;
  });
}

export function code(text: string): string {
  return `\\fB${literal(text)}\\fP`;
}

/** A word after a macro, quoted, and never a macro or a delimiter itself. */
export function macroWord(text: string): string {
  const word = literal(text.replace(/\s+/g, ' ').trim());
  const guarded = text.length <= 3 ? `\\&${word}` : word;
  return /\s/.test(guarded) ? `"${guarded}"` : guarded;
}

/** Running text: a sentence begins a line, words in `backticks` are bold, no line can be a request. */
export function prose(text: string): string {
  const sentences = text.replace(/([.!?:]) (?=[A-Z`])/g, '$1\n').split('\n');
  const filled = sentences.flatMap((line) => wrap(line, 78)).join('\n');
  const marked = filled.split('`').map((part, index) => (index % 2 === 1 ? code(part) : ascii(part.replaceAll('\\', '\\e'))));
  return harmless(marked.join(''));
}

/** A line that begins with a dot or an apostrophe would be a request. */
function harmless(lines: string): string {
  return lines.replace(/^(?=[.'])/gm, '\\&');
}

/** A paragraph; with line ends in it, a literal block. */
export function paragraph(text: string, first: boolean): string[] {
  if (!text.includes('\n')) return [...(first ? [] : ['.Pp']), prose(text)];
  return ['.Bd -literal -offset indent', harmless(literal(text.replace(/\n$/, ''))), '.Ed'];
}

export function definitionList(list: readonly Definition[]): string[] {
  if (list.length === 0) return [];
  const items = list.flatMap(({ term, text }) => [`.It Sy ${macroWord(term)}`, prose(text)]);
  return ['.Bl -tag -width Ds', ...items, '.El'];
}
