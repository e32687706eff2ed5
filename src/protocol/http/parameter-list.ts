/**
 * The list grammar that the opening handshake borrows from HTTP: tokens, lists of tokens, and lists of names with
 * parameters (RFC 9110 §5.6, RFC 6455 §9.1). Hand-written and linear: regular expressions here have cost others dearly.
 */

/** `name; flag; key=value`. A parameter without `=` has the value `undefined`. */
export interface ListItem {
  readonly name: string;
  readonly parameters: readonly Parameter[];
}

interface Parameter {
  readonly name: string;
  /** Quoted values without their quotes and back-slashes. */
  readonly value: string | undefined;
}

/** Where a list stops being one: field line and character, both counted from 0. */
interface ListError {
  readonly line: number;
  readonly at: number;
  /** A phrase authored by us: safe to print. */
  readonly problem: string;
}

export type ListResult =
  | { readonly items: readonly ListItem[]; readonly error?: undefined }
  | { readonly items?: undefined; readonly error: ListError };

/** RFC 9110 §5.6.2: one or more of the letters, digits and ``!#$%&'*+-.^_`|~``. */
export function isToken(text: string): boolean {
  return text.length > 0 && tokenEnd(text, 0) === text.length;
}

/** The members of comma-separated lists on any number of field lines, white space and empty members removed; not judged. */
export function listMembers(values: readonly string[]): string[] {
  const members: string[] = [];
  for (const value of values) {
    for (const member of value.split(',')) {
      const trimmed = member.trim();
      if (trimmed !== '') members.push(trimmed);
    }
  }
  return members;
}

/** Whether a list of tokens such as `keep-alive, Upgrade` has this one, case aside. */
export function hasToken(values: readonly string[], token: string): boolean {
  const wanted = token.toLowerCase();
  return listMembers(values).some((member) => member.toLowerCase() === wanted);
}

/** Reads all field lines of one list: several lines are one list (RFC 9110 §5.3); empty members are ignored (§5.6.1). */
export function parseParameterList(values: readonly string[]): ListResult {
  const items: ListItem[] = [];
  for (const [line, value] of values.entries()) {
    const cursor = new Cursor(value);
    for (;;) {
      cursor.skipBlanks();
      if (cursor.take(',')) continue;
      if (cursor.atEnd()) break;
      const item = readItem(cursor);
      if (typeof item === 'string') return { error: { line, at: cursor.at, problem: item } };
      items.push(item);
    }
  }
  return { items };
}

/** One `name *( ; parameter )`, up to its comma or the end; a string says what is wrong at the cursor. */
function readItem(cursor: Cursor): ListItem | string {
  const name = cursor.token();
  if (name === '') return 'a name was expected here';
  const parameters: Parameter[] = [];
  cursor.skipBlanks();
  while (cursor.take(';')) {
    cursor.skipBlanks();
    const parameter = readParameter(cursor);
    if (typeof parameter === 'string') return parameter;
    parameters.push(parameter);
    cursor.skipBlanks();
  }
  return cursor.atEnd() || cursor.peek() === ',' ? { name, parameters } : 'a comma or a semicolon was expected here';
}

function readParameter(cursor: Cursor): Parameter | string {
  const name = cursor.token();
  if (name === '') return 'a parameter was expected here';
  cursor.skipBlanks();
  if (!cursor.take('=')) return { name, value: undefined };
  cursor.skipBlanks();
  if (cursor.peek() !== '"') {
    const value = cursor.token();
    return value === '' ? 'a value was expected here' : { name, value };
  }
  const value = cursor.quotedString();
  return value === undefined ? 'a closing quote is missing' : { name, value };
}

/** Reads a field value from left to right. */
export class Cursor {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    return this.at >= this.#text.length;
  }

  peek(): string | undefined {
    return this.#text[this.at];
  }

  take(character: string): boolean {
    if (this.#text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  skipBlanks(): void {
    while (this.#text[this.at] === ' ' || this.#text[this.at] === '\t') this.at += 1;
  }

  token(): string {
    const start = this.at;
    this.at = tokenEnd(this.#text, start);
    return this.#text.slice(start, this.at);
  }

  /** Characters of the one class, then of the other; each expression matches one character. */
  run(first: RegExp, then: RegExp): string {
    const start = this.at;
    while (first.test(this.peek() ?? '')) this.at += 1;
    while (then.test(this.peek() ?? '')) this.at += 1;
    return this.#text.slice(start, this.at);
  }

  /** RFC 9110 §5.6.4; `undefined` where it never ends, with the cursor left on the opening quote. */
  quotedString(): string | undefined {
    let value = '';
    for (let at = this.at + 1; at < this.#text.length; at += 1) {
      const character = this.#text[at];
      if (character === '"') {
        this.at = at + 1;
        return value;
      }
      if (character === '\\') at += 1;
      value += this.#text[at] ?? '';
    }
    return undefined;
  }
}

const TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

function tokenEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && isTokenCode(text.charCodeAt(at))) at += 1;
  return at;
}

function isTokenCode(code: number): boolean {
  if (code >= 0x61 && code <= 0x7a) return true;
  if (code >= 0x41 && code <= 0x5a) return true;
  if (code >= 0x30 && code <= 0x39) return true;
  return code < 0x7f && TOKEN_PUNCTUATION.includes(String.fromCharCode(code));
}
