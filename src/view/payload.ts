import { hexDigits } from '../bytes/hex.ts';
import type { MessageView } from '../protocol/message/message.ts';
import { escapeText } from './escape.ts';

/** A received message as standard output shows it: `bytes[start, end)`, then `ending` where there is one. */
export interface Payload {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly ending: number | undefined;
}

export interface PayloadOptions {
  readonly format: 'text' | 'hex' | 'raw';
  /** The byte behind each message: 10, or 0 with `--null`. */
  readonly separator: number;
  /** Whether a terminal will show it: then nothing that a peer sent may drive it. */
  readonly terminal: boolean;
}

/**
 * Payload is payload: bytes pass unchanged, except in front of a terminal. A text message is a line, a binary one a line
 * of hex unless `raw`.
 */
export function payloadOf(message: MessageView, { format, separator, terminal }: PayloadOptions): Payload {
  if (format === 'hex' || (message.opcode === 'binary' && (format === 'text' || terminal))) {
    return whole(hexDigits(message.view()), separator);
  }
  if (terminal) return whole(Buffer.from(escapeText(message.text(), { multiline: true }), 'utf8'), separator);
  const { buffer, start, end } = message;
  return { bytes: buffer, start, end, ending: format === 'raw' ? undefined : separator };
}

function whole(bytes: Buffer, ending: number): Payload {
  return { bytes, start: 0, end: bytes.length, ending };
}
