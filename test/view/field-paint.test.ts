import { expect, test } from 'vitest';
import { fields } from '../../src/protocol/frame/fields.ts';
import { fieldPaint } from '../../src/view/field-paint.ts';
import { plainStyle, type Style } from '../../src/view/style.ts';
import { sampleFrame } from './frame-sample.ts';

/** Each paint shows its own name. */
const named = Object.fromEntries(Object.keys(plainStyle).map((name) => [name, () => name])) as unknown as Style;

test('every bit of the longest header belongs to a field, and what follows to none', () => {
  const header = fields(sampleFrame({ key: '37fa213d', lengthForm: 64 }));
  const names = Array.from({ length: 14 * 8 + 1 }, (_, bit) => fieldPaint(header, bit, named)(''));
  expect(names.slice(0, 4)).toEqual(['flags', 'flags', 'flags', 'flags']);
  expect(new Set(names.slice(4, 8))).toEqual(new Set(['opcode']));
  expect(names[8]).toBe('mask');
  expect(new Set(names.slice(9, 80))).toEqual(new Set(['length']));
  expect(new Set(names.slice(80, 112))).toEqual(new Set(['mask']));
  expect(names[112]).toBe('dim');
});
