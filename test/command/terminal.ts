import { onTestFinished } from 'vitest';
import { main } from '../../src/main.ts';
import { FakeEnv, type FakeEnvOptions } from '../fake-env.ts';
import { Keyboard, Screen } from '../repl/screen.ts';
import { waitFor } from '../wait.ts';

/** The whole program inside of the test's process, with a person before it: a keyboard, and a screen that can be read. */

export const ENTER = '\r';
export const CTRL_C = '\x03';
export const CTRL_D = '\x04';
export const UP = '\x1b[A';
export const pasted = (text: string): string => `\x1b[200~${text}\x1b[201~`;

export interface TerminalOptions extends FakeEnvOptions {
  readonly columns?: number;
  readonly rows?: number;
}

/** A screen behind a terminal's driver, which can stand still, as after Ctrl-S. */
class DrivenScreen extends Screen {
  #held: (() => void)[] | undefined;

  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const write of held) write();
  }

  override _write(chunk: string, encoding: string, done: () => void): void {
    // As the terminal's driver does, in raw mode, too.
    const write = () => super._write(chunk.replace(/\r?\n/g, '\r\n'), encoding, done);
    if (this.#held) this.#held.push(write);
    else write();
  }
}

class TerminalEnv extends FakeEnv {
  override readonly stdin = new Keyboard();
  override readonly stdout: DrivenScreen;

  constructor({ columns = 80, rows = 24, ...options }: TerminalOptions) {
    super(options);
    this.stdout = new DrivenScreen(columns, rows);
    this.stderr.isTTY = true;
  }
}

export class TerminalRun {
  readonly env: TerminalEnv;
  /** The exit status. */
  readonly status: Promise<number>;

  constructor(argv: readonly string[], options: TerminalOptions = {}) {
    this.env = new TerminalEnv(options);
    this.status = main(this.env, argv);
    onTestFinished(async () => {
      for (let times = 0; times < 3; times++) this.env.signal('SIGTERM');
      await this.status;
    });
  }

  /** Types a line and Enter. */
  async line(text: string): Promise<void> {
    await this.keys(text, ENTER);
  }

  /** Types each as one read. */
  async keys(...keys: string[]): Promise<void> {
    await this.env.stdin.type(...keys);
  }

  /** Waits until the screen shows it. */
  async shows(pattern: RegExp): Promise<string> {
    return waitFor(async () => {
      const shown = await this.screen();
      if (!pattern.test(shown)) throw new Error(`${pattern} is not on the screen:\n${shown}`);
      return shown;
    }, 5);
  }

  /** All that was ever shown, with what differs from run to run made equal. */
  async screen(): Promise<string> {
    const rows = await this.env.stdout.lines();
    return `\n${rows.join('\n')}\n`
      .replace(/(127\.0\.0\.1|localhost):\d+/g, '$1:PORT')
      .replace(/token=\S+/g, 'token=TOKEN')
      .replace(/\d+(\.\d+)? m?s\b/g, 'TIME');
  }

  /** The screen at the end, and the status. */
  async end(): Promise<string> {
    const status = await this.status;
    return `${await this.screen()}[status ${status}]\n`;
  }
}
