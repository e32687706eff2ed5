import { type Head, startLine } from '../protocol/http/head.ts';
import { redactHead } from '../protocol/http/redact.ts';
import type { Direction } from '../session/event.ts';
import type { Style } from './style.ts';

/** What every part of the handshake's picture needs: colours, and the door through which the peer's words pass. */
export interface HandshakeStyle {
  readonly style: Style;
  readonly safe: (text: string) => string;
  /** Columns of the terminal. Sentences and the way there keep within them, and never go beyond 80. */
  readonly width?: number;
}

export interface HeadViewOptions extends HandshakeStyle {
  readonly direction: Direction;
  /** Raw bytes behind it that belong to the handshake (hixie-76): shown in hex, which can be read again. */
  readonly body?: Uint8Array | undefined;
}

/** A head as `curl -v` shows it, a line a field, secrets left out. */
export function renderHead(head: Head, { direction, body, style, safe }: HeadViewOptions): string[] {
  const [mark, paint] = direction === 'sent' ? (['>', style.sent] as const) : (['<', style.received] as const);
  const shown = redactHead(head);
  const fields = shown.fields.map(({ name, value }) => `${paint(mark)} ${safe(name)}: ${safe(readable(value))}`.trimEnd());
  const raw =
    body && body.length > 0
      ? [
          `${paint(mark)} ${Buffer.from(body)
            .toString('hex')
            .replace(/..(?=.)/g, '$& ')}`,
        ]
      : [];
  return [`${paint(mark)} ${style.bold(safe(readable(startLine(shown).trimEnd())))}`, ...fields, paint(mark), ...raw];
}

/** A field's bytes as text: UTF-8 where they are that, else as latin-1. */
function readable(value: string): string {
  if (/^[\0-\x7f]*$/.test(value) || /[^\0-\xff]/.test(value)) return value;
  const text = Buffer.from(value, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? value : text;
}
