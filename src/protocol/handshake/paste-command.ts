/** Requests copied as a command: curl for a POSIX shell or for Windows' cmd, and JavaScript's fetch. */
import type { Field } from '../http/head.ts';
import { splitUrl } from './paste-url.ts';
import type { PastedHead } from './pasted-head.ts';

/** The requests of all curl and fetch calls in the text. */
export function readCommands(text: string): PastedHead[] {
  return [...curlCommands(text), ...fetchCalls(text)];
}

function curlCommands(text: string): PastedHead[] {
  const found: PastedHead[] = [];
  for (const match of text.matchAll(/(?:^|[\n;&|$>#(] *)curl(?:\.exe)?(?=[ \t])/g)) {
    const head = readCurl(words(text.slice(match.index + match[0].length)));
    if (head) found.push(head);
  }
  return found;
}

/** Options of curl whose value matters here, by every spelling. */
const FIELD_OPTIONS: Readonly<Record<string, string>> = {
  '-A': 'User-Agent',
  '--user-agent': 'User-Agent',
  '-b': 'Cookie',
  '--cookie': 'Cookie',
  '-e': 'Referer',
  '--referer': 'Referer',
};

/** Other options that take a value, so that it is not mistaken for the URL. */
const VALUE_OPTIONS = new Set(
  '-o --output -d --data --data-raw --data-binary -m --max-time -x --proxy --resolve -w --write-out --connect-timeout --cacert --cert --key'.split(
    ' ',
  ),
);

function readCurl(args: readonly string[]): PastedHead | undefined {
  const fields: Field[] = [];
  let method = 'GET';
  let url: string | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    const value = args[at + 1] ?? '';
    const named = FIELD_OPTIONS[arg];
    const takesValue =
      named !== undefined || /^(?:-H|--header|-X|--request|--url|-u|--user)$/.test(arg) || VALUE_OPTIONS.has(arg);
    if (takesValue) at += 1;
    if (named !== undefined) fields.push({ name: named, value });
    else if (arg === '-H' || arg === '--header') fields.push(...headerField(value));
    else if (arg === '-X' || arg === '--request') method = value;
    else if (arg === '-u' || arg === '--user')
      fields.push({ name: 'Authorization', value: `Basic ${Buffer.from(value).toString('base64')}` });
    else if (arg === '--url' || (!takesValue && !arg.startsWith('-'))) url ??= arg === '--url' ? value : arg;
  }
  return url === undefined ? undefined : requestFor(url, method, fields, 'a curl command');
}

function headerField(line: string): Field[] {
  const colon = line.indexOf(':', 1);
  const name = line.slice(0, colon).trim();
  return colon === -1 || name.startsWith(':') ? [] : [{ name, value: line.slice(colon + 1).trim() }];
}

function requestFor(url: string, method: string, fields: Field[], from: string): PastedHead | undefined {
  const parts = splitUrl(url) ?? splitUrl(`http://${url}`);
  if (!parts) return undefined;
  const hasHost = fields.some(({ name }) => name.toLowerCase() === 'host');
  const all = hasHost ? fields : [{ name: 'Host', value: parts.host }, ...fields];
  const notes = [`The request was read from ${from}; what a browser adds by itself may be missing.`];
  return { head: { kind: 'request', method, target: parts.target, version: 'HTTP/1.1', fields: all }, notes };
}

/** The words of one command line, up to its end: quotes of POSIX shells, and cmd's caret. */
function words(text: string): string[] {
  const isCmd = /\^["\r\n]/.test(text) || /" *\^\r?\n/.test(text);
  const unescaped = isCmd ? text.replace(/\^\r?\n/g, ' ').replace(/\^(.)/g, '$1') : text.replace(/\\\r?\n/g, ' ');
  const [line = ''] = splitAtLineEnd(unescaped);
  const found: string[] = [];
  for (const match of line.matchAll(/(?:\$'(?:[^'\\]|\\.)*'|'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])+/gs)) {
    const [word] = match;
    if (/^(?:;|\||&&?|>|2>)$/.test(word)) break;
    found.push(unquote(word));
  }
  return found;
}

/** The command ends with the line, unless a quote is still open. */
function splitAtLineEnd(text: string): string[] {
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\' && quote !== "'") at += 1;
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
    else if (character === '\n' && quote === '') return [text.slice(0, at)];
  }
  return [text];
}

function unquote(word: string): string {
  return word.replace(/\$'((?:[^'\\]|\\.)*)'|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs, (_match, ansi, single, double, escaped) => {
    if (ansi !== undefined) return unescapeAnsi(String(ansi));
    if (double !== undefined) return String(double).replace(/\\(["\\$`])/g, '$1');
    return String(single ?? escaped);
  });
}

const ANSI: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** bash's `$'…'`: developer tools write `!` and what is not ASCII this way. */
function unescapeAnsi(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/gs, (_match, u, x, other) => {
    if (other !== undefined) return ANSI[String(other)] ?? String(other);
    return String.fromCharCode(Number.parseInt(String(u ?? x), 16));
  });
}

function fetchCalls(text: string): PastedHead[] {
  const found: PastedHead[] = [];
  for (const match of text.matchAll(/\bfetch\(\s*("(?:[^"\\]|\\.)*"|'[^']*')\s*,?/g)) {
    const url = (match[1] ?? '').slice(1, -1);
    const options = firstObject(text.slice(match.index + match[0].length));
    const method = typeof options.method === 'string' ? options.method : 'GET';
    const head = requestFor(url, method, fetchFields(options), 'a fetch call');
    if (head) found.push(head);
  }
  return found;
}

function fetchFields({ headers, referrer }: Readonly<Record<string, unknown>>): Field[] {
  const entries = typeof headers === 'object' && headers !== null ? Object.entries(headers) : [];
  const fields = entries.flatMap(([name, value]) => (typeof value === 'string' ? [{ name, value }] : []));
  return typeof referrer === 'string' ? [...fields, { name: 'Referer', value: referrer }] : fields;
}

/** The JSON object that the text begins with, or an empty one. */
function firstObject(text: string): Readonly<Record<string, unknown>> {
  const end = text.search(/\}\s*\)/);
  if (end === -1) return {};
  try {
    const value: unknown = JSON.parse(text.slice(0, end + 1));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
