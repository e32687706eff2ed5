import { type JsonPath, parseJsonPath, valueAt } from './json-path.ts';

/**
 * A text with places for what came: `$0` the whole message, `$1` or `${1}` a group of the regular expression, `${name}` a
 * named one, `${$.a.b}` what stands there in the message's JSON; `$$` is a `$`.
 */
export type Template = readonly Piece[];

type Piece = string | { readonly group: number | string } | { readonly path: JsonPath };

/** What a message gave. */
export interface Captured {
  readonly text: string;
  readonly match: RegExpExecArray | undefined;
  /** The message as JSON; `undefined` where it is none. */
  readonly json: unknown;
}

export const NOTHING_CAPTURED: Captured = { text: '', match: undefined, json: undefined };

/** A phrase where it cannot be understood. */
export function parseTemplate(text: string): Template | { readonly problem: string } {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(/\$(?:(\$)|(\d{1,2})|\{([^}]*)\})/g)) {
    const [whole, dollar, number, inner] = match;
    if (match.index > from) pieces.push(text.slice(from, match.index));
    const piece = dollar ?? placeOf(number ?? inner ?? '');
    if (piece === undefined)
      return { problem: `${whole} is no place: write $1, \${name}, or \${$.a.b} for what stands in the JSON; $$ is a $` };
    pieces.push(piece);
    from = match.index + whole.length;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}

function placeOf(inner: string): Piece | undefined {
  if (/^\d{1,2}$/.test(inner)) return { group: Number(inner) };
  if (/^[A-Za-z_]\w*$/.test(inner)) return { group: inner };
  const path = inner.startsWith('$') ? parseJsonPath(inner) : undefined;
  return path && { path };
}

export function fill(template: Template, captured: Captured): string {
  return template.map((piece) => (typeof piece === 'string' ? piece : asText(foundIn(piece, captured)))).join('');
}

/** A JSON value whose texts are templates; one that is nothing but a place takes what stands there, with its type. */
export type JsonTemplate =
  | { readonly type: 'plain'; readonly value: unknown }
  | { readonly type: 'text'; readonly template: Template }
  | { readonly type: 'list'; readonly items: readonly JsonTemplate[] }
  | { readonly type: 'object'; readonly members: readonly (readonly [name: string, value: JsonTemplate])[] };

export function fillJson(template: JsonTemplate, captured: Captured): unknown {
  switch (template.type) {
    case 'plain':
      return template.value;
    case 'text': {
      const [only, second] = template.template;
      if (only !== undefined && typeof only !== 'string' && second === undefined) return foundIn(only, captured) ?? null;
      return fill(template.template, captured);
    }
    case 'list':
      return template.items.map((item) => fillJson(item, captured));
    case 'object':
      return Object.fromEntries(template.members.map(([name, value]) => [name, fillJson(value, captured)]));
  }
}

function foundIn(piece: Exclude<Piece, string>, { text, match, json }: Captured): unknown {
  if ('path' in piece) return valueAt(json, piece.path);
  if (piece.group === 0) return match?.[0] ?? text;
  return typeof piece.group === 'number' ? match?.[piece.group] : match?.groups?.[piece.group];
}

function asText(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
