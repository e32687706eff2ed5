import { arenaInUse } from '../../bytes/arena.ts';

/**
 * The memory that frames leave from. A piece of it is written by one box at a time, and written anew only once all that
 * was taken from it has left: while writes complete at once, all connections of a process send from the same warm 64 KiB.
 */
export interface Slab {
  readonly buffer: Buffer;
  /** Where it begins in the arena, in which masking is cheapest; negative: elsewhere. */
  readonly place: number;
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
const keptInArena: Slab[] = [];

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
  if (bytes <= size && size < SLAB) return slabOf(Buffer.allocUnsafe(size));
  if (bytes > SLAB) return slabOf(Buffer.allocUnsafeSlow(bytes));
  const slab = freeInArena() ?? kept.pop() ?? slabOf(Buffer.allocUnsafeSlow(SLAB));
  lent ??= slab;
  return slab;
}

function slabOf(buffer: Buffer, place = -1): Slab {
  return { buffer, place, at: 0, loans: 0 };
}

/** Pieces of the arena that slabs were made of: each when it is first wanted. */
let made = 0;

function freeInArena(): Slab | undefined {
  const free = keptInArena.pop();
  if (free) return free;
  const buffer = arenaInUse()?.sending[made];
  if (!buffer) return undefined;
  made++;
  return slabOf(buffer, buffer.byteOffset);
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
  const better = spare && spare.place >= 0 ? undefined : freeInArena();
  if (better) offer(better);
}

/** Nobody needs it right now: boxes begin with one in the arena. */
function offer(slab: Slab): void {
  let other: Slab | undefined = slab;
  if (!spare || (slab.place >= 0 && spare.place < 0)) {
    other = spare;
    spare = slab;
  }
  // One that is not free yet comes back by itself.
  if (other?.loans !== 0) return;
  if (other.place >= 0) keptInArena.push(other);
  else if (kept.length < KEPT) kept.push(other);
}
