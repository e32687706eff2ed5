/**
 * An option, declared once: parser, help, man page and completion all come from this table.
 * This folder knows nothing of WebSocket.
 */
export interface OptionSpec {
  /** Long name without dashes, e.g. `header`. Unique within a command. */
  readonly name: string;
  /** Single letters (or digits) without the dash, and long aliases. */
  readonly short?: readonly string[];
  readonly aliases?: readonly string[];
  /**
   * `flag`: no value, `--no-NAME` turns it off where `negatable`; `count`: repeat for more (`-vv`);
   * `value`: takes exactly one value; `optional`: `--name` or `--name=value`, never the next word. For these two a
   * `negatable` one has `--no-NAME`, which means `false`.
   */
  readonly kind: 'flag' | 'count' | 'value' | 'optional';
  readonly negatable?: boolean;
  /** A value that may be given several times, kept in order. */
  readonly repeatable?: boolean;
  /** How help and man page name the value: `URL`, `TIME`, `'K: V'`. */
  readonly placeholder?: string;
  /** Closed set of values. */
  readonly choices?: readonly string[];
  /** Words that completion offers where others, or more, may be written too. */
  readonly offers?: readonly string[];
  /** What an `optional` one means without a value. */
  readonly implied?: string;
  /** Of an `optional` one an empty value, `--name=`, is a value; else it is none. */
  readonly takesEmpty?: boolean;
  /** Shown in help as `(default: …)`; the parser does not fill it in. */
  readonly defaultText?: string;
  /** Heading in the help. */
  readonly group: string;
  /** One line for help: a phrase, lower case, no full stop. */
  readonly summary: string;
  /** More sentences, for the man page. */
  readonly details?: string;
  /** Accepted but left out of help and completion (an alias of habit). It is still in the man page. */
  readonly hidden?: boolean;
  /** Turns the text into a value; throws `UsageError` with a message that says what to write. */
  readonly parse?: (text: string) => unknown;
}

export interface PositionalSpec {
  readonly name: string;
  readonly required: boolean;
  /** Closed set of values. */
  readonly choices?: readonly string[];
  /** A name that the user chose may stand here too; it begins with `@`. */
  readonly named?: boolean;
  readonly summary: string;
}

export interface CommandSpec {
  readonly name: string;
  /** One line for `wstap --help`. */
  readonly summary: string;
  /** Paragraphs for the man page and `wstap NAME --help`. */
  readonly description: readonly string[];
  readonly positionals: readonly PositionalSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly { readonly line: string; readonly text: string }[];
}

/** What was parsed: options by long name, positionals in order, and what followed `--`. */
export interface ParsedArguments {
  readonly positionals: readonly string[];
  /**
   * flag → boolean, count → number, value → parsed value or array of them when repeatable, `optional` without a value → what
   * is `implied`, or `true`; absent when not given.
   */
  readonly options: ReadonlyMap<string, unknown>;
}

/** Bad argv: the message says what is wrong and what to do; exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  /** By name: the program is bundled in two parts, and each has a class of its own. */
  static is(error: unknown): error is UsageError {
    return error instanceof Error && error.name === 'UsageError';
  }
}
