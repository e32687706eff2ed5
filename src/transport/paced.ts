import type { Transport, TransportHandler } from './transport.ts';

/** How bytes leave: so many at a time, so many milliseconds apart. 0 is one turn of the event loop. */
export interface Pace {
  readonly bytes: number;
  readonly every?: number | undefined;
}

/** A transport that writes in small pieces, each on its own: for whoever wants to see what a peer makes of that. */
export class PacedTransport implements Transport {
  readonly #transport: Transport;
  readonly #pace: Pace;
  #waiting: Uint8Array[] = [];
  #timer: NodeJS.Timeout | undefined;
  #ending = false;
  #written = 0;

  constructor(transport: Transport, pace: Pace) {
    this.#transport = transport;
    this.#pace = pace;
  }

  get handler(): TransportHandler {
    return this.#transport.handler;
  }

  set handler(handler: TransportHandler) {
    this.#transport.handler = handler;
  }

  get remote(): string {
    return this.#transport.remote;
  }

  get written(): number {
    return this.#written;
  }

  /** Whatever is written is copied. */
  get held(): number {
    return 0;
  }

  get sent(): number {
    return this.#transport.sent;
  }

  get pending(): number {
    return this.#written - this.#transport.written + this.#transport.pending;
  }

  write(pieces: readonly Uint8Array[]): boolean {
    for (const piece of pieces) {
      this.#written += piece.length;
      for (let at = 0; at < piece.length; at += this.#pace.bytes) {
        this.#waiting.push(new Uint8Array(piece.subarray(at, at + this.#pace.bytes)));
      }
    }
    this.#timer ??= setTimeout(this.#next, this.#pace.every ?? 0);
    return true;
  }

  pause(): void {
    this.#transport.pause();
  }

  resume(): void {
    this.#transport.resume();
  }

  end(): void {
    this.#ending = true;
    if (!this.#timer) this.#transport.end();
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
    this.#transport.destroy();
  }

  readonly #next = (): void => {
    const piece = this.#waiting.shift();
    if (piece) this.#transport.write([piece]);
    this.#timer = this.#waiting.length > 0 ? setTimeout(this.#next, this.#pace.every ?? 0) : undefined;
    if (!this.#timer && this.#ending) this.#transport.end();
  };
}
