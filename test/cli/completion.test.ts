import { describe, expect, test } from 'vitest';
import { answerCompletion, candidates } from '../../src/cli/completion.ts';
import type { CommandSpec } from '../../src/cli/option.ts';
import { connect, replay } from './sample.ts';

const completion: CommandSpec = {
  name: 'completion',
  summary: 'print a completion script',
  description: [],
  positionals: [{ name: 'SHELL', required: true, choices: ['bash', 'zsh', 'fish'], summary: 'which shell' }],
  options: [],
  examples: [],
};
const table = { commands: [connect, replay, completion], fallback: connect };
const offered = (...words: string[]) => candidates(table, words).map(({ word }) => word);

describe('what is offered', () => {
  test.each<[typed: string[], offers: string[]]>([
    // commands, only as the first word
    [[''], ['connect', 'replay', 'completion']],
    [['co'], ['connect', 'completion']],
    [['connect', 'co'], []],
    [['ws://x/', 're'], []],
    // the options of the right command
    [
      ['replay', '--'],
      ['--format', '--help'],
    ],
    [
      ['connect', '--he'],
      ['--header', '--help'],
    ],
    [['--he'], ['--header', '--help']],
    [['connect', 'replay', '--w'], ['--wait']],
    [['-x', 'replay', '--w'], ['--wait']],
    // hidden ones are not, negatable ones in both forms
    [['--sl'], []],
    [['--no-'], ['--no-compress', '--no-color']],
    [['--comp'], ['--compress']],
    // what was given is not offered again, unless it repeats
    [['-w', '5', '--w'], []],
    [['--wait=5', '--w'], []],
    [['--no-compress', '--c'], ['--color']],
    [['-n', '--inse'], []],
    [['-H', 'a: b', '--hea'], ['--header']],
    [['-v', '--verb'], ['--verbose']],
    // choices, where a value is awaited
    [
      ['--format', ''],
      ['text', 'json', 'raw'],
    ],
    [['--format', 'j'], ['json']],
    [['--format=j'], ['--format=json']],
    [['--dump'], ['--dump', '--dump=line', '--dump=hex', '--dump=bits']],
    [['--dump=h'], ['--dump=hex']],
    [['--dump', ''], []],
    // a value that we know nothing of: the shell offers files
    [['-x', ''], []],
    [['-x', '--'], []],
    [['-vx', '--'], []],
    [['-xhello', '--hea'], ['--header']],
    [['--', '--he'], []],
    // positionals with choices
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['completion', 'z'], ['zsh']],
    [['completion', 'zsh', ''], []],
    [[], ['connect', 'replay', 'completion']],
  ])('%j', (typed, offers) => {
    expect(offered(...typed)).toEqual(offers);
  });
});

describe('how the shells are answered', () => {
  test.each<[request: string[], lines: string[]]>([
    [['bash', 'rep'], ['replay']],
    [['zsh', 'rep'], ['replay:send a recording again']],
    [['fish', 'rep'], ['replay\tsend a recording again']],
    // bash breaks words at `=` and completes the last piece
    [['bash', '--dump', '=', 'h'], ['hex']],
    [
      ['bash', '--dump', '='],
      ['line', 'hex', 'bits'],
    ],
    [['bash', '--format', '=', 'json', '--wa'], ['--wait']],
    [['zsh', '--dump=h'], ['--dump=hex:show each frame']],
    [['zsh', '--help', '-h', '--version', '--wa'], [`--wait:${connect.options.find(({ name }) => name === 'wait')?.summary}`]],
    [['csh', 'rep'], []],
    [[], []],
  ])('%j', async (request, lines) => {
    expect(await answerCompletion(table, request)).toEqual(lines);
  });
});
