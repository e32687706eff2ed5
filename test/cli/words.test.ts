import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitWords } from '../../src/cli/words.ts';

describe('words, as a shell has them', () => {
  test.each<[command: string, words: string[]]>([
    ['', []],
    ['  ', []],
    ['./count.sh', ['./count.sh']],
    [' a  b\tc\nd ', ['a', 'b', 'c', 'd']],
    [`'a b' "c d" e\\ f`, ['a b', 'c d', 'e f']],
    [`''`, ['']],
    [`a "" b`, ['a', '', 'b']],
    [`it\\'s`, ["it's"]],
    [`a'b'"c"d`, ['abcd']],
    [`'$HOME | x'`, ['$HOME | x']],
    [`"\\$HOME \\\\ \\" \\n"`, ['$HOME \\ " \\n']],
    [`"a|b;c"`, ['a|b;c']],
    [`\\$x \\|`, ['$x', '|']],
    [`awk '{ print $1 }'`, ['awk', '{ print $1 }']],
    [`5$ a$`, ['5$', 'a$']],
    ['a\\\nb', ['ab']],
    ['*.txt ~/x [a-z]? http://x/?a=b', ['*.txt', '~/x', '[a-z]?', 'http://x/?a=b']],
  ])('%j', (command, words) => {
    expect(splitWords(command)).toEqual(words);
  });

  test('the same as sh finds', () => {
    const piece = fc.oneof(
      fc.stringMatching(/^[a-z0-9.,/=:+ -]{0,6}$/),
      fc.stringMatching(/^[ -&(-~]{0,6}$/).map((text) => `'${text}'`),
      fc.stringMatching(/^[a-z '#%()|;]{0,6}$/).map((text) => `"${text}"`),
      fc.constantFrom('\\a', '\\ ', '\\"', "\\'", '\\\\', '"\\\\"', '"\\$x"', '"\\""', '"\\q"'),
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
          { maxLength: 20 },
        ),
        (commands) => {
          const script = commands.map((command) => `printf '%s\\0' begin ${command} end`).join('\n');
          const found = execFileSync('/bin/sh', ['-fc', script], { encoding: 'utf8' });
          const expected = commands.flatMap((command) => ['begin', ...splitWords(command), 'end']);
          expect(found.split('\0').slice(0, -1)).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('what is no list of words', () => {
  test.each<[command: string, what: RegExp]>([
    [`'a`, /a quotation has no end/],
    [`a "b\\"`, /a quotation has no end/],
    ['a\\', /a quotation has no end/],
    ['a | b', /"\|" means something to a shell only: give --shell too/],
    ['a && b', /"&&" means/],
    ['a >b', /">" means/],
    ['a; b', /";" means/],
    ['a $HOME', /"\$H" means/],
    ['a "$HOME"', /"\$H" means/],
    ['a "`b`"', /"`" means/],
    ['a $(b)', /"\(" means|"\$\(" means/],
    ['a "\\\\$b"', /"\$b" means/],
  ])('%j', (command, what) => {
    expect(() => splitWords(command)).toThrow(what);
  });
});
