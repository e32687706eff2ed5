import type { SessionEvent } from '../session/event.ts';
import { MARGIN } from './frame-event.ts';
import type { Style } from './style.ts';
import { wrapWords } from './width.ts';

/** What we got wrong on purpose, between the frames: it must not be taken for a mistake of anybody's. */
type FaultEvent = Extract<SessionEvent, { type: 'fault' }>;

export interface FaultView {
  readonly style: Style;
  readonly width: number;
  readonly safe: (text: string) => string;
  /** Begin with the connection's number. */
  readonly numbered: boolean;
}

/** `fault: rsv, message 1: RSV1 set`. Safe to print. */
export function faultText({ name, detail }: Pick<FaultEvent, 'name' | 'detail'>, safe: FaultView['safe']): string {
  return `fault: ${name}${detail === '' ? '' : `, ${safe(detail)}`}`;
}

/** Lines, indented as what stands under a frame's line. */
export function faultLines(event: FaultEvent, { style, width, safe, numbered }: FaultView): string[] {
  const number = numbered ? `#${event.connection}` : '';
  const lines = wrapWords(faultText(event, safe), Math.max(20, width - MARGIN - 2));
  return lines.map(
    (line, index) => `${(index === 0 ? number : '').padEnd(MARGIN)}${style.warn(`${index === 0 ? '!' : ' '} ${line}`)}`,
  );
}
