import { Socket } from 'node:net';
import { arena } from '../bytes/arena.ts';

/**
 * Reading without an allocation a read: all sockets of a process read into one buffer, one after the other. Node does
 * that for a socket that is made with `onread`; an accepted socket is given the same by the fields that `onread` fills,
 * where they are what they were when this was written. Where they are not, sockets read as ever.
 */

/** Bytes that one read takes at most, in a process that reads much; and in one that has read next to nothing so far. */
const MUCH = 512 * 1024;
const LITTLE = 16 * 1024;
/** After so many reads, or one of so many bytes, a process reads much. To make an arena takes longer than to read a little. */
const FEW = 16;
const SOME = 2048;

interface Fields {
  readonly buffer: symbol;
  readonly callback: symbol;
}

type Handle = { useUserBuffer?(buffer: Uint8Array): void } | null | undefined;
type Opened = Socket & { _handle?: Handle; [field: symbol]: unknown };

let fields: Fields | undefined | 'unknown' = 'unknown';
/** What all sockets read into. */
let shared: Buffer | undefined;
let fewLeft = FEW;

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
  const { buffer, callback } = fields;
  shared ??= Buffer.allocUnsafeSlow(LITTLE);
  let memory = shared;
  opened[callback] = (length: number) => {
    read(memory.subarray(0, length));
    if (fewLeft > 0) grow(length);
    if (memory !== shared && shared) {
      memory = shared;
      opened[buffer] = memory;
      opened._handle?.useUserBuffer?.(memory);
    }
    return true;
  };
  opened[buffer] = memory;
  opened._handle.useUserBuffer(memory);
  return true;
}

/** Counts a read. Each socket reads into the larger memory from its next one on. */
function grow(length: number): void {
  fewLeft = length >= SOME ? 0 : fewLeft - 1;
  if (fewLeft === 0) shared = arena()?.reading ?? Buffer.allocUnsafeSlow(MUCH);
}

function findFields(): Fields | undefined {
  const example = Buffer.allocUnsafe(1);
  const called = () => true;
  const socket = new Socket({ onread: { buffer: example, callback: called } } as ConstructorParameters<
    typeof Socket
  >[0]) as Opened;
  const symbols = Object.getOwnPropertySymbols(socket);
  const buffer = symbols.find((symbol) => socket[symbol] === example);
  const callback = symbols.find((symbol) => socket[symbol] === called);
  return buffer && callback && { buffer, callback };
}
