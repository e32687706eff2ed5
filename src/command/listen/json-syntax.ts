/** Where a text is no JSON, and why: `JSON.parse` does not always say where. */
interface Broken {
  /** Offset of the first character that cannot stand there. */
  readonly at: number;
  readonly problem: string;
}

/** `undefined`: it is JSON (RFC 8259). */
export function brokenJson(text: string): Broken | undefined {
  const open: string[] = [];
  let expected: Expected = 'value';
  let isBehindComma = false;
  for (let at = behindBlanks(text, 0); ; at = behindBlanks(text, at)) {
    const token = tokenAt(text, at);
    if (token === '' && expected === 'end') return undefined;
    const next: Expected | undefined = token === undefined ? undefined : nextExpected(expected, token, open);
    if (token === undefined || next === undefined) return { at, problem: problemOf(token ?? text.charAt(at), isBehindComma) };
    isBehindComma = token === ',';
    expected = next;
    at += token.length;
  }
}

/** What may come: `first` a value or the end of an empty list, `name` that of a member, `more` a comma or an end. */
type Expected = 'value' | 'first' | 'name' | 'first name' | 'colon' | 'more' | 'end';

const TOKEN =
  /[{}[\],:]|"(?:[^"\\\0-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** `''` at the end of the text; `undefined`: it is none. */
function tokenAt(text: string, at: number): string | undefined {
  if (at === text.length) return '';
  TOKEN.lastIndex = at;
  return TOKEN.exec(text)?.[0];
}

function behindBlanks(text: string, start: number): number {
  let at = start;
  while (' \t\r\n'.includes(text.charAt(at)) && at < text.length) at += 1;
  return at;
}

function nextExpected(expected: Expected, token: string, open: string[]): Expected | undefined {
  const behindValue = () => (open.length === 0 ? 'end' : 'more');
  switch (token) {
    case '':
      return undefined;
    case '{':
    case '[':
      if (expected !== 'value' && expected !== 'first') return undefined;
      open.push(token);
      return token === '{' ? 'first name' : 'first';
    case '}':
    case ']':
      if (open.at(-1) !== (token === '}' ? '{' : '[')) return undefined;
      if (expected !== 'more' && expected !== 'first' && expected !== 'first name') return undefined;
      open.pop();
      return behindValue();
    case ',':
      if (expected !== 'more') return undefined;
      return open.at(-1) === '{' ? 'name' : 'value';
    case ':':
      return expected === 'colon' ? 'value' : undefined;
    default:
      if (expected === 'value' || expected === 'first') return behindValue();
      return expected.endsWith('name') && token.startsWith('"') ? 'colon' : undefined;
  }
}

function problemOf(found: string, isBehindComma: boolean): string {
  if (found === '') return 'the JSON ends too early';
  if (isBehindComma && (found === '}' || found === ']')) return `in JSON no comma may stand before ${found}`;
  return `${JSON.stringify(found)} is no JSON here; what is YAML has a name that does not end with .json`;
}
