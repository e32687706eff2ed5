/**
 * The line being typed: node:readline with its own painting, so that the line can be taken away and put back
 * around other output at any moment. Node repaints by erasing what it believes to be its rows; here the rows are
 * counted as the terminal wraps them, and no control character of a paste or of the history reaches the screen.
 */
import { createInterface, type Key } from 'node:readline';
import type { InputStream, OutputStream } from '../env.ts';
import { candidateList, commonPrefix } from './candidates.ts';
import { isPlain, type Layout, layOut, type Painting, painting, up } from './layout.ts';

export interface EditorOptions {
  readonly input: InputStream;
  readonly output: OutputStream;
  readonly prompt: string;
  /** What was typed before, the newest first. */
  readonly history: readonly string[];
  /** Candidates for the last word of what stands before the cursor. */
  readonly complete: (line: string) => readonly [string[], string];
  readonly describe: (candidate: string) => string | undefined;
  /** Whether the typed line stays on the screen after Enter; else it is taken away. */
  readonly keepsLine: (line: string) => boolean;
  /** Whether the terminal wraps the line anew when its width changes (nearly all do). */
  readonly reflows: boolean;
  readonly onLine: (line: string) => void;
  readonly onInterrupt: () => void;
  /** Ctrl-D on an empty line, or the end of the input. */
  readonly onEnd: () => void;
}

/** The part of readline's interface that is not in its types. Underscored methods are how Node lets one override it. */
interface Readline {
  line: string;
  cursor: number;
  /** Rows of the line above the cursor's row, as painted last. */
  prevRows: number;
  isCompletionEnabled: boolean;
  resume(): void;
  close(): void;
  on(event: 'line' | 'close' | 'SIGCONT' | 'error', listener: () => void): void;
  getCursorPos(): { rows: number; cols: number };
  clearLine(): void;
  _ttyWrite(text: string | undefined, key: Key): void;
  _refreshLine(): void;
  _insertString(text: string): void;
  _deleteLineLeft(): void;
  _writeToOutput(text: string): void;
  _getDisplayPos(text: string): { rows: number; cols: number };
}

/** Stands for a newline inside readline's line, which Node 24 would take for its own idea of several lines. Never typed: half a pair. */
const NEWLINE = '\udc0a';

const PASTE_ON = '\x1b[?2004h';
const PASTE_OFF = '\x1b[?2004l';
/** Synchronized output: the terminal shows what is between them at once. Those that do not know it ignore it. */
const SYNC_ON = '\x1b[?2026h';
const SYNC_OFF = '\x1b[?2026l';
/** Erases from the row's start. The blank is for tmux, which keeps a copy of what is erased from the screen's first cell on. */
const ERASE = '\r \x1b[J\r';

export class LineEditor {
  readonly #options: EditorOptions;
  readonly #readline: Readline;
  readonly #type: (text: string | undefined, key: Key) => void;
  readonly #widths = new Map<string, number>();
  #prompt: string;
  #promptWidth = 0;
  #pasted: string | undefined;
  #muted = false;
  #closed = false;

  constructor(options: EditorOptions) {
    this.#options = options;
    this.#prompt = options.prompt;
    const { input, output } = options;
    // Before readline's own listener, which repaints at once.
    output.prependListener('resize', this.#onResize);
    this.#readline = createInterface({
      input,
      output,
      terminal: true,
      history: options.history.map(toInner),
      historySize: 1000,
      removeHistoryDuplicates: true,
      escapeCodeTimeout: 100,
    }) as unknown as Readline;
    const { _ttyWrite: type } = Object.getPrototypeOf(this.#readline) as Pick<Readline, '_ttyWrite'>;
    this.#type = type.bind(this.#readline);
    this.#override(this.#readline);
    this.setPrompt(options.prompt);
    output.write(PASTE_ON);
    this.paint();
  }

