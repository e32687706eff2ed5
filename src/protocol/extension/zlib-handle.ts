import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib';

/**
 * zlib without its thread pool. A kept stream driven synchronously through Node's internal handle takes about 1 µs for
 * a small message where the asynchronous stream takes 100. The handle is undocumented, so it is tried once, at first
 * use; where it does not behave, `keptStreamsWork` is false and the documented one-shot calls serve instead.
 * Nothing outside the two codecs knows which it is.
 */
export interface KeptStream {
  /** Takes `input[start, end)`, flushed to a byte boundary; writes to `output`. Returns how much of each is left. */
  write(
    input: Uint8Array,
    start: number,
    end: number,
    output: Uint8Array,
  ): { inputLeft: number; outputLeft: number; failed: boolean };
  reset(): void;
  close(): void;
}

interface Handle {
  writeSync(flush: number, input: Uint8Array, at: number, length: number, output: Uint8Array, outAt: number, room: number): void;
  reset(): void;
  onerror: (message: string, errno: number, code: string) => void;
}

function keep(stream: { close(): void }): KeptStream | undefined {
  const { _handle: handle, _writeState: state } = stream as unknown as { _handle?: Handle; _writeState?: Uint32Array };
  if (typeof handle?.writeSync !== 'function' || !(state instanceof Uint32Array)) return undefined;
  const result = { inputLeft: 0, outputLeft: 0, failed: false };
  handle.onerror = () => {
    result.failed = true;
  };
  return {
    write(input, start, end, output) {
      handle.writeSync(constants.Z_SYNC_FLUSH, input, start, end - start, output, 0, output.length);
      result.outputLeft = state[0] as number;
      result.inputLeft = state[1] as number;
      return result;
    },
    reset() {
      result.failed = false;
      handle.reset();
    },
    close: () => stream.close(),
  };
}

/** A raw inflate context, its window filled with `dictionary`; `undefined` where the handle does not behave. */
export function keptInflate(windowBits: number, dictionary?: Uint8Array): KeptStream | undefined {
  return keep(createInflateRaw({ windowBits, chunkSize: 64, ...(dictionary && { dictionary }) }));
}

/** A raw deflate context; `undefined` where the handle does not behave. */
export function keptDeflate(windowBits: number, level: number, strategy: number): KeptStream | undefined {
  return keep(createDeflateRaw({ windowBits, level, strategy, chunkSize: 64 }));
}

let works: boolean | undefined;

/** Whether a message goes through both contexts and comes out whole; tried once a process. */
export function keptStreamsWork(): boolean {
  works ??= tryOnce();
  return works;
}

function tryOnce(): boolean {
  const deflate = keptDeflate(15, 6, constants.Z_DEFAULT_STRATEGY);
  const inflate = keptInflate(15);
  try {
    if (!deflate || !inflate) return false;
    const text = Buffer.from('wstap wstap wstap');
    const packed = Buffer.alloc(64);
    const plain = Buffer.alloc(64);
    const out = deflate.write(text, 0, text.length, packed);
    const packedLength = packed.length - out.outputLeft;
    if (out.inputLeft !== 0 || packed.subarray(packedLength - 4, packedLength).toString('hex') !== '0000ffff') return false;
    const back = inflate.write(packed, 0, packedLength, plain);
    return plain.subarray(0, plain.length - back.outputLeft).equals(text);
  } catch {
    return false;
  } finally {
    deflate?.close();
    inflate?.close();
  }
}
