import { isArrayBuffer, isSharedArrayBuffer } from 'node:util/types';
import type { MessageView } from '../protocol/message/message.ts';

/** A message's bytes as an `ArrayBuffer` of their own. */
export function bytesOf({ buffer, start, end }: MessageView): ArrayBuffer {
  const { buffer: whole, byteOffset } = buffer;
  // A message that was put together from pieces fills a buffer that nobody else has.
  if (byteOffset === 0 && start === 0 && end === whole.byteLength) return whole as ArrayBuffer;
  return whole.slice(byteOffset + start, byteOffset + end) as ArrayBuffer;
}

/**
 * What to send, by Web IDL's `(BufferSource or Blob or USVString)`: whatever is none of the first two is made a string.
 * Throws a `TypeError` for a view of shared memory, and for what cannot be a string.
 */
export function sendable(data: unknown): string | Uint8Array | Blob {
  if (ArrayBuffer.isView(data)) return bytesIn(data);
  if (isArrayBuffer(data)) return new Uint8Array(data);
  return data instanceof Blob ? data : `${data as string}`;
}

function bytesIn(view: ArrayBufferView): Uint8Array {
  if (isSharedArrayBuffer(view.buffer)) throw new TypeError('shared memory cannot be sent: it may change meanwhile');
  return view instanceof Uint8Array ? view : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
