/** Time as an endpoint needs it: handed in, so that tests own it. */
export interface Clock {
  /** Monotonic milliseconds, with a fraction. */
  now(): number;
  /** Calls back once after `delay` milliseconds; the function returned stops it. */
  after(delay: number, callback: () => void): () => void;
  /** Calls back at the end of this turn, before any I/O. */
  soon(callback: () => void): void;
}

/** The clock of a process. A timer keeps the process alive: whoever sets one stops it once it has lost its point. */
export function systemClock(now: () => number): Clock {
  return {
    now,
    after(delay, callback) {
      if (!Number.isFinite(delay)) return () => undefined;
      const timer = setTimeout(callback, Math.min(delay, 2 ** 31 - 1));
      return () => clearTimeout(timer);
    },
    soon: (callback) => queueMicrotask(callback),
  };
}
