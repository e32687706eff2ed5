import { expect, test } from 'vitest';
import { lengthLabel, opcodeLabel } from '../../src/view/frame-event.ts';

test('every opcode has a label of at most six columns', () => {
  const labels = Array.from({ length: 16 }, (_, opcode) => opcodeLabel(opcode));
  expect(labels.filter((label) => !label.startsWith('OP 0x'))).toEqual(['CONT', 'TEXT', 'BINARY', 'CLOSE', 'PING', 'PONG']);
  expect(labels[11]).toBe('OP 0xb');
  expect(new Set(labels).size).toBe(16);
  for (const label of labels) expect(label.length).toBeLessThanOrEqual(6);
});

test('the length form is said', () => {
  expect(lengthLabel(5n, 7)).toBe('len 5 (7-bit)');
  expect(lengthLabel(2n ** 64n - 1n, 64)).toBe('len 18446744073709551615 (64-bit)');
});
