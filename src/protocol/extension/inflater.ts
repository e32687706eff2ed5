import { constants, inflateRawSync } from 'node:zlib';
import { type KeptStream, keptInflate, keptStreamsWork } from './zlib-handle.ts';

/**
 * Raw DEFLATE → bytes, for one direction of one connection (RFC 7692 §7.2.2). Output is handed on in pieces of at most
 * 64 KiB while it is made, so that a limit bites before the memory is taken.
 */

/** Takes output: `buffer[start, end)`, valid until return. Returns false to stop. */
export type PieceSink = (buffer: Buffer, start: number, end: number) => boolean;

/** `done`: all input was taken; `stopped`: the sink had enough; `data`: the input is not valid DEFLATE data. */
export type Outcome = 'done' | 'stopped' | 'data';

export interface Inflater {
  /** Takes the next piece of a message's compressed payload. */
  push(input: Uint8Array, start: number, end: number, output: PieceSink): Outcome;
  /** Ends the message: "Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the payload" (RFC 7692 §7.2.2). */
  finish(output: PieceSink): Outcome;
  /** Forgets the context. */
  reset(): void;
  close(): void;
}

const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);
const STEP = 64 * 1024;
const WINDOW = 32 * 1024;
/** Blocks with BFINAL set in one piece of payload (64 KiB at most from a socket); an honest sender sets one, or none. */
const MAX_FINAL_BLOCKS = 4096;

let scratch: Buffer | undefined;

/** The last 32 KiB of output: what a new context must know once a final block made zlib give up the old one. */
class History {
  #bytes: Buffer | undefined;
  #length = 0;

