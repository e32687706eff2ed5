import { isAscii } from 'node:buffer';
import { isShortAscii } from '../../bytes/utf8.ts';

/**
 * A message as its receiver sees it for the length of one call: a range in a buffer, so that nothing is made for who does
 * not ask. This object is used again for the next message; the bytes stay as they are, so they may go out by reference.
 * Whoever keeps them for long takes a `copy`, as the range holds on to the whole buffer.
 */
export class MessageView {
  opcode: 'text' | 'binary' = 'text';
  buffer: Buffer = EMPTY;
  start = 0;
  end = 0;
  /** Whether it came compressed. */
  compressed = false;
  /** Payload bytes on the wire, all frames together. */
  wireLength = 0;

  get length(): number {
    return this.end - this.start;
  }

  /** The bytes, as a view that is valid until the call returns. */
  view(): Buffer {
    return this.buffer.subarray(this.start, this.end);
  }

  /** The bytes, to keep. */
  copy(): Buffer {
    const copy = Buffer.allocUnsafe(this.end - this.start);
    this.buffer.copy(copy, 0, this.start, this.end);
    return copy;
  }

  /** The bytes as a string: for a text message, which is valid UTF-8 by the time that anybody sees it. */
  text(): string {
    const { buffer, start, end } = this;
    if (end - start <= SHORT)
      return isShortAscii(buffer, start, end) ? buffer.toString('latin1', start, end) : buffer.toString('utf8', start, end);
    if (end - start > LONG && isAscii(buffer.subarray(start, end))) return buffer.toString('latin1', start, end);
    return buffer.toString('utf8', start, end);
  }
}

const EMPTY = Buffer.alloc(0);
/** Up to this many bytes a loop finds out sooner than a call whether they are ASCII. */
const SHORT = 32;
/** From this many bytes on, asking `isAscii` first pays: latin-1 strings are made several times as fast. */
const LONG = 512;
