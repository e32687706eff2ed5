import { fromHex } from './bytes.ts';

/** What is typed → what is sent. */
export type Kind = 'text' | 'json' | 'hex' | 'file';

export type Payload = { readonly data: string | Uint8Array<ArrayBuffer> } | { readonly problem: string };

export function payloadOf(kind: Kind, typed: string): Payload {
  if (kind === 'hex') {
    const data = fromHex(typed);
    return data ? { data } : { problem: 'This is no hex: write pairs of 0-9 and a-f, as in de ad be ef.' };
  }
  if (kind !== 'json') return { data: typed };
  try {
    JSON.parse(typed);
    return { data: typed };
  } catch (error) {
    return { problem: `This is no JSON: ${error instanceof Error ? error.message : 'it cannot be read'}.` };
  }
}

/** What the close form says → the arguments of `close`. */
export type Closing = { readonly code: number | undefined; readonly reason: string } | { readonly problem: string };

export function closingOf(code: string, reason: string): Closing {
  const trimmed = code.trim();
  const value = trimmed === '' ? undefined : Number(trimmed);
  if (value === undefined && reason !== '') return { problem: 'A reason needs a code in front of it.' };
  if (value !== undefined && value !== 1000 && !(Number.isInteger(value) && value >= 3000 && value <= 4999))
    return { problem: 'A browser sends 1000, or 3000 to 4999, or no code.' };
  // "If reasonBytes is longer than 123 bytes, then throw a SyntaxError" (WHATWG, WebSockets §3.1).
  if (new TextEncoder().encode(reason).length > 123) return { problem: 'The reason is too long: 123 bytes are the most.' };
  return { code: value, reason };
}

/** `a, b` → the names. */
export function subprotocolsOf(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
