import { expect, test } from 'vitest';
import { gapLine, gapText } from '../../src/view/gap.ts';
import { plainStyle } from '../../src/view/style.ts';

test.each([
  [{ duration: 312, tries: 1 }, 'connected again: gone for 312 ms, 1 try'],
  [{ duration: 61_000, tries: 7 }, 'connected again: gone for 1 min 1 s, 7 tries'],
])('%j', (gap, text) => {
  expect(gapText(gap)).toBe(text);
  for (const width of [60, 80, 200]) {
    const line = gapLine(gap, { style: plainStyle, width });
    expect(line).toMatch(new RegExp(`^┄┄ ${text} ┄+$`));
    expect(line.length).toBe(Math.min(width, 80));
  }
});

test('a narrow terminal gets no filling', () => {
  expect(gapLine({ duration: 5, tries: 1 }, { style: plainStyle, width: 10 })).toMatch(/try $/);
});
