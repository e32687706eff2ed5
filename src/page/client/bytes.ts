/** Bytes as people read and write them. */

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** `de ad be ef`, with or without spaces, commas, colons or `0x`; `undefined`: it is something else. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  const digits = text.replace(/0x|[\s,:]/gi, '');
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** `de ad be ef`. */
export function hexLine(bytes: Uint8Array): string {
  return Array.from(bytes, hex).join(' ');
}

/** Bytes of a row of a dump. */
export const ROW = 16;

export interface HexRow {
  /** Of the row's first byte, in hexadecimal. */
  readonly at: string;
  readonly bytes: readonly string[];
  readonly ascii: string;
}

export function hexRows(bytes: Uint8Array): HexRow[] {
  const rows: HexRow[] = [];
  for (let at = 0; at < bytes.length; at += ROW) {
    const row = Array.from(bytes.subarray(at, at + ROW));
    const ascii = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    rows.push({ at: at.toString(16).padStart(4, '0'), bytes: row.map(hex), ascii });
  }
  return rows;
}

/** The text of whole, valid UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** How many bytes a text is on the wire. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** `5 B`, `1.5 KiB`. */
export function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const step = bytes < 1024 ? 0 : Math.min(3, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[step]}`;
}

/** One line of a text, control characters and what turns lines around made visible, cut. */
export function lineOf(text: string, length = 200): string {
  const start = text.slice(0, length);
  const shown = start.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => ESCAPES[character] ?? escaped(character));
  return text.length > length ? `${shown}…` : shown;
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '⏎', '\t': '⇥', '\r': '␍', '\u200d': '\u200d' };

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
