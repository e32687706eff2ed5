import { UsageError } from './option.ts';

/**
 * A command as one argument → its words, as a POSIX shell splits them (2.2, Quoting): blanks between words, `'…'` as it is,
 * `"…"` in which a backslash takes the meaning of `$`, a backquote, `"`, a backslash and a line end, and a backslash before
 * any one character. Nothing is expanded; what only a shell could do is an error that says so, and not passed on as if it
 * were text.
 */
export function splitWords(command: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < command.length) {
    const match = PIECE.exec(command);
    if (!match) throw new UsageError(`${JSON.stringify(command)}: a quotation has no end`);
    const [, blank, single, double, escaped, plain] = match;
    if (blank !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    if (double !== undefined) refuse(command, EXPANSION.exec(double));
    if (plain !== undefined) refuse(command, OPERATOR.exec(plain) ?? EXPANSION.exec(plain));
    word = (word ?? '') + (single ?? unescaped(double) ?? (escaped === '\n' ? '' : escaped) ?? plain ?? '');
  }
  if (word !== undefined) words.push(word);
  return words;
}

const PIECE = /([ \t\n]+)|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)/gy;
const OPERATOR = /[|&;<>()]+/;
/** A backslash and what follows it, or what a shell would expand. */
const EXPANSION = /(?<!\\)(?:\\\\)*(\$(?:[\w{(@*#?!-])|`)/;

function unescaped(text: string | undefined): string | undefined {
  return text?.replace(/\\([$`"\\\n])/g, (_, character: string) => (character === '\n' ? '' : character));
}

function refuse(command: string, match: RegExpExecArray | null): void {
  if (!match) return;
  const what = JSON.stringify(match[1] ?? match[0]);
  throw new UsageError(
    `${JSON.stringify(command)}: ${what} means something to a shell only: give --shell too, or put it in 'single quotes'`,
  );
}
