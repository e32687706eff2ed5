import { closeCodeMeaning } from '../protocol/connection/close-code.ts';
import type { Closed, DirectionTally, RoundTrips, Tally } from '../session/tally.ts';
import { closeText } from './annotation.ts';
import { countText, durationText, sizeText } from './size.ts';
import type { Style } from './style.ts';
import { wrapWords } from './width.ts';

/** What is said on exit: only what happened, at most ten lines. */
export interface SummaryOptions {
  readonly style: Style;
  /** Columns of the terminal. */
  readonly width: number;
}

type Facts = Pick<Tally, 'sent' | 'received' | 'roundTrips' | 'violations' | 'duration' | 'opened' | 'closed'>;

/** Columns of the labels at the left. */
const LABEL = 10;

/** Lines, each without a line feed. None where nothing happened. */
export function summary(tally: Facts, { style, width }: SummaryOptions): string[] {
  const rows: [label: string, lines: readonly string[]][] = [
    ['sent', directionLines(tally.sent)],
    ['received', directionLines(tally.received)],
    ['deflate', deflateLines(tally)],
    ['ping', tally.roundTrips ? [roundTripText(tally.roundTrips)] : []],
    ['broken', tally.violations === 0 ? [] : [style.bad(`${countText(tally.violations, 'time')} a rule of the protocol`)]],
    ['open', openLines(tally)],
    ['closed', tally.closed ? closedLines(tally.closed, style, width - LABEL) : []],
  ];
  return rows.flatMap(([label, lines]) =>
    lines.map((line, index) => (index === 0 ? style.dim(label.padEnd(LABEL)) : ' '.repeat(LABEL)) + line),
  );
}

function directionLines({ text, binary, frames, frameBytes }: DirectionTally): string[] {
  const messages = text.messages + binary.messages;
  const control = [
    ...(frames.ping > 0 ? [countText(frames.ping, 'ping')] : []),
    ...(frames.pong > 0 ? [countText(frames.pong, 'pong')] : []),
  ];
  const total = Object.values(frames).reduce((sum, count) => sum + count, 0);
  if (messages === 0 && total === 0) return [];
  const kinds = [
    ...(text.messages > 0 ? [`${text.messages} text`] : []),
    ...(binary.messages > 0 ? [`${binary.messages} binary`] : []),
  ];
  const parts = [
    messages === 0
      ? 'no message'
      : `${countText(messages, 'message')} (${kinds.join(', ')}), ${sizeText(text.bytes + binary.bytes)}`,
    ...(total > 0
      ? [
          `${countText(total, 'frame')}${control.length > 0 ? ` (${control.join(', ')})` : ''}, ${sizeText(frameBytes)} on the wire`,
        ]
      : []),
  ];
  return [parts.join(' · ')];
}

function deflateLines({ sent, received }: Facts): string[] {
  const ratio = (direction: string, { compressed: { wire, inflated } }: DirectionTally) =>
    inflated === 0 ? [] : [`${direction} ${sizeText(inflated)} as ${sizeText(wire)} (${((100 * wire) / inflated).toFixed(0)} %)`];
  const parts = [...ratio('sent', sent), ...ratio('received', received)];
  return parts.length === 0 ? [] : [parts.join(' · ')];
}

function roundTripText({ count, min, median, max }: RoundTrips): string {
  if (count === 1) return `1 round trip: ${durationText(min)}`;
  return `${count} round trips: ${durationText(min)} least, ${durationText(median)} median, ${durationText(max)} most`;
}

function openLines({ duration, opened }: Facts): string[] {
  if (duration === undefined) return [];
  return [opened > 1 ? `${countText(opened, 'connection')} in ${durationText(duration)}` : `for ${durationText(duration)}`];
}

function closedLines({ code, reason, by }: Closed, style: Style, columns: number): string[] {
  const who = { us: 'by us', peer: 'by the peer', network: 'by nobody' }[by];
  const normal = code === 1000 || code === 1001 || code === 1005;
  const text = closeText(code, Buffer.from(reason), columns - who.length - 2, style);
  const meaning = code === 1000 ? [] : wrapWords(closeCodeMeaning(code), columns);
  return [`${who}: ${normal ? text : style.warn(text)}`, ...meaning.map((line) => style.dim(line))];
}
