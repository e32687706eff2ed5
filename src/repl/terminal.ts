/**
 * The terminal of a live session: what arrives never damages the line being typed, and the terminal is given back
 * as it was on every path that ends in `close`.
 */
import { createInterface } from 'node:readline';
import type { InputStream, OutputStream } from '../env.ts';
import { LineEditor } from './editor.ts';

export interface TerminalOptions {
  readonly input: InputStream;
  readonly output: OutputStream;
  /** May be coloured; must be narrower than the screen. */
  readonly prompt: string;
  /** No keys and no repainting: for `TERM=dumb`. The terminal's own line editing remains. */
  readonly plain?: boolean;
  readonly history?: { readonly entries: readonly string[]; append(line: string): void };
  readonly completer?: { complete(line: string): readonly [string[], string]; describe(candidate: string): string | undefined };
  /** Monotonic, in milliseconds. */
  now(): number;
  /** A line, or several pasted together with `\n` between them. */
  onLine(line: string): void;
  /** Ctrl-C on an empty line: `close` asks for a clean end, and `quit`, within two seconds, for an end at once (status 130). */
  onInterrupt(wish: 'close' | 'quit'): void;
  /** Ctrl-D on an empty line, or the end of the input (then nothing more can be typed). */
  onEnd(): void;
  /** Whether the typed line stays on the screen after Enter (the default), or goes, because what was sent is shown anyway. */
  keepsLine?(line: string): boolean;
  /** False for terminals that do not wrap the line anew when their width changes, as VS Code's. */
  readonly reflows?: boolean;
}

export interface Terminal {
  /** Shows text, escaped by the caller, above the line being typed. A newline is added where the last one is missing. */
  print(text: string): void;
  /** Writes at once what `print` has collected. */
  flush(): void;
  /** The screen takes less than is printed: stop reading the socket until `drained()`. */
  readonly needsDrain: boolean;
  drained(): Promise<void>;
  setPrompt(prompt: string): void;
  /** Reads lines up to one that is only `.` (or Ctrl-D); `undefined` when given up with Ctrl-C or cut off. */
  readBlock(prompt: string): Promise<string | undefined>;
  /** What Ctrl-C does; for a SIGINT that came as a signal. */
  interrupt(): void;
  close(): void;
}

/** How long output is collected before a repaint, and how much of it is written at once without waiting. */
const COLLECT_MS = 8;
const WRITE_AT_ONCE = 64 * 1024;
const TOO_MUCH = 256 * 1024;
const AGAIN_MS = 2000;

interface Block {
  readonly lines: string[];
  readonly resolve: (text: string | undefined) => void;
}

/** Takes the terminal. The input must be one, and so must the output, unless `plain`. */
export function openTerminal(options: TerminalOptions): Terminal {
  return new LiveTerminal(options);
}

class LiveTerminal implements Terminal {
  readonly #options: TerminalOptions;
  readonly #editor: LineEditor | undefined;
  readonly #stopReading: () => void;
  #prompt: string;
  #pending: string[] = [];
  #pendingLength = 0;
  #timer: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];
  #block: Block | undefined;
  #interruptedAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.#prompt = options.prompt;
    options.output.on('drain', this.#onDrain);
    options.output.on('close', this.#onOutputGone);
    if (options.plain) this.#stopReading = this.#readPlainly();
    else {
      const editor = this.#edit();
      this.#editor = editor;
      this.#stopReading = () => editor.close();
    }
  }

  print(text: string): void {
    if (text === '') return;
    const whole = text.endsWith('\n') ? text : `${text}\n`;
    this.#pending.push(whole);
    this.#pendingLength += whole.length;
    if (this.#closed || this.#pendingLength >= WRITE_AT_ONCE) this.#flushUnlessFull();
    else this.#timer ??= setTimeout(() => this.#flushUnlessFull(), COLLECT_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.length > 0) {
      const text = this.#pending.join('');
      this.#pending = [];
      this.#pendingLength = 0;
      if (this.#editor && !this.#closed) this.#editor.paint(text);
      else this.#options.output.write(text);
    }
    this.#release();
  }

  get needsDrain(): boolean {
    return this.#options.output.writableNeedDrain || this.#pendingLength > TOO_MUCH;
  }

  drained(): Promise<void> {
    if (!this.needsDrain || this.#options.output.destroyed) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  setPrompt(prompt: string): void {
    this.#prompt = prompt;
    if (this.#block === undefined) this.#showPrompt(prompt);
  }

  readBlock(prompt: string): Promise<string | undefined> {
    this.#endBlock(undefined);
    this.#showPrompt(prompt);
    return new Promise((resolve) => {
      this.#block = { lines: [], resolve };
    });
  }

  interrupt(): void {
    if (this.#editor && this.#editor.text !== '') this.#editor.clear();
    else if (this.#block) this.#endBlock(undefined);
    else {
      const now = this.#options.now();
      const isAgain = now - this.#interruptedAt <= AGAIN_MS;
      this.#interruptedAt = now;
      this.#options.onInterrupt(isAgain ? 'quit' : 'close');
    }
  }

  close(): void {
    if (this.#closed) return;
    this.flush();
    this.#closed = true;
    this.#stopReading();
    this.#endBlock(undefined);
    this.#options.output.removeListener('drain', this.#onDrain);
    this.#options.output.removeListener('close', this.#onOutputGone);
    this.#release(true);
  }

  #edit(): LineEditor {
    const { input, output, prompt, history, completer, keepsLine, reflows } = this.#options;
    return new LineEditor({
      input,
      output,
      prompt,
      history: history?.entries ?? [],
      complete: (line) => (completer && !this.#block ? completer.complete(line) : [[], line]),
      describe: (candidate) => completer?.describe(candidate),
      keepsLine: (line) => this.#block !== undefined || (keepsLine?.(line) ?? true),
      reflows: reflows ?? true,
      onLine: (line) => this.#onLine(line),
      onInterrupt: () => this.interrupt(),
      onEnd: () => this.#onEnd(),
    });
  }

  #readPlainly(): () => void {
    const { input } = this.#options;
    const lines = createInterface({ input, terminal: false, crlfDelay: Number.POSITIVE_INFINITY });
    lines.on('line', (line) => this.#onLine(line));
    lines.on('close', () => this.#closed || this.#onEnd());
    lines.on('error', () => undefined);
    return () => lines.close();
  }

  #onLine(line: string): void {
    if (this.#block) {
      if (line === '.') this.#endBlock(this.#block.lines.join('\n'));
      else this.#block.lines.push(line);
      return;
    }
    this.#options.history?.append(line);
    this.#options.onLine(line);
  }

  #onEnd(): void {
    if (this.#block) this.#endBlock(this.#block.lines.join('\n'));
    else this.#options.onEnd();
  }

  #endBlock(text: string | undefined): void {
    const block = this.#block;
    if (!block) return;
    this.#block = undefined;
    this.#showPrompt(this.#prompt);
    block.resolve(text);
  }

  #showPrompt(prompt: string): void {
    this.#editor?.setPrompt(prompt);
    if (!this.#closed) this.#editor?.paint();
  }

  /** While the output is full, what is printed waits: it is written in one piece when there is room again. */
  #flushUnlessFull(): void {
    this.#timer = undefined;
    if (!this.#options.output.writableNeedDrain) this.flush();
  }

  readonly #onDrain = (): void => this.flush();

  readonly #onOutputGone = (): void => this.#release(true);

  #release(always = false): void {
    if (!always && this.needsDrain) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
