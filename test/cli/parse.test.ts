import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/cli/option.ts';
import { parseArguments } from '../../src/cli/parse.ts';
import { connect, replay } from './sample.ts';

const parse = (...argv: string[]) => {
  const { options, positionals } = parseArguments(connect, argv);
  return { ...Object.fromEntries(options), ...(positionals.length > 0 ? { _: positionals } : {}) };
};

const mistake = (spec: typeof connect, argv: readonly string[]): string => {
  try {
    parseArguments(spec, argv);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'no mistake';
};

describe('what is typed is taken as meant', () => {
  test.each<[line: string[], meaning: Record<string, unknown>]>([
    [[], {}],
    [['ws://x/'], { _: ['ws://x/'] }],
    [['-'], { _: ['-'] }],
    // values that look like something else
    [['-H', '-y: z'], { header: ['-y: z'] }],
    [['-H', '--help'], { header: ['--help'] }],
    [['-H', '--'], { header: ['--'] }],
    [['-x', '-1'], { execute: ['-1'] }],
    [['-x', '-v'], { execute: ['-v'] }],
    [['-x', '@file'], { execute: ['@file'] }],
    [['-x', ''], { execute: [''] }],
    [['-x', '"quoted"'], { execute: ['"quoted"'] }],
    [['-x="quoted"'], { execute: ['"quoted"'] }],
    [['--execute="quoted"'], { execute: ['"quoted"'] }],
    [["--execute='single'"], { execute: ["'single'"] }],
    [['--execute', '{"a": [1,2]}'], { execute: ['{"a": [1,2]}'] }],
    [['--execute=a=b'], { execute: ['a=b'] }],
    [['--execute='], { execute: [''] }],
    [['--execute=two\nlines'], { execute: ['two\nlines'] }],
    [['-x', '007', '-x', '1e3', '-x', 'true'], { execute: ['007', '1e3', 'true'] }],
    [['-w', '-1'], { wait: -1 }],
    [['--wait=-1'], { wait: -1 }],
    [['-w-1'], { wait: -1 }],
    [['-w5'], { wait: 5 }],
    [['-w=5'], { wait: 5 }],
    // letters in a row, digits among them
    [['-v'], { verbose: 1 }],
    [['-vv'], { verbose: 2 }],
    [['-v', '--verbose', '-v'], { verbose: 3 }],
    [['-vE1'], { verbose: 1, one: true, 'exit-on-eof': true }],
    [['-E1'], { one: true, 'exit-on-eof': true }],
    [['-1'], { one: true }],
    [['-0'], { null: true }],
    [['-4'], { ipv4: true }],
    [['-10v4'], { one: true, null: true, verbose: 1, ipv4: true }],
    [['-1', 'ws://x/'], { one: true, _: ['ws://x/'] }],
    [['-vxhello'], { verbose: 1, execute: ['hello'] }],
    [['-vx', '-1'], { verbose: 1, execute: ['-1'] }],
    [['-vx='], { verbose: 1, execute: [''] }],
    [['-xé€😀'], { execute: ['é€😀'] }],
    // names
    [['--http1.1'], { 'http1.1': true }],
    [['-n'], { insecure: true }],
    [['-k'], { insecure: true }],
    [['--no-check'], { insecure: true }],
    // negation, the last one wins
    [['--no-compress'], { compress: false }],
    [['--compress', '--no-compress'], { compress: false }],
    [['--no-compress', '--compress'], { compress: true }],
    [['--color', 'always', '--no-color'], { color: false }],
    [['--no-color', '--color=auto'], { color: 'auto' }],
    [['-w', '1', '--wait=2'], { wait: 2 }],
    [['--format', 'json', '--format', 'raw'], { format: 'raw' }],
    // in order where repeatable
    [['-x', 'a', '--execute=b', '-xc'], { execute: ['a', 'b', 'c'] }],
    // an optional value is never the next word
    [['--dump', 'hex'], { dump: 'line', _: ['hex'] }],
    [['--dump=hex'], { dump: 'hex' }],
    [['--dump=hex', '--dump'], { dump: 'line' }],
    [['--reconnect', '3'], { reconnect: true, _: ['3'] }],
    [['--reconnect=3'], { reconnect: 3 }],
    // the end of options
    [['-v', '--', '--help'], { verbose: 1, _: ['--help'] }],
    [['--', '--'], { _: ['--'] }],
  ])('%j', (argv, meaning) => {
    expect(parse(...argv)).toEqual(meaning);
  });

  test('any value at all reaches the option byte for byte, in each of the four spellings', () => {
    const word = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
    fc.assert(
      fc.property(word, (text) => {
        expect(parse('-x', text, '--execute', text, `--execute=${text}`, `-x=${text}`)).toEqual({ execute: Array(4).fill(text) });
      }),
    );
  });

  test('positionals keep their order among options', () => {
    expect(parseArguments(replay, ['a.har', '--format', 'json', 'ws://x/']).positionals).toEqual(['a.har', 'ws://x/']);
  });

  test('help is shown even where a required word is still missing', () => {
    expect(parseArguments(replay, ['--help']).options.get('help')).toBe(true);
  });
});

describe('a mistake is answered with what to write', () => {
  test.each<[line: string[], message: string]>([
    [['--heade', 'x'], "Unknown option '--heade'; did you mean --header?"],
    [['--haeder=x'], "Unknown option '--haeder'; did you mean --header?"],
    [['--recon'], "Unknown option '--recon'; did you mean --reconnect?"],
    [['--no-compres'], "Unknown option '--no-compres'; did you mean --no-compress?"],
    [['--zzz'], "Unknown option '--zzz'."],
    [['--no-verbose'], "Unknown option '--no-verbose'; did you mean --verbose?"],
    [['--__proto__'], "Unknown option '--__proto__'."],
    [['-Z'], "Unknown option '-Z'."],
    [['-7'], "Unknown option '-7'."],
    [['-verbose'], "Unknown option '-e' in '-verbose'; did you mean --verbose?"],
    [['-v9'], "Unknown option '-9' in '-v9'."],
    [['--evil\u001b[2J'], "Unknown option '--evil\\u{1b}[2J'."],
    [['-x'], '-x needs a value; write -x MSG.'],
    [['--format'], '--format needs a value; write --format text|json|raw.'],
    [['--one=2'], '--one takes no value; write --one alone.'],
    [['-1=2'], '-1 takes no value; write -1 alone.'],
    [['--compress=no'], '--compress takes no value; write --compress alone, or --no-compress.'],
    [['--no-compress=1'], '--no-compress takes no value; write --no-compress alone.'],
    [['--wait', 'soon'], "--wait: 'soon' is no time; write 5 or -1"],
    [['--format', 'jsno'], "--format is one of text, json, raw; 'jsno' is none of them. Did you mean json?"],
    [['--dump=x'], "--dump is one of line, hex, bits; 'x' is none of them."],
    [['ws://x/', 'more'], "'more' is one word too many: wstap connect takes URL and no more. Put a text with spaces in quotes."],
  ])('%j', (argv, message) => {
    expect(mistake(connect, argv)).toBe(`${message}\nSee 'wstap connect --help'.`);
  });

  test.each<[line: string[], message: string]>([
    [[], 'FILE is missing: the recording.'],
    [['a.har'], 'URL is missing: where to send it.'],
  ])('%j', (argv, message) => {
    expect(mistake(replay, argv)).toBe(`${message}\nSee 'wstap replay --help'.`);
  });

  test('a bug in a parse hook stays a bug', () => {
    const throwing = { ...connect, options: [{ name: 'wait', kind: 'value', group: '', summary: '', parse: fail }] } as const;
    expect(() => parseArguments(throwing, ['--wait=1'])).toThrow(TypeError);
  });
});

function fail(): never {
  throw new TypeError('a bug');
}
