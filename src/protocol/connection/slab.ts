import { arenaInUse } from '../../bytes/arena.ts';

/**
 * The memory that frames leave from. A piece of it is written by one box at a time, and written anew only once all that
 * was taken from it has left: while writes complete at once, all connections of a process send from the same warm 64 KiB.
 */
export interface Slab {
  readonly buffer: Buffer;
  /** Bytes from here on are free. */
  at: number;
  /** Loans that are not over: whoever writes in it, and whoever waits until it has left. */
  loans: number;
}

export const SLAB = 64 * 1024;
/** What a box begins with while another one has the spare slab: a thousand that send in one turn take no 64 MiB. */
const FIRST_SLAB = 1024;
/** Slabs that nobody needs right now and that are kept all the same. */
const KEPT = 256;

/** The one that boxes begin with, unless one of them is writing in it: an idle connection holds none. */
let spare: Slab | undefined;
let lent: Slab | undefined;
const kept: Slab[] = [];

/** Room for `bytes` in one place. `full`: the size of the slab that the borrower has filled, 0 for none. */
export function borrow(bytes: number, full: number): Slab {
  const slab = fitting(bytes) ?? another(bytes, full);
  slab.loans++;
  return slab;
}

function fitting(bytes: number): Slab | undefined {
  if (!spare || spare.at + bytes > SLAB) return undefined;
  lent = spare;
  spare = undefined;
  return lent;
}

function another(bytes: number, full: number): Slab {
  const size = lent && full < SLAB / 4 ? Math.max(FIRST_SLAB, full * 4) : SLAB;
  // Not zeroed, here as below: only what a frame was written to is ever taken.
  if (bytes <= size && size < SLAB) return { buffer: Buffer.allocUnsafe(size), at: 0, loans: 0 };
  if (bytes > SLAB) return { buffer: Buffer.allocUnsafeSlow(bytes), at: 0, loans: 0 };
  const slab = kept.pop() ?? inArena() ?? { buffer: Buffer.allocUnsafeSlow(SLAB), at: 0, loans: 0 };
  lent ??= slab;
  return slab;
}

/** The one in which masking is cheapest, once there is an arena. */
let best: Slab | undefined;

/** Gives it the first time it is asked for. */
function inArena(): Slab | undefined {
  const buffer = best ? undefined : arenaInUse()?.sending;
  if (!buffer) return undefined;
  best = { buffer, at: 0, loans: 0 };
  return best;
}

/** Nobody writes in it any more; what was written may still have to leave. */
export function putDown(slab: Slab): void {
  if (slab === lent) lent = undefined;
  const room = spare ? SLAB - spare.at : 0;
  if (slab.buffer.length === SLAB && SLAB - slab.at > room) spare = slab;
}

/** What was taken from it on this loan has left. */
export function release(slab: Slab): void {
  slab.loans--;
  if (slab.loans > 0 || slab.buffer.length !== SLAB) return;
  slab.at = 0;
  if (slab !== spare) offer(slab);
  // The first slab is wanted before the arena is.
  const late = inArena();
  if (late) offer(late);
}

/** Nobody needs it right now: boxes begin with the best one. */
function offer(slab: Slab): void {
  let other: Slab | undefined = slab;
  if (!spare || slab === best) {
    other = spare;
    spare = slab;
  }
  // One that is not free yet comes back by itself.
  if (other?.loans === 0 && kept.length < KEPT) kept.push(other);
}
