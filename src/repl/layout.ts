/** A row of the screen as a text fills it. */
interface Row {
  /** What to write: no control character is left in it. */
  readonly text: string;
  /** Ended by a newline of the text; a soft row is ended by the terminal, which wraps on its own. */
  readonly hard: boolean;
}

export interface Layout {
  readonly rows: readonly Row[];
  /** Where the text ends, in the last row, from 0. */
  readonly column: number;
}

const TAB = 8;

/**
 * Lays a text out as a terminal of `columns` will wrap it, beginning at column `indent` of the first row.
 * A wide character that does not fit goes to the next row; a full last row is followed by an empty one,
 * where the cursor stands. `newline` is the character that ends a row.
 */
export function layOut(
  text: string,
  indent: number,
  columns: number,
  newline: string,
  widthOf: (character: string) => number,
): Layout {
  const rows: Row[] = [];
  let row = '';
  let column = indent;
  const end = (hard: boolean): void => {
    rows.push({ text: row, hard });
    row = '';
    column = 0;
  };
  const put = (character: string, width: number): void => {
    if (column + width > columns) end(false);
    row += character;
    column += width;
  };
  for (const character of text) {
    if (character === newline) end(true);
    else if (character === '\t') for (let blanks = TAB - (column % TAB); blanks > 0; blanks--) put(' ', 1);
    else {
      const shown = picture(character);
      put(shown, widthOf(shown));
    }
  }
  if (column >= columns) end(false);
  rows.push({ text: row, hard: false });
  return { rows, column };
}

const UNSEEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Whether a text holds what a terminal would obey instead of showing. */
export function isPlain(text: string): boolean {
  return text.search(UNSEEN) < 0;
}

/** Control characters as pictures of one column (U+2400–2421), and other unseen ones as U+2426. */
export function picture(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : '\u2426';
  });
}

/** What to write for a text that is laid out, from the start of its first row, and where that leaves the cursor. */
export interface Painting {
  readonly body: string;
  /** Rows of the painting above the cursor's. */
  readonly rowsAbove: number;
}

/**
 * Paints `whole` with the cursor where `before`, the part before it, ends. A text of more than `most` rows shows
 * those around the cursor.
 */
export function painting(prompt: string, whole: Layout, before: Layout, most: number): Painting {
  const { rows } = whole;
  const cursorRow = Math.min(before.rows.length, rows.length) - 1;
  const first = Math.max(0, cursorRow + 1 - most);
  const last = Math.min(rows.length, first + most) - 1;
  let body = first === 0 ? prompt : '';
  for (let index = first; index <= last; index++) {
    const { text, hard } = rows[index] ?? { text: '', hard: false };
    // A full row wraps only when something follows it: a blank makes room for the cursor.
    const wraps = index > first && text === '' && rows[index - 1]?.hard === false;
    body += `${wraps ? ' ' : text}${hard && index < last ? '\r\n' : ''}`;
  }
  return { body: `${body}\r${up(last - cursorRow)}${right(before.column)}`, rowsAbove: cursorRow - first };
}

/** Cursor movements; a count of 0 would move by one. */
export function up(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A` : '';
}

function right(columns: number): string {
  return columns > 0 ? `\x1b[${columns}C` : '';
}
