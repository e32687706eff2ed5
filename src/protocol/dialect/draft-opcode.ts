import { Opcode, type OpcodeName } from '../frame/opcode.ts';

/** The opcodes of hybi-01 to -06 by the names of RFC 6455, which gave the same six other numbers. */
const DRAFT_OPCODES: Readonly<Record<OpcodeName, number>> = { continuation: 0, close: 1, ping: 2, pong: 3, text: 4, binary: 5 };

const NAMES = Object.keys(DRAFT_OPCODES) as OpcodeName[];

/** What an opcode 0–15 of these drafts means; `undefined` for 6–15, which are reserved. */
export function draftKind(code: number): OpcodeName | undefined {
  return NAMES.find((name) => DRAFT_OPCODES[name] === code);
}

export function draftOpcode(kind: OpcodeName): number {
  return DRAFT_OPCODES[kind];
}

/** A reserved opcode of RFC 6455 that stands for whatever has no meaning. */
const MEANINGLESS = 3;

/** The opcode of RFC 6455 that means the same. */
export function opcodeOf(kind: OpcodeName | undefined): number {
  return kind === undefined ? MEANINGLESS : Opcode[kind];
}
