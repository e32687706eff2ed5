import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { buildsProgram, ended, spawnShell } from '../process.ts';
import { waitFor } from '../wait.ts';

/** The real program in a real terminal with a real shell around it: server and client beside each other. */

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
  let started = false;
  const socket = `wstap-program-${process.pid}-${Date.now()}`;
  const home = mkdtempSync(join(tmpdir(), 'wstap-home-'));
  const tmux = (...args: string[]): string =>
    execFileSync('tmux', ['-u', '-L', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });
  const shows = (window: string, pattern: RegExp): Promise<RegExpExecArray> =>
    waitFor(() => {
      const text = tmux('capture-pane', '-p', '-t', window, '-S', '-1000').trimEnd();
      const match = pattern.exec(text);
      if (!match) throw new Error(`${pattern} is not in\n${text}`);
      return match;
    }, 50);
  /** A window that runs the program, then says its status and how the terminal is set, and stays. */
  const open = async (window: string, argv: string): Promise<void> => {
    const command = `WSTAP='$WSTAP' HOME='${home}' XDG_STATE_HOME= TERM=screen sh '${home}/run.sh' ${argv}`;
    const start = spawnShell(`tmux -u -L ${socket} -f /dev/null new-session -d -s ${window} -x 80 -y 24 "${command}"`);
    expect((await ended(start)).stderr).toBe('');
    started = true;
  };
  const type = (window: string, text: string): void => {
    tmux('send-keys', '-t', window, '-l', '--', text);
    tmux('send-keys', '-t', window, 'Enter');
  };

  buildsProgram();
  writeFileSync(join(home, 'run.sh'), '$WSTAP "$@"; echo "status $?"; stty -a; exec cat\n');

  afterAll(() => {
    if (started) tmux('kill-server');
    rmSync(home, { recursive: true, force: true });
  });

  test('a server and a client talk, and give the terminal back as it was', { timeout: 60_000 }, async () => {
    expect(hasTmux, 'tmux is missing, and under CI this test must run').toBe(true);
    await open('server', 'listen');
    const [, port] = await shows('server', /Listening on ws:\/\/127\.0\.0\.1:(\d+)\/\n(?:[^\n]+\n)+>/);
    await open('client', `--dump=line 127.0.0.1:${port}`);
    await shows('client', /Connected to [^\n]+\n[^\n]+\n>/);
    await shows('server', /#1 • connected from/);
    type('client', 'hello 漢字');
    await shows('client', /^> hello 漢字\n[^\n]*→ TEXT/m);
    await shows('server', /^#1 < hello 漢字$/m);
    type('server', '/to 1 and back');
    await shows('client', /^< and back\n>$/m);
    type('server', '/kick 1 1008 enough');
    await shows('client', /1008 Policy Violation "enough"\n {2}The side that closed[\s\S]*\nreceived {2}[\s\S]*\nstatus 8\n/);
    await shows('client', /\sicanon\b[\s\S]*\secho\b/);
    tmux('send-keys', '-t', 'server', 'C-d');
    await shows('server', /\nopen {6}for [^\n]+\nstatus 0\n/);
    await shows('server', /\sicanon\b[\s\S]*\secho\b/);
  });
});

test.skipIf(hasTmux || isCi)('skipped: tmux is not installed here (Debian: apt-get install tmux)', () => undefined);
