import { expect, test } from 'vitest';
import { say } from '../../src/cli/say.ts';

function said(text: string, terminal: { isTTY?: boolean; columns?: number }): string {
  const written: string[] = [];
  say({ ...terminal, write: (part) => written.push(part) }, text);
  return written.join('');
}

const LONG = 'one two three four five six seven eight nine ten eleven twelve';

test.each<[name: string, text: string, terminal: { isTTY?: boolean; columns?: number }, expected: string]>([
  ['a log gets it as it is', LONG, { columns: 40 }, `wstap: ${LONG}\n`],
  ['what fits stays', 'one  two', { isTTY: true, columns: 40 }, 'wstap: one  two\n'],
  [
    'a terminal gets it broken at blanks',
    LONG,
    { isTTY: true, columns: 40 },
    'wstap: one two three four five six seven\n  eight nine ten eleven twelve\n',
  ],
  ['80 columns where nobody knows', LONG, { isTTY: true }, `wstap: ${LONG}\n`],
  ['narrower than 40 is not tried', 'one two three four', { isTTY: true, columns: 10 }, 'wstap: one two three four\n'],
  [
    'its own lines are kept, and an example stays whole',
    `first\n  wstap --${'x'.repeat(60)} -k\nSee ${LONG}`,
    { isTTY: true, columns: 44 },
    `wstap: first\n  wstap --${'x'.repeat(60)} -k\nSee one two three four five six seven eight\n  nine ten eleven twelve\n`,
  ],
])('%s', (_, text, terminal, expected) => {
  expect(said(text, terminal)).toBe(expected);
});
