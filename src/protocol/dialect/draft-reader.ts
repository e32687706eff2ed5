import type { OpcodeName } from '../frame/opcode.ts';

/** Bytes → frames of a draft, in whatever pieces they come; nothing is judged. One reader a way of framing. */
export interface DraftReader {
  /** Whether the stream may end here: between two frames. */
  readonly atBoundary: boolean;
  /** Ends the current `read` after the frame at hand; the next `read` goes on. */
  pause(): void;
  /** Reads on; payloads are unmasked in place. Returns the index after the last byte taken. */
  read(chunk: Buffer, start: number): number;
}

/** What stands in front of a payload. */
export interface DraftHeader {
  /** Offset of the frame's first byte in its direction's stream. */
  readonly offset: number;
  /** As on the wire without the mask; the four bytes in front that the mask follows from are no part of it. */
  readonly bytes: Uint8Array;
  /** The four bytes in front, and what they make of the mask; `undefined` where nothing is masked. */
  readonly nonce: Uint8Array | undefined;
  readonly mask: Uint8Array | undefined;
  /** The first frame whose mask is the one that libwebsockets made of hybi-04's. */
  readonly quirk: boolean;
  readonly kind: OpcodeName | undefined;
  /** The opcode or frame type. */
  readonly code: number;
  readonly fin: boolean;
  /** As announced, exact; `undefined` where the frame runs to its sentinel. */
  readonly length: bigint | undefined;
  /** Of a length of hixie: it takes more bytes than we follow. Nothing can be read behind it. */
  readonly endless: boolean;
}

export interface DraftSink {
  /** A header is complete. `chunk[at, end)` is what follows in the same piece, still masked. Return false to stop. */
  header(header: DraftHeader, chunk: Buffer, at: number, end: number): boolean;
  /** The next payload bytes, unmasked, valid until return. `ends`: they are the frame's last. Return false to stop. */
  payload(chunk: Buffer, start: number, end: number, ends: boolean): boolean;
  /** The frame is complete. Return false to stop. */
  end(): boolean;
}
