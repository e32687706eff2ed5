import type { Readable, Writable } from 'node:stream';

/** A stream that may be a terminal. */
export type InputStream = Readable & { isTTY?: boolean; setRawMode?(on: boolean): unknown };
export type OutputStream = Writable & { isTTY?: boolean; columns?: number; rows?: number };

/**
 * Everything that the program takes from outside itself: nothing below `main` touches `process`.
 * Tests hand in a fake one and run the whole program in-process.
 */
export interface Env {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Environment variables. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Monotonic clock, in milliseconds with a fraction; for every duration and timeout. */
  now(): number;
  /** Wall clock, milliseconds since the epoch; for display only. */
  wallClock(): number;
  /** Fills the array with cryptographically strong random bytes. */
  fillRandom(target: Uint8Array): void;
  /** Calls back on SIGINT, SIGTERM or SIGHUP; returns the function that stops listening. */
  onSignal(listener: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void): () => void;
}
