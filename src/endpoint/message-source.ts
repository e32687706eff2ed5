import { isUtf8 } from 'node:buffer';
import type { InputStream } from '../env.ts';

/**
 * A stream's lines as messages: split where they end, byte for byte otherwise, in large pieces and no faster than they
 * are taken.
 */
export interface SourceOptions {
  /** The byte that ends a message: 10 for lines, 0 with `--null`. */
  readonly separator: number;
  /** Bytes that one message may have before the source gives up. */
  readonly maxLength: number;
  /** Whether every message must be valid UTF-8. */
  readonly text: boolean;
}

export interface SourceHandler {
  /** `bytes[start, end)` is a message; the bytes will not change. */
  message(bytes: Buffer, start: number, end: number): void;
  /** All messages of one piece were handed on: a good moment to `pause`. */
  piece(): void;
  end(): void;
  /** `line` counts from 1. */
  fail(
    problem:
      | { readonly type: 'too-long' | 'not-utf8'; readonly line: number }
      | { readonly type: 'read'; readonly message: string },
  ): void;
}

export class MessageSource {
  readonly #stream: InputStream;
  readonly #options: SourceOptions;
  readonly #handler: SourceHandler;
  /** The beginning of a message whose end has not come. */
  #rest: Buffer[] = [];
  #restLength = 0;
  #line = 0;
  #over = false;

  constructor(stream: InputStream, options: SourceOptions, handler: SourceHandler) {
    this.#stream = stream;
    this.#options = options;
    this.#handler = handler;
  }

  /** Bytes that were read and not handed on. */
  get waiting(): number {
    return this.#restLength + this.#stream.readableLength;
  }

  start(): void {
    this.#stream.on('data', (chunk: Buffer | string) => this.#take(typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
    this.#stream.once('end', () => this.#end());
    this.#stream.once('close', () => this.#end());
    // A standard input that was closed before we began (cron, nohup) fails to be read: that is its end.
    this.#stream.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EBADF' || error.code === 'EIO' || error.code === 'EAGAIN') this.#end();
      else this.#fail({ type: 'read', message: error.message });
    });
    if (this.#stream.readableEnded || this.#stream.destroyed) this.#end();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    if (!this.#over) this.#stream.resume();
  }

  stop(): void {
    this.#over = true;
    this.#stream.pause();
    this.#stream.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.#over) return;
    const { separator } = this.#options;
    const last = chunk.lastIndexOf(separator);
    if (last < 0) {
      this.#keep(chunk);
      return;
    }
    // The separators are ASCII: the lines are valid if their piece is, and one call finds out for all of them.
    const checked = !this.#options.text || (this.#restLength === 0 && isUtf8(chunk.subarray(0, last)));
    let start = 0;
    for (let end = chunk.indexOf(separator); end >= 0 && !this.#over; end = chunk.indexOf(separator, start)) {
      if (this.#restLength > 0) this.#joined(chunk, start, end);
      else this.#message(chunk, start, end, checked);
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    if (!this.#over) this.#handler.piece();
  }

  /** `ended`: by a separator. */
  #joined(chunk: Buffer, start: number, end: number, ended = true): void {
    const whole = Buffer.concat([...this.#rest, chunk.subarray(start, end)]);
    this.#rest = [];
    this.#restLength = 0;
    this.#message(whole, 0, whole.length, false, ended);
  }

  #message(bytes: Buffer, start: number, end: number, checked: boolean, ended = true): void {
    this.#line++;
    const { text, separator, maxLength } = this.#options;
    // A line that ends with CR LF ends before the CR.
    const stop = ended && separator === LF && end > start && bytes[end - 1] === CR ? end - 1 : end;
    if (stop - start > maxLength) this.#fail({ type: 'too-long', line: this.#line });
    else if (text && !checked && !isUtf8(bytes.subarray(start, stop))) this.#fail({ type: 'not-utf8', line: this.#line });
    else this.#handler.message(bytes, start, stop);
  }

  #keep(piece: Buffer): void {
    this.#rest.push(piece);
    this.#restLength += piece.length;
    if (this.#restLength > this.#options.maxLength) this.#fail({ type: 'too-long', line: this.#line + 1 });
  }

  #end(): void {
    if (this.#over) return;
    if (this.#restLength > 0) this.#joined(EMPTY, 0, 0, false);
    if (this.#over) return;
    this.#over = true;
    this.#handler.end();
  }

  #fail(problem: Parameters<SourceHandler['fail']>[0]): void {
    if (this.#over) return;
    this.stop();
    this.#handler.fail(problem);
  }
}

const EMPTY = Buffer.alloc(0);
const LF = 10;
const CR = 13;
