import type { RequestHead } from '../http/head.ts';

/**
 * Whether a request is the common, correct one, told in one pass and nothing made: for a server that nobody watches. It is
 * never wrong about what it lets pass; what it does not know goes through `checkRequest`.
 */
export function isPlainRequest({ method, version, target, fields }: RequestHead): boolean {
  if (method !== 'GET' || version !== 'HTTP/1.1' || !target.startsWith('/') || target.includes('#')) return false;
  let seen = 0;
  for (const { name, value } of fields) {
    const known = KNOWN.get(name) ?? KNOWN.get(name.toLowerCase());
    if (!known) continue;
    if ((seen & known.bit) !== 0 || !known.value.test(value)) return false;
    seen |= known.bit;
  }
  return (seen & NEEDED) === NEEDED;
}

interface Known {
  /** Each of these fields comes once at most. */
  readonly bit: number;
  readonly value: RegExp;
}

const NEEDED = 0b11111;
const TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";

const KNOWN: ReadonlyMap<string, Known> = new Map(
  (
    [
      ['Host', 0b1, /./],
      ['Upgrade', 0b10, /^websocket$/i],
      ['Connection', 0b100, /^(?:keep-alive, ?)?upgrade$/i],
      // 16 bytes in the spelling of an encoder: the four low bits of the last character are 0 (RFC 4648 §3.5).
      ['Sec-WebSocket-Key', 0b1000, /^[A-Za-z0-9+/]{21}[AQgw]==$/],
      ['Sec-WebSocket-Version', 0b1_0000, /^13$/],
      ['Origin', 0b10_0000, /./],
      // Of one alone nothing can be wrong but its characters; several are looked at in full.
      ['Sec-WebSocket-Protocol', 0b100_0000, new RegExp(`^${TOKEN}$`)],
      ['Sec-WebSocket-Extensions', 0b1000_0000, new RegExp(`^${TOKEN}(?:; ?${TOKEN}(?:=${TOKEN})?)*$`)],
      // Of older versions: never plain.
      ['Sec-WebSocket-Origin', 0b1_0000_0000, /^(?!)/],
      ['Sec-WebSocket-Key1', 0b1_0000_0000, /^(?!)/],
      ['Sec-WebSocket-Key2', 0b1_0000_0000, /^(?!)/],
    ] as const
  ).flatMap(([name, bit, value]) => [name, name.toLowerCase()].map((key) => [key, { bit, value }])),
);
