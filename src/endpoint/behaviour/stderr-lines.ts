import type { Readable } from 'node:stream';

/** What a process says on its standard error, line by line, no faster than it is shown. Long lines are cut into pieces. */
const LONGEST = 4096;

export function eachLine(stream: Readable, show: (line: string) => Promise<unknown> | undefined): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (; rest.length > LONGEST; rest = rest.slice(LONGEST)) lines.push(rest.slice(0, LONGEST));
    let waiting: Promise<unknown> | undefined;
    for (const line of lines) waiting = show(line.replace(/\r$/, '')) ?? waiting;
    if (!waiting) return;
    stream.pause();
    void waiting.then(() => stream.resume());
  });
  stream.once('end', () => {
    if (rest !== '') void show(rest);
  });
}
