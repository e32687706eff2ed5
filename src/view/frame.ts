import { bitFigure } from './bits.ts';
import type { FrameEvent } from './frame-event.ts';
import { hexdump } from './hexdump.ts';
import { frameLine, type LineOptions } from './line.ts';

/**
 * Frames on a terminal: a line each, and under it as much as was asked for. What a peer sent is escaped; nothing is left out
 * without saying so.
 */
export type Dump = 'line' | 'hex' | 'bits';

export interface FrameViewOptions extends LineOptions {
  readonly dump: Dump;
  /** Bytes of payload to show at most in a hex dump. Default 256. */
  readonly dumpMax?: number;
}

/** A view that remembers only the time of the frame before. It returns lines, without a line feed at the end. */
export function frameView(options: FrameViewOptions): (event: FrameEvent) => string {
  const { dump, style, dumpMax } = options;
  const line: LineOptions = dump === 'hex' ? { ...options, preview: 'never' } : options;
  let previousAt: number | undefined;
  return (event) => {
    const first = frameLine(event, previousAt, line);
    previousAt = event.at;
    if (dump === 'line') return first;
    return `${first}\n${dump === 'hex' ? hexdump(event, { style, ...(dumpMax !== undefined && { max: dumpMax }) }) : bitFigure(event, { style })}`;
  };
}
