import type { MessageExtension } from '../extension/extension.ts';
import { headerLength, minimalForm, writeHeader } from '../frame/encode.ts';
import { Opcode } from '../frame/opcode.ts';

/**
 * One message to many clients: its frame is built once, once more for each set of compression parameters in use, and
 * goes out to all of them by reference. Only a server can do so: a client masks every frame with a key of its own.
 */
export class PreparedMessage {
  readonly opcode: 'text' | 'binary';
  readonly payload: Uint8Array;
  #plain: Uint8Array | undefined;
  /** By what an extension made of the payload: the frame around it. */
  #packed: Map<Uint8Array, Uint8Array> | undefined;
  #made: Map<string, Uint8Array> | undefined;

  /** `payload` must not change any more; text must be valid UTF-8. */
  constructor(opcode: 'text' | 'binary', payload: Uint8Array) {
    this.opcode = opcode;
    this.payload = payload;
  }

  /** The whole frame, for a peer with this extension; not to be changed. */
  frameFor(extension: MessageExtension | undefined): Uint8Array {
    this.#made ??= new Map();
    const packed = extension?.encodeForMany(this.payload, this.#made);
    if (!packed) {
      this.#plain ??= frameAround(FIN | Opcode[this.opcode], this.payload);
      return this.#plain;
    }
    this.#packed ??= new Map();
    const frame = this.#packed.get(packed) ?? frameAround(FIN | RSV1 | Opcode[this.opcode], packed);
    this.#packed.set(packed, frame);
    return frame;
  }
}

function frameAround(first: number, payload: Uint8Array): Uint8Array {
  const header = headerLength(minimalForm(payload.length), false);
  const frame = Buffer.allocUnsafeSlow(header + payload.length);
  writeHeader(frame, 0, first, payload.length, undefined);
  frame.set(payload, header);
  return frame;
}

const FIN = 0x80;
const RSV1 = 0x40;
