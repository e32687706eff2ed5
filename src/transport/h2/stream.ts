import { constants, type Http2Stream } from 'node:http2';
import { addAbortSignal, type Duplex } from 'node:stream';
import { SocketTransport } from '../socket.ts';
import type { Transport, TransportHandler } from '../transport.ts';
import { errorName } from './words.ts';

/** Why a network ended: its code, and words that may quote the peer. */
export interface NetworkError {
  readonly code: string;
  readonly message: string;
}

/**
 * One stream of an HTTP/2 connection as a transport (RFC 8441 §5): END_STREAM where TCP has FIN, RST_STREAM where it has RST.
 * Neighbours on the same connection are untouched by what happens to it.
 */
export class Http2StreamTransport implements Transport {
  readonly stream: Http2Stream;
  readonly remote: string;
  readonly #inner: SocketTransport;
  readonly #lost: () => NetworkError | undefined;
  #handler: TransportHandler | undefined;
  #destroyed = false;
  #failure: NetworkError | undefined;

  /** `lost` says why the whole connection ended, once it did. */
  constructor(stream: Http2Stream, remote: string, lost: () => NetworkError | undefined) {
    this.stream = stream;
    this.remote = remote;
    this.#lost = lost;
    this.#inner = new SocketTransport(stream as Duplex);
  }

  get handler(): TransportHandler {
    return this.#handler ?? this.#inner.handler;
  }

  set handler(handler: TransportHandler) {
    this.#handler = handler;
    this.#inner.handler = {
      data: (chunk) => handler.data(chunk),
      // A stream that was reset is told as ended first: it did not end, and its close follows.
      end: () => {
        if (!this.stream.aborted && !this.stream.rstCode) handler.end();
      },
      drain: () => handler.drain(),
      close: (error) => handler.close(this.#reason(error)),
    };
  }

  get pending(): number {
    return this.#inner.pending;
  }

  get held(): number {
    return this.#inner.held;
  }

  get written(): number {
    return this.#inner.written;
  }

  get sent(): number {
    return this.#inner.sent;
  }

  write(pieces: readonly Uint8Array[]): boolean {
    return this.#inner.write(pieces);
  }

  pause(): void {
    this.#inner.pause();
  }

  resume(): void {
    this.#inner.resume();
  }

  end(): void {
    this.#inner.end();
  }

  destroy(): void {
    this.#destroyed = true;
    // RFC 8441 §5: "RST exceptions are represented with the RST_STREAM frame … with the CANCEL error code". `close(code)` would
    // send END_STREAM before it; an abort is what Node sends as CANCEL alone.
    if (!this.stream.destroyed) addAbortSignal(AbortSignal.abort(), this.stream as Duplex);
  }

  /** Resets the stream alone, for a reason of ours. */
  fail(failure: NetworkError): void {
    this.#failure ??= failure;
    this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  #reason(error: NetworkError | undefined): NetworkError | undefined {
    if (this.#destroyed) return undefined;
    if (this.#failure) return this.#failure;
    const { rstCode } = this.stream;
    // The connection's end resets all of its streams: it is the better reason.
    const lost = this.#lost();
    if (lost) return lost;
    if (rstCode) return { code: 'RST_STREAM', message: `the peer reset the HTTP/2 stream: RST_STREAM ${errorName(rstCode)}` };
    return error;
  }
}
