import type { Frame, LengthForm } from '../protocol/frame/frame.ts';
import { type OpcodeName, opcodeName } from '../protocol/frame/opcode.ts';
import type { SessionEvent } from '../session/event.ts';

/** What every frame view is a function of. */
export type FrameEvent = Extract<SessionEvent, { type: 'frame' }>;

/** How many columns the time and the delta take: whatever stands under a frame's line is indented by this. */
export const MARGIN = 10;

const LABELS: Readonly<Record<OpcodeName, string>> = {
  continuation: 'CONT',
  text: 'TEXT',
  binary: 'BINARY',
  close: 'CLOSE',
  ping: 'PING',
  pong: 'PONG',
};

/** An opcode in at most six columns: `TEXT`, `BINARY`, `CONT`, …; `OP 0x3` for a reserved one. */
export function opcodeLabel(opcode: number): string {
  const name = opcodeName(opcode);
  return name ? LABELS[name] : `OP 0x${opcode.toString(16)}`;
}

/** The same of a frame of any draft; a type of hixie that means nothing is `T 0x80`. */
export function kindLabel({ opcode, draft }: Frame): string {
  if (!draft) return opcodeLabel(opcode);
  if (draft.kind) return LABELS[draft.kind];
  return draft.sentinel ? `T 0x${draft.code.toString(16).padStart(2, '0')}` : `OP 0x${draft.code.toString(16)}`;
}

/** Whether the four bytes in front of a frame are not its mask but what the mask follows from: hybi-04. */
export function hasNonce({ draft }: Frame): boolean {
  return draft?.mask !== undefined && draft.mask.length > 4;
}

/** What the first bit says, in four columns: nothing in hixie; where it is MORE, that there is more or that this is the last. */
export function finLabel({ fin, draft }: Frame): string {
  if (draft?.sentinel) return '    ';
  return fin ? (draft?.saysMore ? 'last' : 'fin ') : 'more';
}

/** `len 5 (7-bit)`: the length that the header announces, and the form it was written in. */
export function lengthLabel(length: bigint, form: LengthForm): string {
  return `len ${length} (${form}-bit)`;
}
