import type { DirectionTally, RoundTrips, Tally } from '../session/tally.ts';
import { countText, durationText, sizeText } from './size.ts';
import type { Style } from './style.ts';
import { wrapWords } from './width.ts';

/** What is said on exit: only what happened, in numbers, at most ten lines. How it ended is said when it ends. */
export interface SummaryOptions {
  readonly style: Style;
  /** Columns of the terminal. */
  readonly width: number;
}

type Facts = Pick<Tally, 'sent' | 'received' | 'roundTrips' | 'violations' | 'duration' | 'opened'>;

/** Columns of the labels at the left. */
const LABEL = 10;

/** Lines, each without a line feed. None where nothing happened. */
export function summary(tally: Facts, { style, width }: SummaryOptions): string[] {
  const rows: [label: string, lines: readonly string[]][] = [
    ['sent', directionLines(tally.sent, width - LABEL)],
    ['received', directionLines(tally.received, width - LABEL)],
    ['deflate', besideOrBelow(deflateParts(tally), width - LABEL)],
    ['ping', tally.roundTrips ? wrapWords(roundTripText(tally.roundTrips), width - LABEL) : []],
    [
      'faults',
      tally.violations === 0
        ? []
        : [style.bad(`the peer broke the protocol ${tally.violations === 1 ? 'once' : `${tally.violations} times`}`)],
    ],
    ['open', openLines(tally)],
  ];
  return rows.flatMap(([label, lines]) =>
    lines.map((line, index) => (index === 0 ? style.dim(label.padEnd(LABEL)) : ' '.repeat(LABEL)) + line),
  );
}

function directionLines(tally: DirectionTally, columns: number): string[] {
  return besideOrBelow([...messageText(tally), ...frameText(tally)], columns);
}

/** In one line where they fit into it. */
function besideOrBelow(parts: readonly string[], columns: number): string[] {
  const line = parts.join(' · ');
  return line.length <= columns ? [line].filter((text) => text !== '') : parts.flatMap((part) => wrapWords(part, columns));
}

function messageText({ text, binary }: DirectionTally): string[] {
  const messages = text.messages + binary.messages;
  if (messages === 0) return [];
  return [
    `${countText(messages, 'message')} (${kinds({ text: text.messages, binary: binary.messages })}), ${sizeText(text.bytes + binary.bytes)}`,
  ];
}

function frameText({ frames: { continuation, text, binary, ...others }, frameBytes }: DirectionTally): string[] {
  const counts = { data: continuation + text + binary, ...others };
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (total === 0) return [];
  const detail = counts.data === total ? '' : ` (${kinds(counts)})`;
  return [`${countText(total, 'frame')}${detail}, ${sizeText(frameBytes)} on the wire`];
}

/** `2 text, 1 binary`. */
function kinds(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

function deflateParts({ sent, received }: Facts): string[] {
  const ratio = (direction: string, { compressed: { wire, inflated } }: DirectionTally) =>
    inflated === 0 ? [] : [`${direction} ${sizeText(inflated)} as ${sizeText(wire)} (${((100 * wire) / inflated).toFixed(0)} %)`];
  return [...ratio('sent', sent), ...ratio('received', received)];
}

/** The same as `ping` has it, in words. */
export function roundTripText({ count, min, mean, max, last }: RoundTrips): string {
  if (count === 1) return `1 round trip: ${durationText(min)}`;
  const numbers = { min, avg: mean, max, last };
  return `${count} round trips: ${Object.entries(numbers)
    .map(([name, time]) => `${name} ${durationText(time)}`)
    .join(', ')}`;
}

function openLines({ duration, opened }: Facts): string[] {
  if (duration === undefined) return [];
  return [opened > 1 ? `${countText(opened, 'connection')} in ${durationText(duration)}` : `for ${durationText(duration)}`];
}