  /** The line as typed so far. */
  get text(): string {
    return toOuter(this.#readline.line);
  }

  setPrompt(prompt: string): void {
    this.#prompt = prompt;
    // A prompt may be coloured; colours take no room.
    const bare = prompt.replace(/\x1b\[[0-9;]*m/g, '');
    this.#promptWidth = layOut(bare, 0, Number.POSITIVE_INFINITY, NEWLINE, this.#widthOf).column;
  }

  /** Writes `above` (whole rows, ended by a newline, or nothing) over the line and puts the line back under it, in one write. */
  paint(above = ''): void {
    if (this.#muted || this.#closed) return;
    const { body, rowsAbove } = this.#painted();
    this.#options.output.write(`${SYNC_ON}${up(this.#readline.prevRows)}${ERASE}${crlf(above)}${body}${SYNC_OFF}`);
    this.#readline.prevRows = rowsAbove;
  }

  /** Throws the typed text away; Ctrl-Y brings it back. */
  clear(): void {
    this.#readline.cursor = this.#readline.line.length;
    this.#readline._deleteLineLeft();
  }

  /** Takes the line from the screen and gives the terminal back as it was. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.output.write(`${up(this.#readline.prevRows)}${ERASE}${PASTE_OFF}`);
    this.#options.output.removeListener('resize', this.#onResize);
    this.#readline.close();
  }

  #override(readline: Readline): void {
    readline.prevRows = 0;
    readline._ttyWrite = (text, key) => this.#onKey(text, key);
    readline._refreshLine = () => this.paint();
    readline.getCursorPos = () => {
      const { rows, column } = this.#layOut(readline.line.slice(0, readline.cursor));
      return { rows: rows.length - 1, cols: column };
    };
    const insert = readline._insertString.bind(readline);
    readline._insertString = (text) => {
      this.#muted = !isPlain(text) || text.includes(NEWLINE);
      insert(text);
      if (!this.#muted) return;
      this.#muted = false;
      this.paint();
    };
    readline._writeToOutput = (text) => {
      if (!this.#muted) this.#options.output.write(text);
    };
    this.#overrideEnter(readline);
    readline.on('close', () => this.#onClose());
    readline.on('error', () => undefined);
    readline.on('SIGCONT', () => this.#onContinue());
  }

  /** The line is read here and not from the event: on its way there Node may swap it with an entry of the history. */
  #overrideEnter(readline: Readline): void {
    let submitted: string | undefined;
    readline.clearLine = () => {
      submitted = this.text;
      this.#leaveLine(this.#options.keepsLine(submitted));
      readline.line = '';
      readline.cursor = 0;
    };
    readline.on('line', () => {
      // At the end of the input Node emits what was typed so far; nobody pressed Enter.
      if (submitted === undefined) return;
      const line = submitted;
      submitted = undefined;
      this.#options.onLine(line);
      this.paint();
    });
  }

  /** Leaves the typed line behind, or takes it away, with the cursor on a fresh row. */
  #leaveLine(keep: boolean): void {
    this.#readline.cursor = this.#readline.line.length;
    const { body } = this.#painted();
    this.#options.output.write(`${up(this.#readline.prevRows)}${ERASE}${keep ? `${body}\r\n` : ''}`);
    this.#readline.prevRows = 0;
  }

  #onKey(text: string | undefined, key: Key): void {
    const readline = this.#readline;
    if (key.name === 'paste-start') this.#pasted = '';
    else if (this.#pasted !== undefined) this.#collect(this.#pasted, text, key);
    else if (key.ctrl && key.name === 'c') this.#options.onInterrupt();
    else if (key.ctrl && key.name === 'd' && readline.line === '') this.#options.onEnd();
    else if (key.meta && (key.name === 'return' || key.name === 'enter')) this.#insert('\n');
    else if (key.name === 'tab' && !key.shift) {
      // A tab in the middle of one read was pasted into a terminal without bracketed paste.
      if (readline.isCompletionEnabled) this.#onTab();
      else this.#insert('\t');
    } else if (!isStray(text, key)) {
      if (key.ctrl && key.name === 'z') this.#leaveForShell();
      this.#typeAtCursor(text, key);
    }
  }

  /**
   * Node 20 turns completion off for all but the last character of one read, and then appends each of them to the
   * end of the line, wherever the cursor is (fixed in Node 22).
   */
  #typeAtCursor(text: string | undefined, key: Key): void {
    const enabled = this.#readline.isCompletionEnabled;
    this.#readline.isCompletionEnabled = true;
    try {
      this.#type(text, key);
    } finally {
      this.#readline.isCompletionEnabled = enabled;
    }
  }

