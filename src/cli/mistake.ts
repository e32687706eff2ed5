import { UsageError } from './option.ts';

/** How a mistake in argv is worded: what is wrong, what to write instead, and last how to see the help. */
export type Mistake = (message: string) => UsageError;

/** @param command as typed to see its help, e.g. `wstap connect` */
export function mistakesOf(command: string): Mistake {
  return (message) => new UsageError(`${message}\nSee '${command} --help'.`);
}

const longestQuote = 60;
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A word of the user's in quotes: cut to a readable length, and never a control character to the terminal. */
export function quoted(word: string): string {
  const characters = [...word];
  const cut = characters.length > longestQuote ? `${characters.slice(0, longestQuote).join('')}…` : word;
  return `'${cut.replace(unprintable, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`)}'`;
}

/** The known word that was probably meant, or `undefined` where none is near: one slip for every three letters. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = isAbbreviation(word, candidate) ? 1 : editDistance(word, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function isAbbreviation(word: string, candidate: string): boolean {
  return word.length >= 3 && candidate.startsWith(word);
}

/** Damerau's distance: letters inserted, left out, replaced, or two neighbours swapped. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
