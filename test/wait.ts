import { vi } from 'vitest';

/** Milliseconds that something may take which takes none: only a machine with much else to do needs them. */
const PATIENCE = 15_000;

/** Runs `check` again and again until it does not throw, and gives what it gives. */
export function waitFor<T>(check: () => T | Promise<T>, interval = 20): Promise<T> {
  return vi.waitFor(check, { timeout: PATIENCE, interval });
}
