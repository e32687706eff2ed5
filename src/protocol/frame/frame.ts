import type { DraftLayout } from './draft-layout.ts';

/** How the payload length was written: in 7 bits, or in 16 or 64 bits after the markers 126 and 127 (RFC 6455 §5.2). */
export type LengthForm = 7 | 16 | 64;

/** The header of a frame, every bit of it. */
export interface FrameHeader {
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  /** 0–15, as on the wire; `opcodeName` gives it a name. */
  readonly opcode: number;
  /** The 4 bytes of the masking key; `undefined` where the MASK bit is 0. */
  readonly maskingKey: Uint8Array | undefined;
  readonly lengthForm: LengthForm;
  /** The payload length that the header announces, in bytes. A bigint keeps even an illegal 64-bit length exact. */
  readonly length: bigint;
}

/** A frame with everything that was on the wire: nothing is judged here, see `check`. */
export interface Frame extends FrameHeader {
  /** Payload, unmasked but not inflated. Shorter than `length` only in a frame that was cut off. */
  readonly payload: Uint8Array;
  /** The bytes as on the wire, header first. */
  readonly raw: Uint8Array;
  /** Bytes of `raw` that are header: 2–14; in drafts before hybi-07 from 1 on. */
  readonly headerLength: number;
  /** Offset of the first byte in its direction's stream, counted from the end of the opening handshake. */
  readonly offset: number;
  /** How it lies on the wire, where that is a draft's way before hybi-07. */
  readonly draft?: DraftLayout;
}
