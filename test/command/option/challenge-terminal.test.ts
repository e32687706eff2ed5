import type { ChildProcess } from 'node:child_process';
import { expect, test } from 'vitest';
import { describeWith } from '../../need.ts';
import { buildsProgram, ended, spawnShell } from '../../process.ts';
import { type Asked, site } from '../../site.ts';

/** A person at a real terminal is asked for a password; `script` (of every Debian) makes the terminal. */

buildsProgram();

const protectedSite = () =>
  site({
    '/': ({ field }: Asked) =>
      field('Authorization') === `Basic ${btoa('ada:secret')}`
        ? 'ws'
        : '401 Unauthorized\nWWW-Authenticate: Basic realm="the club"',
  });

const CTRL_C = '\x03';

/** Types each answer once its question is there; resolves to all that was on the screen, and the status. */
async function typing(child: ChildProcess, answers: readonly [question: string, answer: string][]) {
  const left = [...answers];
  let screen = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
    const [question, answer] = left[0] ?? [];
    if (question === undefined || !screen.includes(question)) return;
    left.shift();
    child.stdin?.write(answer === CTRL_C ? answer : `${answer}\r`);
  });
  const { status } = await ended(child);
  return { status, screen, unasked: left.length };
}

const inTerminal = (command: string) =>
  spawnShell(`script -qec "$WSTAP ${command}" /dev/null`, { env: { CI: '', TERM: 'dumb', HOME: '/nonexistent' } });

describeWith({ debianPackage: 'bsdutils', probe: ['script', '--version'] }, 'a 401 at a terminal', () => {
  const QUESTIONS = (password: string): [string, string][] => [
    ['(the club): ', 'ada'],
    ['Password for ada: ', password],
  ];

  test('is answered with what is typed, which is not shown', async () => {
    const { port, asked } = await protectedSite();
    const { status, screen, unasked } = await typing(inTerminal(`-x hi ws://localhost:${port}/`), QUESTIONS('secret'));
    expect([status, unasked, asked.length]).toEqual([0, 0, 2]);
    expect(screen).toContain(`User name for ws://localhost:${port} (the club): `);
    expect(screen).not.toContain('secret');
  });

  test('a wrong password: 6, and it says so', async () => {
    const { port, asked } = await protectedSite();
    const { status, screen } = await typing(inTerminal(`-x hi ws://localhost:${port}/`), QUESTIONS('wrong'));
    expect([status, asked.length]).toEqual([6, 2]);
    expect(screen.replace(/\s+/g, ' ')).toContain('The server does not accept the user name or the password for the club.');
  });

  test.each<[string, [string, string][]]>([
    ['for the user name', [['(the club): ', CTRL_C]]],
    ['for the password', QUESTIONS(CTRL_C)],
  ])('Ctrl-C at the question %s ends at once: 130, in a session and in a pipe', async (_, answers) => {
    const { port } = await protectedSite();
    for (const argv of ['', '-1']) {
      const { status, unasked } = await typing(inTerminal(`${argv} ws://localhost:${port}/`), answers);
      expect([status, unasked]).toEqual([130, 0]);
    }
  });

  test('beside a pipe nobody is asked: what is typed next is for the shell', async () => {
    const { port, asked } = await protectedSite();
    const piped = `script -qec "echo hi | $WSTAP ws://localhost:${port}/; read line; echo [\\$line]" /dev/null`;
    const child = spawnShell(piped, { env: { CI: '', TERM: 'dumb', HOME: '/nonexistent' } });
    const { screen, unasked } = await typing(child, [['--auth USER', 'for the shell']]);
    expect([unasked, asked.length]).toEqual([0, 1]);
    expect(screen).toContain('[for the shell]');
    expect(screen).not.toContain('User name');
  });

  test('--no-input asks nothing', async () => {
    const { port, asked } = await protectedSite();
    const { status, screen } = await typing(inTerminal(`--no-input -x hi ws://localhost:${port}/`), []);
    expect([status, asked.length]).toEqual([6, 1]);
    expect(screen).toContain('--auth USER');
  });
});