  add(buffer: Buffer, start: number, end: number): void {
    this.#bytes ??= Buffer.alloc(2 * WINDOW);
    const piece = Math.min(end - start, WINDOW);
    if (this.#length + piece > this.#bytes.length) {
      this.#bytes.copyWithin(0, this.#length - WINDOW, this.#length);
      this.#length = WINDOW;
    }
    buffer.copy(this.#bytes, this.#length, end - piece, end);
    this.#length += piece;
  }

  get window(): Buffer | undefined {
    if (!this.#bytes || this.#length === 0) return undefined;
    return Buffer.from(this.#bytes.subarray(Math.max(0, this.#length - WINDOW), this.#length));
  }

  clear(): void {
    this.#length = 0;
  }
}

/** The fast one: a kept zlib stream. */
class KeptInflater implements Inflater {
  readonly #windowBits: number;
  readonly #history = new History();
  #stream: KeptStream;
  #hasDictionary = false;
  /** Whether the message at hand has any payload. */
  #begun = false;

  constructor(windowBits: number, stream: KeptStream) {
    this.#windowBits = windowBits;
    this.#stream = stream;
  }

  push(input: Uint8Array, start: number, end: number, output: PieceSink): Outcome {
    let at = start;
    let reopened = false;
    let finals = 0;
    if (at < end) this.#begun = true;
    while (at < end) {
      const { outcome, next } = this.#drain(input, at, end, output);
      if (outcome !== 'done') return outcome;
      if (next === end) return 'done';
      // Input is left although output had room: a block with BFINAL set ended zlib's stream (RFC 7692 §7.2.3.4).
      if (next === at && reopened) return 'data';
      // Each costs a new stream: a piece made of nothing else would hold up everybody.
      if (++finals > MAX_FINAL_BLOCKS) return 'data';
      at = next;
      this.#reopen();
      reopened = true;
    }
    return 'done';
  }

  finish(output: PieceSink): Outcome {
    // The tail alone is half a block. An empty message ought to be one octet 0x00 (§7.2.3.6), but some send none.
    if (!this.#begun) return 'done';
    this.#begun = false;
    // Behind a final block nothing of the tail is taken; the next message opens the stream anew.
    return this.#drain(TAIL, 0, TAIL.length, output).outcome;
  }

  /** Writes until the input is taken or no more of it is; hands on what comes out. */
  #drain(input: Uint8Array, start: number, end: number, output: PieceSink): { outcome: Outcome; next: number } {
    scratch ??= Buffer.alloc(STEP);
    let at = start;
    while (true) {
      const { inputLeft, outputLeft, failed } = this.#stream.write(input, at, end, scratch);
      if (failed) return { outcome: 'data', next: at };
      at = end - inputLeft;
      const made = STEP - outputLeft;
      if (made > 0) {
        this.#history.add(scratch, 0, made);
        if (!output(scratch, 0, made)) return { outcome: 'stopped', next: at };
      }
      if (outputLeft > 0) return { outcome: 'done', next: at };
    }
  }

  #reopen(): void {
    const { window } = this.#history;
    this.#stream.close();
    this.#stream = keptInflate(this.#windowBits, window) ?? this.#stream;
    this.#hasDictionary = window !== undefined;
  }

  reset(): void {
    this.#begun = false;
    this.#history.clear();
    // A reset stream takes its dictionary again: only a new one forgets it.
    if (this.#hasDictionary) this.#reopen();
    else this.#stream.reset();
  }

  close(): void {
    this.#stream.close();
  }
}

/** The documented one: a call a message, the last window handed in as dictionary. Takes the output in one piece. */
export class OneShotInflater implements Inflater {
  readonly #maxOutput: number;
  readonly #history = new History();
  #pieces: Uint8Array[] = [];
  #waiting = 0;

  /** `maxOutput`: bytes that a message may inflate to before it is stopped. */
  constructor(maxOutput: number) {
    this.#maxOutput = maxOutput;
  }

  push(input: Uint8Array, start: number, end: number): Outcome {
    this.#waiting += end - start;
    // Deflated bytes that outgrow by far what they may inflate to are of no use, and here they are held.
    if (this.#waiting > 2 * this.#maxOutput + STEP) return 'stopped';
    this.#pieces.push(new Uint8Array(input.subarray(start, end)));
    return 'done';
  }

  finish(output: PieceSink): Outcome {
    let input = Buffer.concat([...this.#pieces, TAIL]);
    this.#pieces = [];
    if (this.#waiting === 0) return 'done';
    this.#waiting = 0;
    while (input.length > 0) {
      const result = this.#inflate(input);
      if (typeof result === 'string') return result;
      const { buffer, taken } = result;
      if (buffer.length > 0) {
        this.#history.add(buffer, 0, buffer.length);
        if (!output(buffer, 0, buffer.length)) return 'stopped';
      }
      input = input.subarray(taken);
      if (taken === 0 || input.equals(TAIL)) break;
    }
    return 'done';
  }

  #inflate(input: Buffer): { buffer: Buffer; taken: number } | Outcome {
    const dictionary = this.#history.window;
    const options = { finishFlush: constants.Z_SYNC_FLUSH, info: true, ...(dictionary && { dictionary }) };
    try {
      const maxOutputLength = Math.min(Math.max(1, this.#maxOutput), 2 ** 31 - 1);
      const { buffer, engine } = inflateRawSync(input, { ...options, maxOutputLength }) as unknown as {
        buffer: Buffer;
        engine: { bytesWritten: number };
      };
      return { buffer, taken: engine.bytesWritten };
    } catch (error) {
      return (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? 'stopped' : 'data';
    }
  }

  reset(): void {
    this.#history.clear();
    this.#pieces = [];
    this.#waiting = 0;
  }

  close(): void {
    this.reset();
  }
}

/**
 * An inflate context. `windowBits` 8–15 is the peer's LZ77 window; `maxOutput` bounds a message where output cannot be
 * handed on in pieces.
 */
export function createInflater(windowBits: number, maxOutput: number): Inflater {
  // A window of 8 bits lies within one of 9, and zlib's raw inflate does not take 8.
  const bits = Math.max(9, windowBits);
  const stream = keptStreamsWork() ? keptInflate(bits) : undefined;
  return stream ? new KeptInflater(bits, stream) : new OneShotInflater(maxOutput);
}
