import { Cursor } from './parameter-list.ts';

/**
 * What a server or proxy asks for in WWW-Authenticate and Proxy-Authenticate (RFC 9110 §11): a list of challenges whose
 * parameters are separated by commas as well. Linear, and kind to what is malformed: what was read up to there stands.
 */
export interface Challenge {
  /** As written: `Basic`. Compare without case. */
  readonly scheme: string;
  /** `Negotiate YII=`: in place of parameters. */
  readonly token68: string | undefined;
  /** By lower-case name; of a name given twice the first. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** `values`: of every field line with the name, in order. */
export function parseChallenges(values: readonly string[]): Challenge[] {
  return values.flatMap(challengesOf);
}

function challengesOf(value: string): Challenge[] {
  const cursor = new Cursor(value);
  const challenges: Challenge[] = [];
  let scheme = nextScheme(cursor);
  while (scheme !== undefined) {
    cursor.skipBlanks();
    const token68 = token68At(cursor);
    const parameters = new Map<string, string>();
    const next = token68 === undefined ? readParameters(cursor, parameters) : nextScheme(cursor);
    challenges.push({ scheme, token68, parameters });
    scheme = next;
  }
  return challenges;
}

/** The name behind commas and blanks; `undefined` at the end, or where something else stands. */
function nextScheme(cursor: Cursor): string | undefined {
  skipCommas(cursor);
  const name = cursor.token();
  return name === '' ? undefined : name;
}

function skipCommas(cursor: Cursor): void {
  do cursor.skipBlanks();
  while (cursor.take(','));
}

/**
 * Reads `name=value` until a name comes that has no `=`: that begins the next challenge and is returned. RFC 9110 §11.6.1:
 * "a list of challenges … and each challenge can itself contain a comma-separated list of authentication parameters".
 */
function readParameters(cursor: Cursor, parameters: Map<string, string>): string | undefined {
  for (;;) {
    skipCommas(cursor);
    const name = cursor.token();
    if (name === '') return undefined;
    cursor.skipBlanks();
    if (!cursor.take('=')) return name;
    cursor.skipBlanks();
    const value = cursor.peek() === '"' ? cursor.quotedString() : cursor.token();
    if (value === undefined) return undefined;
    const key = name.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, value);
    cursor.skipBlanks();
    if (!cursor.atEnd() && cursor.peek() !== ',') return undefined;
  }
}

/** A token68 (RFC 9110 §11.2) up to its comma or the end; `undefined`, and nothing taken, where none stands. */
function token68At(cursor: Cursor): string | undefined {
  const start = cursor.at;
  const text = cursor.run(/[A-Za-z0-9._~+/-]/, /=/);
  cursor.skipBlanks();
  if (text !== '' && (cursor.atEnd() || cursor.peek() === ',')) return text;
  cursor.at = start;
  return undefined;
}
