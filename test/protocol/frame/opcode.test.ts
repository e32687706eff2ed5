import { expect, test } from 'vitest';
import { isControl, Opcode, opcodeName } from '../../../src/protocol/frame/opcode.ts';

test('the sixteen opcodes of RFC 6455 §5.2', () => {
  const names = Array.from({ length: 16 }, (_, opcode) =>
    `${opcode} ${opcodeName(opcode)} ${isControl(opcode) ? 'control' : ''}`.trim(),
  );
  expect(names).toEqual([
    '0 continuation',
    '1 text',
    '2 binary',
    ...[3, 4, 5, 6, 7].map((opcode) => `${opcode} undefined`),
    '8 close control',
    '9 ping control',
    '10 pong control',
    ...[11, 12, 13, 14, 15].map((opcode) => `${opcode} undefined control`),
  ]);
  expect(Object.entries(Opcode).every(([name, opcode]) => opcodeName(opcode) === name)).toBe(true);
});