  /** A paste is inserted once and whole, and its newlines are part of the line. Ctrl-C helps where its end never comes. */
  #collect(pasted: string, text: string | undefined, key: Key): void {
    const isEnd = key.name === 'paste-end';
    if (!isEnd && !(key.ctrl && key.name === 'c')) {
      this.#pasted = pasted + (key.sequence ?? text ?? '');
      return;
    }
    this.#pasted = undefined;
    // The newline at the end of copied lines is the terminal's, not the text's.
    if (isEnd) this.#insert(pasted.replace(/\r\n?/g, '\n').replace(/\n$/, ''));
  }

  #insert(text: string): void {
    if (text === '') return;
    const enabled = this.#readline.isCompletionEnabled;
    this.#readline.isCompletionEnabled = true;
    this.#readline._insertString(toInner(text));
    this.#readline.isCompletionEnabled = enabled;
  }

  #onTab(): void {
    const before = toOuter(this.#readline.line.slice(0, this.#readline.cursor));
    const [candidates, word] = this.#options.complete(before);
    const common = commonPrefix(candidates);
    if (common.length > word.length && common.startsWith(word)) this.#insert(common.slice(word.length));
    else if (candidates.length > 1) this.paint(`${candidateList(candidates, this.#options.describe, this.#columns)}\n`);
  }

  /** Ctrl-Z: the shell's output begins on a row of its own, and its paste is its own. */
  #leaveForShell(): void {
    this.#leaveLine(true);
    this.#options.output.write(PASTE_OFF);
  }

  /** Node then sets raw mode and repaints. */
  #onContinue(): void {
    this.#readline.resume();
    this.#readline.prevRows = 0;
    this.#options.output.write(PASTE_ON);
  }

  #onClose(): void {
    if (this.#closed) return;
    this.close();
    this.#options.onEnd();
  }

  /** The rows above the cursor are those of the new width: else the rows of messages would be erased with the line. */
  readonly #onResize = (): void => {
    const rows = this.#readline.getCursorPos().rows;
    const reflowed = this.#options.reflows ? rows : Math.min(rows, this.#readline.prevRows);
    this.#readline.prevRows = Math.min(reflowed, this.#mostRows - 1);
  };

  /** What to write for the line with the cursor in its place. */
  #painted(): Painting {
    const { line, cursor } = this.#readline;
    return painting(this.#prompt, this.#layOut(line), this.#layOut(line.slice(0, cursor)), this.#mostRows);
  }

  #layOut(text: string): Layout {
    return layOut(text, this.#promptWidth, this.#columns, NEWLINE, this.#widthOf);
  }

  get #columns(): number {
    const { columns } = this.#options.output;
    return columns !== undefined && columns > 2 ? columns : 80;
  }

  /** Rows that the line may take: one is left for what arrives. */
  get #mostRows(): number {
    return Math.max(1, (this.#options.output.rows ?? 24) - 1);
  }

  /** Node knows the widths of East Asian characters and emoji, but tells only by way of a whole line's. */
  readonly #widthOf = (character: string): number => {
    if (character >= ' ' && character <= '~') return 1;
    let width = this.#widths.get(character);
    if (width === undefined) {
      const { rows, cols } = this.#readline._getDisplayPos(character);
      width = rows > 0 ? 2 : cols;
      this.#widths.set(character, width);
    }
    return width;
  };
}

function toInner(text: string): string {
  return text.replaceAll('\n', NEWLINE);
}

function toOuter(line: string): string {
  return line.replaceAll(NEWLINE, '\n');
}

function crlf(text: string): string {
  return text.replace(/\r?\n/g, '\r\n');
}

/** A control character that is no key: readline would insert it. Ctrl-_ and Ctrl-^ undo and redo. */
function isStray(text: string | undefined, key: Key): boolean {
  return key.name === undefined && text !== undefined && /^[\x00-\x1d\x7f-\x9f]/.test(text);
}
