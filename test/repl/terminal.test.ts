import { afterEach, describe, expect, test, vi } from 'vitest';
import { createCompleter } from '../../src/repl/complete.ts';
import { openTerminal, type Terminal, type TerminalOptions } from '../../src/repl/terminal.ts';
import { waitFor } from '../wait.ts';
import { Keyboard, Screen } from './screen.ts';

interface Session {
  readonly keyboard: Keyboard;
  readonly screen: Screen;
  readonly terminal: Terminal;
  readonly lines: string[];
  readonly wishes: string[];
  clock: number;
}

const open: Terminal[] = [];

function session(columns = 20, rows = 8, options: Partial<TerminalOptions> = {}): Session {
  const keyboard = new Keyboard();
  const screen = new Screen(columns, rows);
  const lines: string[] = [];
  const wishes: string[] = [];
  const terminal = openTerminal({
    input: keyboard,
    output: screen,
    prompt: '> ',
    now: () => result.clock,
    onLine: (line) => lines.push(line),
    onInterrupt: (wish) => wishes.push(wish),
    onEnd: () => wishes.push('end'),
    ...options,
  });
  const result: Session = { keyboard, screen, terminal, lines, wishes, clock: 0 };
  open.push(terminal);
  return result;
}

afterEach(() => {
  vi.useRealTimers();
  for (const terminal of open.splice(0)) terminal.close();
});

const ENTER = '\r';
const LEFT = '\x1b[D';
const UP = '\x1b[A';
const ALT_ENTER = '\x1b\r';
const CTRL_C = '\x03';
const CTRL_D = '\x04';
const paste = (text: string): string => `\x1b[200~${text}\x1b[201~`;

