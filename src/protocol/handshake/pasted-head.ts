import type { Head } from '../http/head.ts';

/** A head found in text. */
export interface PastedHead {
  readonly head: Head;
  /** The raw bytes behind it that belong to a handshake of hixie-76: 8 to a request, 16 to an answer. */
  readonly body?: Uint8Array;
  /** What was assumed while reading it, as sentences; may quote the text. */
  readonly notes: readonly string[];
}
