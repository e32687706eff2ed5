import { PassThrough, Writable } from 'node:stream';
import headless from '@xterm/headless';

/** A keyboard: what is typed arrives as one read. */
export class Keyboard extends PassThrough {
  readonly isTTY = true;
  isRaw = false;

  setRawMode(on: boolean): this {
    this.isRaw = on;
    return this;
  }

  /** Types each text as one read. */
  async type(...texts: string[]): Promise<void> {
    for (const text of texts) {
      this.write(text);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** A screen: xterm.js without a window, with emoji two columns wide as terminals have them today. */
export class Screen extends Writable {
  readonly isTTY = true;
  written = '';
  columns: number;
  rows: number;
  readonly #xterm: headless.Terminal;

  constructor(columns: number, rows: number, reflowCursorLine = true) {
    super({ decodeStrings: false });
    this.columns = columns;
    this.rows = rows;
    this.#xterm = new headless.Terminal({ cols: columns, rows, scrollback: 20_000, allowProposedApi: true, reflowCursorLine });
    this.#xterm.unicode.register(modernWidths);
    this.#xterm.unicode.activeVersion = modernWidths.version;
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.written += chunk;
    this.#xterm.write(chunk, done);
  }

  /** As a window that is drawn to another size. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.settle();
    this.#xterm.resize(columns, rows);
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  }

  async settle(): Promise<void> {
    await new Promise<void>((resolve) => this.write('', () => this.#xterm.write('', resolve)));
  }

  /** Everything that was shown, scrolled away or not: a row each, without blanks at its end and empty rows at the end of all. */
  async lines(): Promise<string[]> {
    await this.settle();
    const { buffer } = this.#xterm;
    const { active } = buffer;
    const rows = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString().trimEnd() ?? '');
    return rows.slice(0, rows.findLastIndex((row) => row !== '') + 1);
  }

  /** The cursor's column, and its row counted in `lines()`. */
  async cursor(): Promise<{ row: number; column: number }> {
    await this.settle();
    const { baseY, cursorX, cursorY } = this.#xterm.buffer.active;
    return { row: baseY + cursorY, column: cursorX };
  }
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Emoji_Presentation}/u;

const modernWidths: headless.IUnicodeVersionProvider & { charProperties(codePoint: number, preceding: number): number } = {
  version: 'modern',
  wcwidth(codePoint) {
    const character = String.fromCodePoint(codePoint);
    if (/[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u.test(character)) return 0;
    return WIDE.test(character) ? 2 : 1;
  },
  // Width in bits 1–2; bit 0 joins a character to the one before it.
  charProperties(codePoint, preceding) {
    const width = this.wcwidth(codePoint);
    const before = (preceding >> 1) & 3;
    return width === 0 && before > 0 ? (before << 1) | 1 : width << 1;
  },
};
