import type { SessionEvent } from '../session/event.ts';
import type { HandshakeStyle } from './handshake-head.ts';
import { wrapWords } from './width.ts';

/** What one side said about an HTTP/2 connection. */
export type Http2FrameFacts = Pick<Extract<SessionEvent, { type: 'http2' }>, 'direction' | 'frame' | 'parameters'>;

/** `> SETTINGS NAME=VALUE, …`, in lines of 80 columns. */
export function renderHttp2Frame({ direction, frame, parameters }: Http2FrameFacts, { style, safe }: HandshakeStyle): string[] {
  const [mark, paint] = direction === 'sent' ? (['>', style.sent] as const) : (['<', style.received] as const);
  const said = parameters.map(({ name, value }) => `${name}=${value}`).join(', ');
  const [first = '', ...rest] = wrapWords(safe(said), 80 - frame.length - 3);
  const indent = ' '.repeat(frame.length);
  return [`${paint(mark)} ${style.bold(frame)} ${first}`, ...rest.map((line) => `${paint(mark)} ${indent} ${line}`)];
}
