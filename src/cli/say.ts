import { wrap } from './wrap.ts';

/** What the program says on standard error: one line of ours, which a terminal gets broken at blanks and a log as it is. */
export interface Listener {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** `text` may have lines of its own; one that begins with blanks is an example, and stays whole. */
export function say(listener: Listener, text: string): void {
  listener.write(`${fitted(`wstap: ${text}`, listener)}\n`);
}

function fitted(text: string, { isTTY, columns = 80 }: Listener): string {
  if (isTTY !== true) return text;
  const width = Math.max(columns, 40);
  return text
    .split('\n')
    .flatMap((line) => (line.startsWith(' ') ? [line] : broken(line, width)))
    .join('\n');
}

/** What follows the first line stands a little further in. */
function broken(line: string, width: number): string[] {
  const [first = '', ...rest] = wrap(line, width);
  return rest.length === 0 ? [line] : [first, ...wrap(rest.join(' '), width - 2).map((part) => `  ${part}`)];
}
