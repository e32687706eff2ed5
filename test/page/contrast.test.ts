import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

/** WCAG 2.2 AA: text 4.5 to 1 (1.4.3), what a control is known by 3 to 1 (1.4.11). */

const sheet = readFileSync(join(import.meta.dirname, '../../src/page/ground.css'), 'utf8');
const [light = {}, dark = {}] = [...sheet.matchAll(/:root \{([^}]*--ground[^}]*)\}/g)].map(([, block = '']) =>
  Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value])),
);

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const text: [string, string[]][] = [
  ['ink', ['ground', 'card', 'sunk', 'accent-soft']],
  ['quiet', ['ground', 'card', 'sunk', 'accent-soft']],
  ['on-accent', ['accent']],
  ['out', ['card', 'sunk', 'accent-soft']],
  ['in', ['card', 'sunk', 'accent-soft']],
  ['key', ['card', 'sunk', 'accent-soft']],
  ['bad', ['card', 'sunk', 'accent-soft', 'bad-soft']],
];
const shapes: [string, string[]][] = [
  ['edge', ['card', 'ground']],
  ['accent', ['card', 'ground']],
  ['warn', ['ground']],
];

describe.each([
  ['light', light],
  ['dark', dark],
])('%s', (_, colours) => {
  const pairs = (list: typeof text) => list.flatMap(([front, backs]) => backs.map((back) => [front, back] as const));
  test.each(pairs(text))('%s on %s is readable', (front, back) => {
    expect(contrast(colours[front] ?? '', colours[back] ?? '')).toBeGreaterThanOrEqual(4.5);
  });
  test.each(pairs(shapes))('%s on %s is seen', (front, back) => {
    expect(contrast(colours[front] ?? '', colours[back] ?? '')).toBeGreaterThanOrEqual(3);
  });
});
