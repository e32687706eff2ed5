/** One field of a frame's header with its place: the single source for hex dump, bit figure and JSON. */
export interface Field {
  readonly name:
    | 'FIN'
    | 'RSV1'
    | 'RSV2'
    | 'RSV3'
    | 'opcode'
    | 'MASK'
    | 'payload length'
    | 'extended payload length'
    | 'masking key'
    // In drafts before hybi-07 only:
    | 'MORE'
    | 'RSV4'
    | 'frame nonce'
    | 'frame type'
    | 'length'
    | 'sentinel';
  /** First bit, counted from the frame's first bit (bit 0 is FIN). */
  readonly bit: number;
  /** Width in bits. */
  readonly width: number;
  /** The value as a number; `bigint` only for the 64-bit length and the masking key is 32 bits big-endian. */
  readonly value: number | bigint;
  /** The value in words, e.g. `1 = text`, `126 → 16-bit`, `37 fa 21 3d`. */
  readonly text: string;
}
