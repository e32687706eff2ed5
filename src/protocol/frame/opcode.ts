/** The opcodes of RFC 6455 §5.2 by their registered names. */
export const Opcode = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

export type OpcodeName = keyof typeof Opcode;

const NAMES: readonly (OpcodeName | undefined)[] = [
  'continuation',
  'text',
  'binary',
  undefined,
  undefined,
  undefined,
  undefined,
  undefined,
  'close',
  'ping',
  'pong',
  undefined,
  undefined,
  undefined,
  undefined,
  undefined,
];

/** The name of an opcode 0–15; `undefined` for a reserved one. */
export function opcodeName(opcode: number): OpcodeName | undefined {
  return NAMES[opcode];
}

/** "Control frames are identified by opcodes where the most significant bit of the opcode is 1" (RFC 6455 §5.5). */
export function isControl(opcode: number): boolean {
  return (opcode & 0x8) !== 0;
}
