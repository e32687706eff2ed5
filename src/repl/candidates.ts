import { picture } from './layout.ts';

const MOST = 60;

/** Candidates for completion as a list: one a row with what is said about it, else as many beside each other as fit. */
export function candidateList(
  candidates: readonly string[],
  describe: (candidate: string) => string | undefined,
  columns: number,
): string {
  const words = candidates.slice(0, MOST);
  const rest = candidates.length > MOST ? [`… and ${candidates.length - MOST} more`] : [];
  const descriptions = words.map(describe);
  const shown = words.map(picture);
  const width = Math.max(...shown.map((word) => word.length)) + 2;
  if (descriptions.every((text) => text === undefined)) return [...besideEachOther(shown, width, columns), ...rest].join('\n');
  return [...shown.map((word, index) => `${word.padEnd(width)}${descriptions[index] ?? ''}`.trimEnd()), ...rest].join('\n');
}

function besideEachOther(words: readonly string[], width: number, columns: number): string[] {
  const across = Math.max(1, Math.floor((columns - 1) / width));
  const lines: string[] = [];
  for (let index = 0; index < words.length; index += across) {
    const line = words.slice(index, index + across).map((word) => word.padEnd(width));
    lines.push(line.join('').trimEnd());
  }
  return lines;
}

/** What all words begin with. */
export function commonPrefix(words: readonly string[]): string {
  const [first = ''] = words;
  let length = first.length;
  for (const word of words) while (!word.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}
