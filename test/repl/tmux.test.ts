import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../wait.ts';

/** A session that talks without end, on a real terminal with a real shell around it. */
const PROGRAM = `
import { openTerminal } from './src/repl/terminal.ts';
let count = 0;
const talk = setInterval(() => { for (let i = 0; i < 5; i++) terminal.print('< message ' + ++count); }, 5);
const end = (status) => { clearInterval(talk); terminal.close(); process.exitCode = status; };
const terminal = openTerminal({
  input: process.stdin, output: process.stdout, prompt: '> ', now: () => performance.now(),
  onLine: (line) => terminal.print('LINE ' + JSON.stringify(line)),
  onInterrupt: (wish) => wish === 'quit' && end(130),
  onEnd: () => end(0),
});
`;

const hasTmux = ((): boolean => {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
const isCi = !['', '0', 'false'].includes(process.env.CI ?? '');

describe.runIf(hasTmux || isCi)('in tmux', () => {
  const socket = `wstap-${process.pid}-${Date.now()}`;
  const directory = mkdtempSync(join(tmpdir(), 'wstap-tmux-'));
  const program = join(directory, 'program.mjs');
  const tmux = (...args: string[]): string =>
    execFileSync('tmux', ['-u', '-L', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });
  const screen = (): string => tmux('capture-pane', '-p', '-S', '-5000');
  /** Waits until it is seen, whatever rows it is broken into: blanks and newlines do not count. */
  const shows = (pattern: RegExp): Promise<void> =>
    waitFor(() => {
      const text = screen();
      expect(pattern.test(text.replace(/\s/g, '')), `${pattern} is not in …${text.slice(-600)}`).toBe(true);
    }, 50);

  beforeAll(async () => {
    expect(hasTmux, 'tmux is missing, and under CI this test must run').toBe(true);
    const stdin = { contents: PROGRAM, resolveDir: process.cwd(), loader: 'ts' } as const;
    await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile: program, logLevel: 'error' });
    const command = `'${process.execPath}' '${program}'; echo "status $?"; stty -a; exec cat`;
    tmux('new-session', '-d', '-x', '40', '-y', '15', 'env', 'TERM=screen', 'sh', '-c', command);
  });

  afterAll(() => {
    if (hasTmux) tmux('kill-server');
    rmSync(directory, { recursive: true });
  });

  test('typing while messages arrive, keys, a paste of two lines, and the terminal back as it was', {
    timeout: 40_000,
  }, async () => {
    await shows(/<message20</);
    for (const character of 'typed 漢字 across more than forty columns, ok') tmux('send-keys', '-l', character);
    tmux('send-keys', 'Left', 'Left');
    tmux('send-keys', '-l', 'not ');
    await shows(/>typed漢字acrossmorethanfortycolumns,notok$/);
    tmux('send-keys', 'Enter');
    await shows(/LINE"typed漢字acrossmorethanfortycolumns,notok"/);
    tmux('set-buffer', 'one\ntwo\n');
    tmux('paste-buffer', '-p');
    await shows(/>onetwo$/);
    tmux('send-keys', 'Enter');
    await shows(/LINE"one\\ntwo"/);
    tmux('send-keys', 'C-c', 'C-c');
    await shows(/status130/);
    await shows(/icanon/);
    const numbers = [...screen().matchAll(/^< message (\d+)$/gm)].map(([, number]) => Number(number));
    const first = numbers[0] ?? 0;
    expect(numbers).toEqual(numbers.map((_, index) => first + index));
    expect(screen()).toMatch(/(?<!-)icanon[\s\S]*(?<!-)echo\b/);
  });
});

test.skipIf(hasTmux || isCi)('skipped: tmux is not installed here (Debian: apt-get install tmux)', () => undefined);
