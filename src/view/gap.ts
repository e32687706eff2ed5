import type { SessionEvent } from '../session/event.ts';
import { durationText } from './size.ts';
import type { Style } from './style.ts';

/** A connection that was gone for a while: what was sent to us meanwhile nobody saw. */
type Gap = Pick<Extract<SessionEvent, { type: 'gap' }>, 'duration' | 'tries'>;

export function gapText({ duration, tries }: Gap): string {
  return `connected again: gone for ${durationText(duration)}, ${tries} ${tries === 1 ? 'try' : 'tries'}`;
}

/** A line across the log, so that nobody takes what stands around it for one piece. */
export function gapLine(gap: Gap, { style, width }: { readonly style: Style; readonly width: number }): string {
  const text = `┄┄ ${gapText(gap)} `;
  return style.warn(text + '┄'.repeat(Math.max(0, Math.min(width, 80) - text.length)));
}
