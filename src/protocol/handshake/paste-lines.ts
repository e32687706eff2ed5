/** Text as lines, without what mail, curl or a packet view put around them. */

export interface Line {
  readonly text: string;
  /** The line as it came, with the white space around. */
  readonly raw: string;
  /** Where it begins in the whole text. */
  readonly at: number;
  /** How far it was indented behind its prefix. */
  readonly indent: number;
  /** A remark of `curl -v` (`* …`), not part of a head. */
  readonly isRemark: boolean;
}

/** The lines of a text, whatever ends them. */
export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let at = 0;
  for (const { 0: end, index } of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) {
    lines.push(lineOf(text.slice(at, index), at));
    at = index + end.length;
  }
  return [...lines, lineOf(text.slice(at), at)];
}

/** Without mail's and curl's `>`, `<`, `*` and `|`, a packet view's `\r\n`, and the white space around. */
export function lineOf(raw: string, at: number): Line {
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
  return { text: stripped.trimEnd(), raw, at, indent: text.length - stripped.length, isRemark };
}
