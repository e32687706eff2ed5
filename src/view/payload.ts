import { hexDigits } from '../bytes/hex.ts';
import type { MessageView } from '../protocol/message/message.ts';
import { escapeText } from './escape.ts';

/** Takes `bytes[start, end)`, then `ending` where there is one: no object is made of what may come a million times. */
export interface PayloadSink {
  write(bytes: Buffer, start: number, end: number, ending: number | undefined): void;
}

export interface PayloadOptions {
  readonly format: 'text' | 'hex' | 'raw';
  /** The byte behind each message: 10, or 0 with `--null`. */
  readonly separator: number;
  /** Whether a terminal will show it: then nothing that a peer sent may drive it. */
  readonly terminal: boolean;
}

/**
 * A received message as standard output shows it. Payload is payload: bytes pass unchanged, except in front of a terminal. A
 * text message is a line, a binary one a line of hex unless `raw`.
 */
export function writePayload(message: MessageView, { format, separator, terminal }: PayloadOptions, sink: PayloadSink): void {
  if (format === 'hex' || (message.opcode === 'binary' && (format === 'text' || terminal))) {
    whole(hexDigits(message.view()), separator, sink);
  } else if (terminal) whole(Buffer.from(escapeText(message.text(), { multiline: true }), 'utf8'), separator, sink);
  else sink.write(message.buffer, message.start, message.end, format === 'raw' ? undefined : separator);
}

function whole(bytes: Buffer, ending: number, sink: PayloadSink): void {
  sink.write(bytes, 0, bytes.length, ending);
}
