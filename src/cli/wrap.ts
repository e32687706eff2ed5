/**
 * Fills lines of at most `width` columns, broken at spaces. A longer word keeps a line to itself. A paragraph that has line
 * ends of its own keeps them.
 */
export function wrap(text: string, width: number): string[] {
  if (text.includes('\n')) return text.split('\n');
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').filter((part) => part !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** The same, every line indented. */
export function hanging(text: string, width: number, indent: number): string[] {
  return wrap(text, width - indent).map((line) => `${' '.repeat(indent)}${line}`);
}
