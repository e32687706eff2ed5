/**
 * The one door to the terminal: whatever was not authored by us passes through here before it is printed.
 *
 * Escapes are written `\x1b`, `\u202e` or `\u{e0041}`, also for line feed, tab and carriage return: a JSON text that spells
 * `\n` stays as it is and can be copied, and is never mistaken for a real line feed, which shows as `\x0a`. Where the text
 * itself spells one of our escapes, the backslashes before it are doubled; so what is shown can always be read back.
 */
export interface EscapeOptions {
  /** Leave line feeds as they are: the caller lays the lines out. */
  readonly multiline?: boolean;
  /** Makes an escape visible, e.g. dim or inverse. */
  readonly mark?: (spelling: string) => string;
}

/**
 * What a terminal would obey, reorder or hide: C0, DEL and C1; bidi controls; zero-width and otherwise invisible characters;
 * line and paragraph separators; interlinear marks; tags; lone surrogates; and variation selectors, but not a single one of
 * the two that choose between the text and the emoji form of the character before them.
 */
const HOSTILE =
  '\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e' +
  '\\u2060-\\u206f\\u3164\\ud800-\\udfff\\ufe00-\\ufe0d\\ufeff\\uffa0\\ufff0-\\ufffb\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}' +
  '\\u{e0000}-\\u{e0fff}';
const STRAY_SELECTOR = '(?:^|(?<=[\\ufe00-\\ufe0f]))[\\ufe0e\\ufe0f]';

/** Text that may need work: something hostile, or a backslash that may begin the spelling of one of our escapes. */
const SUSPECT = new RegExp(`[${HOSTILE}]|${STRAY_SELECTOR}|\\\\[xu]`, 'u');
/** A run of backslashes is tried from its first one only: else a long run would take quadratic time. */
const BACKSLASHES = '(?<!\\\\)(\\\\+)';
const RUN = new RegExp(
  `(?:${BACKSLASHES})?((?:[${HOSTILE}]|${STRAY_SELECTOR})+)|` +
    `${BACKSLASHES}(?=x([0-9a-f]{2})|u([0-9a-f]{4})|u\\{([0-9a-f]{5,6})\\})`,
  'gu',
);
const HOSTILE_IN_JSON = new RegExp(`[${HOSTILE}]`, 'gu');
const HOSTILE_ONE = new RegExp(`^[${HOSTILE}\\ufe0e\\ufe0f]$`, 'u');

/** Returns `text` so that a terminal shows it and obeys none of it. Clean text is returned as it is. */
export function escapeText(text: string, { multiline = false, mark = (spelling) => spelling }: EscapeOptions = {}): string {
  if (!SUSPECT.test(text)) return text;
  if (multiline) {
    return text
      .split('\n')
      .map((line) => escapeText(line, { mark }))
      .join('\n');
  }
  return text.replace(RUN, (all, before = '', run, backslashes, byte, unit, point) => {
    if (run !== undefined) return before + before + mark([...run].map(escapeCharacter).join(''));
    const spelt = Number.parseInt(byte ?? unit ?? point, 16);
    return isHostile(spelt) ? backslashes + backslashes : all;
  });
}

/** The same for text that is JSON already, where control characters are escaped: it stays JSON of the same value. */
export function escapeJson(json: string): string {
  return json.replace(HOSTILE_IN_JSON, (character) =>
    character.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

function isHostile(codePoint: number): boolean {
  return codePoint <= 0x10ffff && HOSTILE_ONE.test(String.fromCodePoint(codePoint));
}

function escapeCharacter(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  const digits = codePoint.toString(16);
  if (codePoint <= 0xff) return `\\x${digits.padStart(2, '0')}`;
  return codePoint <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\u{${digits}}`;
}
