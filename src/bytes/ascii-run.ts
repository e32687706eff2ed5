/**
 * Short texts of ASCII that lie close behind one another, as the payloads of unmasked frames do: one string is made of them
 * and what is between them, and each is cut out of it, at a fourth of the price of a call for each.
 */

/** Bytes of a string that is made of several texts: so much, and no more, may stay in memory with one of them. */
const RUN = 512;
/** From this many bytes on, a text is decoded by itself. */
const LONG = 128;

/** What was decoded last: `bytes[begin, end)`. */
let bytes: Buffer | undefined;
let begin = 0;
let end = 0;
let run = '';

/**
 * The text in `from[start, stop)`, which must be ASCII. Until `endRun` the bytes must stay as they are, and what lies behind
 * them too, as far as it is going to be asked for.
 */
export function cutAscii(from: Buffer, start: number, stop: number): string {
  const length = stop - start;
  if (length >= LONG) return from.toString('latin1', start, stop);
  if (from !== bytes || start < begin || stop > end) {
    // Not for two or three.
    if (from.length - start < 4 * length) return from.toString('latin1', start, stop);
    bytes = from;
    begin = start;
    end = Math.min(start + RUN, from.length);
    run = from.toString('latin1', begin, end);
  }
  return run.slice(start - begin, stop - begin);
}

/** The bytes are going to change, or go. */
export function endRun(): void {
  bytes = undefined;
  run = '';
}
