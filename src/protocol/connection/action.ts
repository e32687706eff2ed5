import type { LengthForm } from '../frame/frame.ts';

/** A frame described by hand, legal or not. What is left out is what a correct sender would write. */
export interface FrameSpec {
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly fin?: boolean;
  readonly rsv1?: boolean;
  readonly rsv2?: boolean;
  readonly rsv3?: boolean;
  /** `none`: MASK bit 0; 4 bytes: that key; left out: as the role demands, with a fresh key. */
  readonly mask?: 'none' | Uint8Array;
  /** Force a form, minimal or not. */
  readonly lengthForm?: LengthForm;
  /** Announce another length than the payload has. */
  readonly length?: bigint;
}

/** What a user or program may ask of an open connection. */
export type Action =
  | { readonly type: 'send'; readonly opcode: 'text' | 'binary'; readonly data: Uint8Array; readonly compress?: boolean }
  /** One message in the given pieces, a frame each. */
  | { readonly type: 'fragment'; readonly opcode: 'text' | 'binary'; readonly parts: readonly Uint8Array[] }
  | { readonly type: 'ping' | 'pong'; readonly data: Uint8Array }
  | { readonly type: 'close'; readonly code?: number; readonly reason?: string }
  | { readonly type: 'frame'; readonly frame: FrameSpec }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array };
