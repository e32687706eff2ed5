import { encodeFrame, headerLength } from './encode.ts';
import type { Frame, FrameHeader, LengthForm } from './frame.ts';

/**
 * A frame that somebody watches. Its raw bytes are made when asked for: header and masking key are kept whole and XOR
 * is its own inverse, so they come out as they were on the wire.
 */
export class WholeFrame implements Frame {
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  readonly opcode: number;
  readonly maskingKey: Uint8Array | undefined;
  readonly lengthForm: LengthForm;
  readonly length: bigint;
  readonly payload: Uint8Array;
  readonly offset: number;
  #raw: Uint8Array | undefined;

  constructor(header: FrameHeader, payload: Uint8Array, offset: number) {
    this.fin = header.fin;
    this.rsv1 = header.rsv1;
    this.rsv2 = header.rsv2;
    this.rsv3 = header.rsv3;
    this.opcode = header.opcode;
    this.maskingKey = header.maskingKey;
    this.lengthForm = header.lengthForm;
    this.length = header.length;
    this.payload = payload;
    this.offset = offset;
  }

  get headerLength(): number {
    return headerLength(this.lengthForm, this.maskingKey !== undefined);
  }

  get raw(): Uint8Array {
    this.#raw ??= encodeFrame(this, this.payload);
    return this.#raw;
  }
}
