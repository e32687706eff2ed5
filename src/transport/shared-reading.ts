import { Socket } from 'node:net';
import { arena } from '../bytes/arena.ts';

/**
 * Reading without an allocation a read: all sockets of a process read into one buffer, one after the other. Node does
 * that for a socket that is made with `onread`; an accepted socket is given the same by the fields that `onread` fills,
 * where they are what they were when this was written. Where they are not, sockets read as ever.
 */

/** Bytes that one read takes at most. */
const SIZE = 256 * 1024;

interface Fields {
  readonly buffer: symbol;
  readonly callback: symbol;
  readonly shared: Buffer;
}

type Handle = { useUserBuffer?(buffer: Uint8Array): void } | null | undefined;
type Opened = Socket & { _handle?: Handle; [field: symbol]: unknown };

let fields: Fields | undefined | 'unknown' = 'unknown';

/**
 * From now on `read` is called with what arrives, in place of `data` events. The bytes are the caller's until it returns.
 * Returns false, and changes nothing, where that cannot be.
 */
export function readShared(socket: unknown, read: (bytes: Buffer) => void): boolean {
  // TLS and other streams make their own bytes.
  if (!(socket instanceof Socket) || 'encrypted' in socket) return false;
  if (fields === 'unknown') fields = findFields();
  const opened = socket as Opened;
  if (!fields || typeof opened._handle?.useUserBuffer !== 'function' || opened[fields.buffer] !== null) return false;
  const { shared, buffer, callback } = fields;
  opened[buffer] = shared;
  opened[callback] = (length: number) => {
    read(shared.subarray(0, length));
    return true;
  };
  opened._handle.useUserBuffer(shared);
  return true;
}

function findFields(): Fields | undefined {
  const shared = arena()?.reading ?? Buffer.allocUnsafeSlow(SIZE);
  const callback = () => true;
  const example = new Socket({ onread: { buffer: shared, callback } } as ConstructorParameters<typeof Socket>[0]) as Opened;
  const symbols = Object.getOwnPropertySymbols(example);
  const buffer = symbols.find((symbol) => example[symbol] === shared);
  const called = symbols.find((symbol) => example[symbol] === callback);
  return buffer && called && { buffer, callback: called, shared };
}