describe('what arrives stands above the line being typed', () => {
  test('the line and the cursor stay as they were', async () => {
    const { keyboard, screen, terminal } = session();
    await keyboard.type('hello', LEFT, LEFT);
    terminal.print('< one');
    terminal.print('< two\n');
    terminal.flush();
    expect(await screen.lines()).toEqual(['< one', '< two', '> hello']);
    expect(await screen.cursor()).toEqual({ row: 2, column: 5 });
  });

  test('1000 messages while a line is typed: each is there once and in order, and the line is whole', async () => {
    const { keyboard, screen, terminal, lines } = session(30, 10);
    const typed = 'the quick brown fox 漢字 jumps 😀 over it';
    const characters = [...typed];
    for (let index = 0; index < 1000; index++) {
      terminal.print(`< ${index} ${'x'.repeat(index % 50)}`);
      if (index % 25 === 0) await keyboard.type(characters.shift() ?? '');
      if (index % 7 === 0) terminal.flush();
    }
    terminal.flush();
    const shown = (await screen.lines()).join('\n');
    const numbers = [...shown.matchAll(/^< (\d+)/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    expect(shown.match(/^> /gm)).toHaveLength(1);
    await keyboard.type(ENTER);
    expect(lines).toEqual([typed]);
  });

  test('a line of three rows, and messages that wrap', async () => {
    const { keyboard, screen, terminal } = session(10, 12);
    await keyboard.type('abcdefghijklmnopqrst');
    terminal.print('< 0123456789');
    terminal.flush();
    await keyboard.type(LEFT, LEFT, 'XY');
    terminal.print('< next');
    terminal.flush();
    expect(await screen.lines()).toEqual(['< 01234567', '89', '< next', '> abcdefgh', 'ijklmnopqr', 'XYst']);
    expect(await screen.cursor()).toEqual({ row: 5, column: 2 });
  });

  test('a line that just fills its row leaves the cursor on the next one', async () => {
    const { keyboard, screen, terminal } = session(10, 12);
    await keyboard.type('abcdefgh');
    terminal.print('< a');
    terminal.flush();
    expect(await screen.lines()).toEqual(['< a', '> abcdefgh']);
    expect(await screen.cursor()).toEqual({ row: 2, column: 0 });
    terminal.print('< b');
    terminal.flush();
    expect(await screen.lines()).toEqual(['< a', '< b', '> abcdefgh']);
  });

  test.each([
    ['CJK that does not fit at the end of a row', '漢字漢字漢字', ['> 漢字漢字', '漢字']],
    ['CJK with one column left over', 'a漢字漢字漢', ['> a漢字漢', '字漢']],
    ['emoji', 'hi 😀😀😀😀', ['> hi 😀😀', '😀😀']],
    ['a combining mark takes no room', 'e\u0301e\u0301', ['> e\u0301e\u0301']],
  ])('%s', async (_, typed, rows) => {
    const { keyboard, screen, terminal, lines } = session(10, 12);
    await keyboard.type(...typed);
    for (const message of ['< 1', '< 2', '< 3']) {
      terminal.print(message);
      terminal.flush();
    }
    expect(await screen.lines()).toEqual(['< 1', '< 2', '< 3', ...rows]);
    await keyboard.type(ENTER);
    expect(lines).toEqual([typed]);
  });

  test('a coloured prompt takes the room of its letters only', async () => {
    const { keyboard, screen, terminal } = session(10, 12, { prompt: '\x1b[1;36m> \x1b[0m' });
    await keyboard.type('abcdefghij', LEFT);
    terminal.print('< a');
    terminal.flush();
    expect(await screen.lines()).toEqual(['< a', '> abcdefgh', 'ij']);
    expect(await screen.cursor()).toEqual({ row: 2, column: 1 });
  });

  test('output is collected for 8 ms and then painted in one write', async () => {
    const { screen, terminal } = session();
    await screen.settle();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    screen.written = '';
    terminal.print('< one');
    terminal.print('< two');
    vi.advanceTimersByTime(7);
    expect(screen.written).toBe('');
    vi.advanceTimersByTime(1);
    expect(screen.written).toBe('\x1b[?2026h\r \x1b[J\r< one\r\n< two\r\n> \r\x1b[2C\x1b[?2026l');
  });
});

describe('resize', () => {
  test.each([
    ['narrower', 10],
    ['wider', 40],
  ])('%s: no message is erased and the line stands once', async (_, columns) => {
    const { keyboard, screen, terminal } = session(20, 12);
    terminal.print('< one\n< two');
    terminal.flush();
    await keyboard.type('abcdefghijklmnopqrstuvwxyz');
    await screen.resize(columns, 12);
    terminal.print('< 3');
    terminal.flush();
    const text = (await screen.lines()).join('');
    expect(text).toBe('< one< two< 3> abcdefghijklmnopqrstuvwxyz');
  });

  test('a terminal that does not wrap the line anew loses no message either', async () => {
    const keyboard = new Keyboard();
    const screen = new Screen(20, 12, false);
    const ignore = (): void => undefined;
    const terminal = openTerminal({
      input: keyboard,
      output: screen,
      prompt: '> ',
      reflows: false,
      now: () => 0,
      onLine: ignore,
      onInterrupt: ignore,
      onEnd: ignore,
    });
    open.push(terminal);
    terminal.print('< one\n< two');
    terminal.flush();
    await keyboard.type('abcdefghijklmnopqrstuvwxyz');
    await screen.resize(10, 12);
    expect((await screen.lines()).join('')).toBe('< one< two> abcdefghijklmnopqrstuvwxyz');
  });

  test('a line taller than the screen shows the rows around the cursor and fills no scrollback', async () => {
    const { keyboard, screen, terminal, lines } = session(10, 5);
    const text = Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n');
    await keyboard.type(paste(text));
    for (let index = 0; index < 50; index++) {
      terminal.print(`< ${index}`);
      terminal.flush();
    }
    expect((await screen.lines()).slice(-6)).toEqual(['< 48', '< 49', 'line 26', 'line 27', 'line 28', 'line 29']);
    expect(await screen.lines()).toHaveLength(54);
    await keyboard.type(ENTER);
    expect(lines).toEqual([text]);
  });
});

describe('typing', () => {
  test('several characters in one read go where the cursor is', async () => {
    const { keyboard, screen, lines } = session();
    await keyboard.type('hello', LEFT, LEFT, 'abc');
    expect(await screen.lines()).toEqual(['> helabclo']);
    await keyboard.type(ENTER);
    expect(lines).toEqual(['helabclo']);
  });

  test('the typed line stays above what it caused; an answer in between does not tear it', async () => {
    const { keyboard, screen, terminal } = session(20, 8, { onLine: (line) => terminal.print(`sent ${line}`) });
    await keyboard.type('hi', ENTER, 'next');
    terminal.flush();
    expect(await screen.lines()).toEqual(['> hi', 'sent hi', '> next']);
  });

  test('a line that is shown otherwise is taken away on Enter', async () => {
    const { keyboard, screen, terminal } = session(10, 8, { keepsLine: (line) => line.startsWith('/') });
    await keyboard.type('a message of rows', ENTER);
    terminal.print('→ shown');
    terminal.flush();
    await keyboard.type('/help', ENTER);
    expect(await screen.lines()).toEqual(['→ shown', '> /help', '>']);
  });

  test('Alt+Enter begins a new row in the same line', async () => {
    const { keyboard, screen, lines } = session();
    await keyboard.type('one', ALT_ENTER, 'two');
    expect(await screen.lines()).toEqual(['> one', 'two']);
    await keyboard.type(ENTER);
    expect(lines).toEqual(['one\ntwo']);
  });

  test('a control character that is no key is not inserted', async () => {
    const { keyboard, lines } = session();
    await keyboard.type('a', '\x1c', '\x00', 'b', ENTER);
    expect(lines).toEqual(['ab']);
  });
});

describe('paste', () => {
  test('several lines are one line event, after Enter', async () => {
    const { keyboard, screen, terminal, lines } = session();
    await keyboard.type('say: ', paste('one\rtwo\r\n\tthree\n'));
    terminal.print('< meanwhile');
    terminal.flush();
    expect(await screen.lines()).toEqual(['< meanwhile', '> say: one', 'two', '        three']);
    expect(lines).toEqual([]);
    await keyboard.type(ENTER);
    expect(lines).toEqual(['say: one\ntwo\n\tthree']);
  });

  test('in the middle of a line, in pieces, with keys inside that mean nothing now', async () => {
    const { keyboard, lines } = session();
    await keyboard.type('ab', LEFT, '\x1b[200~1', '\r2\t', '\x1b[A3\x1b[20', '1~', ENTER);
    expect(lines).toEqual(['a1\n2\t\x1b[A3b']);
  });

  test('escape sequences in it are shown as pictures and obeyed by nobody', async () => {
    const { keyboard, screen } = session(40);
    screen.written = '';
    await keyboard.type(paste('a\x1b[2Jb\u202ec\x9bd'));
    expect(await screen.lines()).toEqual(['> a␛[2Jb␦c␦d']);
    expect(screen.written).not.toContain('\x1b[2J');
  });

  test('without bracketed paste a tab inside one read is a tab', async () => {
    const { keyboard, lines } = session();
    await keyboard.type('a\tb', ENTER);
    expect(lines).toEqual(['a\tb']);
  });

  test('Ctrl-C gets out of a paste whose end never comes', async () => {
    const { keyboard, lines, wishes } = session();
    await keyboard.type('\x1b[200~lost', CTRL_C, 'found', ENTER);
    expect(lines).toEqual(['found']);
    expect(wishes).toEqual([]);
  });
});

describe('Ctrl-C and Ctrl-D', () => {
  test('Ctrl-C clears a line, and Ctrl-Y brings it back', async () => {
    const { keyboard, screen, lines, wishes } = session(10);
    await keyboard.type('a line of several rows', LEFT, CTRL_C);
    expect(await screen.lines()).toEqual(['>']);
    expect(wishes).toEqual([]);
    await keyboard.type('\x19', ENTER);
    expect(lines).toEqual(['a line of several rows']);
  });

  test('on an empty line it asks for a close, and within two seconds for the end', async () => {
    const current = session();
    await current.keyboard.type(CTRL_C);
    current.clock = 2001;
    await current.keyboard.type(CTRL_C);
    expect(current.wishes).toEqual(['close', 'close']);
    current.clock = 4001;
    await current.keyboard.type(CTRL_C);
    expect(current.wishes).toEqual(['close', 'close', 'quit']);
  });

  test('a SIGINT from outside does the same', () => {
    const { terminal, wishes } = session();
    terminal.interrupt();
    terminal.interrupt();
    expect(wishes).toEqual(['close', 'quit']);
  });

  test('Ctrl-D on an empty line asks for the end; the terminal goes on until it is closed', async () => {
    const { keyboard, screen, terminal, wishes } = session();
    await keyboard.type('ab', LEFT, CTRL_D);
    expect(wishes).toEqual([]);
    await keyboard.type('\x7f', CTRL_D);
    expect(wishes).toEqual(['end']);
    terminal.print('< still here');
    terminal.flush();
    expect(await screen.lines()).toEqual(['< still here', '>']);
  });

  test('the end of the input ends, and what was not entered is not sent', async () => {
    const { keyboard, lines, wishes } = session();
    await keyboard.type('half a li');
    keyboard.end();
    await waitFor(() => expect(wishes).toEqual(['end']));
    expect(lines).toEqual([]);
  });
});

describe('tab and history', () => {
  const completer = createCompleter({ role: 'client', canRecord: false });

  test('completes what is certain and lists what is not, above the line', async () => {
    const { keyboard, screen, lines } = session(80, 20, { completer });
    await keyboard.type('/pi', '\t');
    expect(await screen.lines()).toEqual(['> /ping']);
    await keyboard.type('x', ENTER);
    expect(lines).toEqual(['/ping x']);
    await keyboard.type('/p', '\t');
    expect((await screen.lines()).slice(1)).toEqual([
      '/ping   send a ping',
      '/pong   send a pong that nobody asked for',
      '/paste  type several lines as one message; a line with only . ends it',
      '> /p',
    ]);
  });

  test('a plain message has nothing to complete', async () => {
    const { keyboard, screen } = session(80, 20, { completer });
    await keyboard.type('p', '\t', 'q');
    expect(await screen.lines()).toEqual(['> pq']);
  });

  test('Up brings lines back, with their newlines, and each entered line is remembered', async () => {
    const appended: string[] = [];
    const history = { entries: ['newest\nof two', 'older'], append: (line: string) => void appended.push(line) };
    const { keyboard, lines } = session(20, 8, { history });
    await keyboard.type(UP, ENTER, UP, UP, ENTER);
    expect(lines).toEqual(['newest\nof two', 'older']);
    expect(appended).toEqual(['newest\nof two', 'older']);
  });
});

describe('reading a block', () => {
  test('lines up to a dot become one text and no commands', async () => {
    const { keyboard, screen, terminal, lines } = session();
    const block = terminal.readBlock('. ');
    await keyboard.type('one', ENTER, '/two', ENTER, ENTER);
    expect(await screen.lines()).toEqual(['. one', '. /two', '.', '.']);
    await keyboard.type('.', ENTER, 'after', ENTER);
    expect(await block).toBe('one\n/two\n');
    expect(lines).toEqual(['after']);
  });

  test('Ctrl-C gives it up, after a line in hand was cleared', async () => {
    const { keyboard, terminal, wishes } = session();
    const block = terminal.readBlock('. ');
    await keyboard.type('one', ENTER, 'tw', CTRL_C, CTRL_C);
    expect(await block).toBeUndefined();
    expect(wishes).toEqual([]);
  });
});

describe('backpressure', () => {
  test('while the output is full, what is printed waits in one piece, and the caller is told', async () => {
    const { screen, terminal } = session(80, 10);
    await screen.settle();
    const stuck: (() => void)[] = [];
    screen._write = (chunk, _encoding, done) => {
      screen.written += chunk;
      stuck.push(done);
    };
    screen.written = '';
    for (let index = 0; index < 100_000; index++) terminal.print(`< message ${index}`);
    expect(terminal.needsDrain).toBe(true);
    expect(stuck).toHaveLength(1);
    let drained = false;
    const waiting = terminal.drained().then(() => {
      drained = true;
    });
    await Promise.resolve();
    expect(drained).toBe(false);
    while (!drained) {
      stuck.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await waiting;
    expect(terminal.needsDrain).toBe(false);
    expect(screen.written.match(/< message/g)).toHaveLength(100_000);
    expect(screen.written.match(/\x1b\[\?2026h/g)?.length).toBeLessThan(10);
  });

  test('nobody waits for an output that is gone', async () => {
    const { screen, terminal } = session();
    screen._write = () => undefined;
    terminal.print('x'.repeat(100_000));
    const waiting = terminal.drained();
    screen.destroy();
    await waiting;
  });
});

describe('close', () => {
  test('takes the line away and gives the terminal back as it was, once', async () => {
    const { keyboard, screen, terminal } = session();
    expect(keyboard.isRaw).toBe(true);
    await keyboard.type('not sent');
    terminal.print('< last');
    terminal.close();
    terminal.close();
    terminal.print('after');
    expect(await screen.lines()).toEqual(['< last', 'after']);
    expect(keyboard.isRaw).toBe(false);
    expect(screen.written.match(/\x1b\[\?2004[hl]/g)).toEqual(['\x1b[?2004h', '\x1b[?2004l']);
    expect(screen.listenerCount('resize')).toBe(0);
  });

  test('a block that is being read is cut off', async () => {
    const { terminal } = session();
    const block = terminal.readBlock('. ');
    terminal.close();
    expect(await block).toBeUndefined();
  });
});

describe('plain, for TERM=dumb', () => {
  test('lines in, lines out, not one escape sequence', async () => {
    const { keyboard, screen, terminal, lines, wishes } = session(20, 8, { plain: true });
    await keyboard.type('one\n', 'two\nthr', 'ee\n');
    terminal.print('< hi');
    terminal.flush();
    expect(lines).toEqual(['one', 'two', 'three']);
    expect(screen.written).toBe('< hi\n');
    expect(keyboard.isRaw).toBe(false);
    keyboard.end();
    await waitFor(() => expect(wishes).toEqual(['end']));
  });
});
