import type { Head } from '../http/head.ts';

/** A head found in text. */
export interface PastedHead {
  readonly head: Head;
  /** What was assumed while reading it, as sentences; may quote the text. */
  readonly notes: readonly string[];
}
