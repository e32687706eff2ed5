/** Columns that text takes on a terminal: enough for aligning and cutting, and never an underestimate for emoji. */
const PLAIN = /^[\x20-\x7e]*$/;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** The emoji selector itself is counted as a column, because it makes the character before it wide. */
const ZERO = /(?!\ufe0f)[\p{Mn}\p{Me}\p{Cf}]/u;

/** Columns of text that holds neither control characters nor colour. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Columns of what is read as a page: 80, or fewer where the terminal is narrower. */
export function pageWidth({ width = 80 }: { readonly width?: number | undefined }): number {
  return Math.min(80, Math.max(width, 40));
}

/** Breaks a sentence of ours at blanks into lines of at most `columns`. A longer word is left whole. */
export function wrapWords(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function characterWidth(character: string): number {
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
