import { isArrayBuffer, isSharedArrayBuffer } from 'node:util/types';
import type { MessageView } from '../protocol/message/message.ts';

/** A message's bytes as an `ArrayBuffer` of their own. */
export function bytesOf({ buffer, start, end }: MessageView): ArrayBuffer {
  const { buffer: whole, byteOffset } = buffer;
  // A message that was put together from pieces fills a buffer that nobody else has.
  if (byteOffset === 0 && start === 0 && end === whole.byteLength) return whole as ArrayBuffer;
  // Not zeroed first, as a slice of it would be: each byte is written.
  const own = Buffer.allocUnsafeSlow(end - start);
  buffer.copy(own, 0, start, end);
  return own.buffer as ArrayBuffer;
}

/**
 * What to send, by Web IDL's `(BufferSource or Blob or USVString)`: whatever is none of the first two is made a string.
 * Throws a `TypeError` for a view of shared memory, for memory whose size may change, and for what cannot be a string.
 */
export function sendable(data: unknown): string | Uint8Array | Blob {
  if (ArrayBuffer.isView(data)) return bytesIn(data);
  if (isArrayBuffer(data)) return bytesOfBuffer(data);
  return data instanceof Blob ? data : `${data as string}`;
}

function bytesIn(view: ArrayBufferView): Uint8Array {
  if (isSharedArrayBuffer(view.buffer)) throw new TypeError('shared memory cannot be sent: it may change meanwhile');
  mustBeFixed(view.buffer);
  if (view instanceof Uint8Array) return view;
  return view.buffer.byteLength === 0 ? EMPTY : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** "If IsDetachedBuffer(jsArrayBuffer) is true, then return the empty byte sequence" (Web IDL): it has a length of 0. */
function bytesOfBuffer(buffer: ArrayBuffer): Uint8Array {
  mustBeFixed(buffer);
  return buffer.byteLength === 0 ? EMPTY : new Uint8Array(buffer);
}

/** Without `[AllowResizable]`, "if IsFixedLengthArrayBuffer(V) is false, then throw a TypeError" (Web IDL). */
function mustBeFixed(buffer: ArrayBufferLike): void {
  if ((buffer as { readonly resizable?: boolean }).resizable === true) {
    throw new TypeError('a resizable ArrayBuffer cannot be sent: send a copy of it, such as buffer.slice()');
  }
}

const EMPTY = new Uint8Array(0);
