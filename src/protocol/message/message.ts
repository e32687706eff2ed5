import { cutAscii } from '../../bytes/ascii-run.ts';

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
  /** Whether it lies where it was received, and was not put together in a buffer of its own. */
  direct = false;
  /** Whether its bytes, too, are valid only until the call returns. */
  borrowed = false;
  /** Whether it is text of bytes below 0x80 alone. */
  ascii = false;
  /** Whether its bytes are as they were received: no mask was taken from them, as it may yet be from others in the buffer. */
  asReceived = false;
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

  /** The bytes, to keep, and copied only where they are borrowed. */
  kept(): Buffer {
    return this.borrowed ? keptCopy(this.buffer, this.start, this.end) : this.view();
  }

  /** Puts U+FFFD where a text is not UTF-8, in memory of its own. */
  mend(): void {
    this.buffer = Buffer.from(this.buffer.toString('utf8', this.start, this.end), 'utf8');
    this.start = 0;
    this.end = this.buffer.length;
    this.direct = false;
    this.borrowed = false;
  }

  /** The bytes as a string: for a text message, which is valid UTF-8 by the time that anybody sees it. */
  text(): string {
    if (this.ascii && this.asReceived) return cutAscii(this.buffer, this.start, this.end);
    return this.buffer.toString(this.ascii ? 'latin1' : 'utf8', this.start, this.end);
  }
}

const EMPTY = Buffer.alloc(0);
/** Copies of many messages lie in one block, as the messages did where they came from. */
const BLOCK = 64 * 1024;
const SMALL = 8 * 1024;
let block: Buffer = EMPTY;
/** Its memory: to ask a view for it costs more than a short copy. */
let blockMemory: ArrayBufferLike = EMPTY.buffer;
let blockAt = 0;

function keptCopy(from: Buffer, start: number, end: number): Buffer {
  const length = end - start;
  if (length > SMALL) {
    const own = Buffer.allocUnsafeSlow(length);
    from.copy(own, 0, start, end);
    return own;
  }
  if (blockAt + length > block.length) {
    block = Buffer.allocUnsafeSlow(BLOCK);
    blockMemory = block.buffer;
    blockAt = 0;
  }
  const at = blockAt;
  blockAt += length;
  if (length <= TINY) for (let i = 0; i < length; i++) block[at + i] = from[start + i] as number;
  else from.copy(block, at, start, end);
  return new NodeBuffer(blockMemory, at, length);
}

/** What `subarray` makes, at half the price. */
const NodeBuffer = Reflect.get(Buffer, Symbol.species) as new (memory: ArrayBufferLike, at: number, length: number) => Buffer;

/** Up to this many bytes a loop copies sooner than a call. */
const TINY = 32;
