import { type Mistake, quoted } from './mistake.ts';

/** A question whose answer must not be seen. */
export interface SecretQuestion {
  /** Shown as it is, so authored by us or escaped; ends in `: `. */
  readonly prompt: string;
  /** What gives the answer without asking, e.g. `--auth USER:PASSWORD or WSTAP_PASSWORD`. */
  readonly instead: string;
  /** `--no-input`: never ask. */
  readonly noInput: boolean;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The process's own stdin: where it is no terminal, the controlling terminal is asked all the same. */
  readonly stdin: { readonly isTTY?: boolean };
}

/** Where the question is put: the controlling terminal, or a stand-in for a test. */
export interface SecretTerminal {
  /** Whether somebody sits there. */
  isOpenable(platform: NodeJS.Platform): Promise<boolean>;
  /** The answer; `undefined` when it was refused (Ctrl-D). */
  ask(prompt: string, facts: Pick<SecretQuestion, 'platform' | 'stdin'>): Promise<string | undefined>;
}

/**
 * Asks for a password or passphrase on the controlling terminal, even where stdin is a pipe. The event loop stands still
 * meanwhile: only before a connection is open. Throws `UsageError` where nobody can be asked, saying what to give instead.
 */
export async function askSecret(
  question: SecretQuestion,
  mistake: Mistake,
  terminal: SecretTerminal = controllingTerminal,
): Promise<string> {
  const { prompt, instead, variables, platform } = question;
  const refuse = (why: string): Error =>
    mistake(`${prompt.trim().replace(/:$/, '')} is needed, but ${why}; give it with ${instead}.`);
  if (question.noInput) throw refuse('--no-input forbids to ask');
  if (isSet(variables.CI)) throw refuse(`CI=${quoted(variables.CI ?? '')} says that nobody is there to ask`);
  if (!(await terminal.isOpenable(platform))) throw refuse('there is no terminal to ask at');
  const answer = await terminal.ask(prompt, question);
  if (answer === undefined) throw refuse('no answer was given');
  return answer;
}

/** Whether anybody could be asked. */
export async function isAskable(
  { noInput, variables, platform }: Pick<SecretQuestion, 'noInput' | 'variables' | 'platform'>,
  terminal: Pick<SecretTerminal, 'isOpenable'> = controllingTerminal,
): Promise<boolean> {
  return !noInput && !isSet(variables.CI) && (await terminal.isOpenable(platform));
}

/** Asks for what may be seen, a user's name say, where `isAskable` and stdin is a terminal; `undefined` when it was refused (Ctrl-D). */
export function askOpenly(prompt: string): Promise<string | undefined> {
  return answerOf(prompt, false);
}

function isSet(variable: string | undefined): boolean {
  return variable !== undefined && !/^(?:|0|false|no)$/i.test(variable);
}

/** What a hidden answer became by its editing keys, where the terminal did not apply them; `undefined` after Ctrl-C or Ctrl-D. */
export function editedAnswer(typed: string): string | undefined {
  let answer: string[] = [];
  for (const character of typed.replace(/[\r\n][\s\S]*$/, '')) {
    if (character === '\x03' || (character === '\x04' && answer.length === 0) || character === '\0') return undefined;
    if (character === '\x7f' || character === '\b') answer.pop();
    else if (character === '\x15') answer = [];
    else if (character >= ' ') answer.push(character);
  }
  return answer.join('');
}

const TERMINAL = '/dev/tty';

const controllingTerminal: SecretTerminal = {
  async isOpenable(platform) {
    if (platform === 'win32') return true;
    const { closeSync, openSync } = await import('node:fs');
    try {
      closeSync(openSync(TERMINAL, 'r+'));
      return true;
    } catch {
      return false;
    }
  },

  async ask(prompt, { platform, stdin }) {
    const { writeSync } = await import('node:fs');
    const echo = platform === 'win32' ? undefined : await withoutEcho();
    try {
      const answer = await (echo && !stdin.isTTY ? lineOf(echo.terminal, prompt) : answerOf(prompt, echo === undefined));
      // Ctrl-D left the cursor after the prompt.
      if (echo && answer === undefined) writeSync(echo.terminal, '\n');
      return answer;
    } finally {
      echo?.restore();
    }
  },
};

/** @param hidden readline-sync hides what is typed, by raw mode, in which no editing key works. */
async function answerOf(prompt: string, hidden: boolean): Promise<string | undefined> {
  const { default: readlineSync } = await import('readline-sync');
  // readline-sync fills in `$<…>`; a second `$` takes that meaning away.
  const display = prompt.replaceAll('$<', () => '$$<');
  const options = { keepWhitespace: true, bufferSize: 4096 };
  if (hidden) {
    readlineSync.question(display, { ...options, hideEchoBack: true, mask: '' });
    return editedAnswer(readlineSync.getRawInput());
  }
  const answer = readlineSync.question(display, options);
  // It makes an empty answer of an end of input.
  return answer === '' && readlineSync.getRawInput() === '\0' ? undefined : answer;
}

/** Where stdin is a pipe readline-sync goes through a shell script that takes the eighth bit from each byte: read ourselves. */
async function lineOf(terminal: number, prompt: string): Promise<string | undefined> {
  const { readSync, writeSync } = await import('node:fs');
  writeSync(terminal, prompt);
  const pieces: Buffer[] = [];
  for (;;) {
    const piece = Buffer.alloc(4096);
    const length = readSync(terminal, piece);
    pieces.push(piece.subarray(0, length));
    if (length > 0 && piece[length - 1] !== 0x0a) continue;
    const text = Buffer.concat(pieces).toString('utf8');
    return text === '' ? undefined : text.replace(/\r?\n$/, '');
  }
}

/**
 * Turns the terminal's echo off while its own line editing stays: Backspace works and Ctrl-C ends at once. Ctrl-C ends this
 * process without a word to it, so a shell of three commands waits for that and gives the echo back.
 * `undefined` where there is no stty.
 */
async function withoutEcho(): Promise<{ readonly terminal: number; restore(): void } | undefined> {
  const { execFileSync, spawn } = await import('node:child_process');
  const { closeSync, openSync } = await import('node:fs');
  const terminal = openSync(TERMINAL, 'r+');
  const stty = (...settings: string[]): string =>
    execFileSync('stty', settings, { stdio: [terminal, 'pipe', 'ignore'], encoding: 'utf8' }).trim();
  try {
    const before = stty('-g');
    const script = 'trap "" INT TTOU HUP; cat >/dev/null; exec stty "$0" <&3';
    const guard = spawn('/bin/sh', ['-c', script, before], { stdio: ['pipe', 'ignore', 'ignore', terminal] });
    guard.on('error', () => undefined);
    guard.unref();
    // The newline that Enter types is still shown; Ctrl-Z would leave a shell without echo.
    stty('-echo', 'echonl', 'susp', 'undef');
    return {
      terminal,
      restore() {
        guard.kill('SIGKILL');
        guard.stdin?.destroy();
        stty(before);
        closeSync(terminal);
      },
    };
  } catch {
    closeSync(terminal);
    return undefined;
  }
}
