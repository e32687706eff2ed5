/**
 * A byte stream to a peer, whatever carries it. Reading starts paused; nothing is read while it is.
 */
export interface Transport {
  /**
   * Writes the pieces in order, in one system call where that can be. Returns false while earlier bytes still wait. The
   * pieces must stay as they are for as long as they are `held`.
   */
  write(pieces: readonly Uint8Array[]): boolean;
  /** Bytes handed to `write` that have not left. */
  readonly pending: number;
  /** Of the bytes ever handed to `write`, so many of the last may still be read where they lie. */
  readonly held: number;
  /** Bytes ever handed to `write`. */
  readonly written: number;
  /** How many of them have left the process; once the transport is gone none does any more. */
  readonly sent: number;
  /** Asks for reads without an allocation each: what `data` gets may then be `borrowed`. Where it cannot be nothing changes. */
  borrow?(): void;
  pause(): void;
  resume(): void;
  /** Ends our direction once everything is written. */
  end(): void;
  /** Ends both directions at once, unsent bytes included. */
  destroy(): void;
  /** The same, and lets the peer see a reset where the network has one. */
  reset?(): void;
  /** Where the peer is, for people: `127.0.0.1:8080`. */
  readonly remote: string;
  /** Set by whoever uses the transport. */
  handler: TransportHandler;
}

export interface TransportHandler {
  /** Bytes that the handler may change and keep; `borrowed`: keep no longer than until it returns. */
  data(chunk: Buffer, borrowed?: boolean): void;
  /** The peer ended its direction. */
  end(): void;
  /** `pending` fell to 0. */
  drain(): void;
  /** Both directions are over. `error`: the network's code and words, when it did not end in good order. */
  close(error: NetworkError | undefined): void;
}

/** Why the network ended: a code, and words that may quote the system. `hint`: what to try. */
export interface NetworkError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}
