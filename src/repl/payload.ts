import { parseBase64, parseHex } from '../bytes/hex.ts';
import { quoted } from '../cli/mistake.ts';
import { type Mistake, mistake } from './repl-command.ts';

/** Bytes from hex digits in any usual dress. */
export function hexBytes(text: string, example: string): Uint8Array | Mistake {
  const bytes = parseHex(text);
  return bytes instanceof Uint8Array ? bytes : mistake(`${quoted(text)} is not bytes in hex: ${bytes.problem}`, example);
}

/** Bytes from `base64:…` or from hex digits. */
export function bytesArgument(text: string, example: string): Uint8Array | Mistake {
  if (!/^base64:/i.test(text)) return hexBytes(text, example);
  return parseBase64(text.slice('base64:'.length)) ?? mistake(`${quoted(text)} is not valid Base64`, 'base64:SGVsbG8=');
}

/** The bytes that a backslash and the character after it stand for, in `"quoted"` text. */
const ESCAPES: ReadonlyMap<string, number> = new Map([
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['0', 0x00],
  ['\\', 0x5c],
  ['"', 0x22],
]);

/** The inside of `"…"` as bytes: `\n \r \t \0 \\ \"`, and `\xHH` for a byte of one's own, valid UTF-8 or not. */
export function quotedBytes(inside: string, example: string): Uint8Array | Mistake {
  const pieces: Buffer[] = [];
  for (const [token] of inside.matchAll(/\\x[0-9a-f]{2}|\\[\s\S]?|[^\\]+/gi)) {
    if (!token.startsWith('\\')) pieces.push(Buffer.from(token));
    else if (token.length === 4) pieces.push(Buffer.from(token.slice(2), 'hex'));
    else {
      const byte = ESCAPES.get(token.slice(1));
      if (byte === undefined) return mistake(`${quoted(token)} is not an escape: use \\n \\r \\t \\0 \\\\ \\" or \\xHH`, example);
      pieces.push(Buffer.of(byte));
    }
  }
  return Buffer.concat(pieces);
}

/** A whole number in decimal, within bounds; `undefined` for anything else (`08`, `1e1`, `+15`). */
export function wholeNumber(text: string, least: number, most: number): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,14})$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}
