import type { Field } from './field.ts';
import type { OpcodeName } from './opcode.ts';

/**
 * How a frame of a draft before hybi-07 lies on the wire. The frame around it says what it means in the terms of
 * RFC 6455, opcode numbers included, so that whoever only asks what a frame means need not know of drafts.
 */
export interface DraftLayout {
  /** The draft's name, e.g. `hybi-03`. */
  readonly dialect: string;
  /** What the frame is; `undefined` where the draft does not say: such a frame is dropped. */
  readonly kind: OpcodeName | undefined;
  /** The opcode, or in hixie the frame type, as the draft has it: 0–15, or 0–255. */
  readonly code: number;
  /** Whether `code` is a frame type of hixie: a whole byte, and no bits besides. */
  readonly sentinel: boolean;
  /** Whether its first bit is MORE, which says the opposite of FIN. */
  readonly saysMore: boolean;
  /** The fourth reserved bit, where a later draft put MASK. */
  readonly rsv4: boolean;
  /** How the length was written: `7-bit`, `16-bit`, `64-bit`, `to ff`, `2-byte`. */
  readonly lengthForm: string;
  /** What the body of a closing frame holds: nothing, whatever its sender likes, a letter that names the sender, or code and reason. */
  readonly close: 'none' | 'body' | 'letter' | 'code';
  /** All of the frame without its mask: as long as `raw`, and the same bytes where nothing is masked. */
  readonly clear: Uint8Array;
  /** What everything behind the first four bytes was XORed with, over and over: 4 or 20 bytes; `undefined`: nothing. */
  readonly mask: Uint8Array | undefined;
  /** Header fields in wire order, and the sentinel behind the payload; values as in `clear`. */
  readonly fields: readonly Field[];
}
