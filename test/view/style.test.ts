import { describe, expect, test } from 'vitest';
import { type ColorQuestion, colorLevel, colorStyle, plainStyle } from '../../src/view/style.ts';

type Variables = ColorQuestion['variables'];

describe('colorLevel: flag, FORCE_COLOR, NO_COLOR, CLICOLOR_FORCE, TERM=dumb, terminal and CLICOLOR', () => {
  const tty = { isTTY: true };
  const pipe = { isTTY: false };
  const xterm = { TERM: 'xterm' };
  test.each<[string, Omit<ColorQuestion, 'variables'>, Variables, number]>([
    ['a terminal has colour', tty, xterm, 1],
    ['a pipe has none', pipe, xterm, 0],
    ['the flag wins over everything', { ...tty, flag: 'never' }, { FORCE_COLOR: '3' }, 0],
    ['the flag wins over NO_COLOR', { ...pipe, flag: 'always' }, { NO_COLOR: '1', TERM: 'dumb' }, 1],
    ['auto is no flag', { ...pipe, flag: 'auto' }, xterm, 0],
    ['FORCE_COLOR wins over NO_COLOR', pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }, 1],
    ['FORCE_COLOR gives the depth', pipe, { FORCE_COLOR: '3' }, 3],
    ['FORCE_COLOR=0', tty, { ...xterm, FORCE_COLOR: '0' }, 0],
    ['FORCE_COLOR=false', tty, { ...xterm, FORCE_COLOR: 'false' }, 0],
    ['FORCE_COLOR= and =true leave the depth open', pipe, { FORCE_COLOR: '', TERM: 'xterm-256color' }, 2],
    ['NO_COLOR wins over CLICOLOR_FORCE', tty, { ...xterm, NO_COLOR: '1', CLICOLOR_FORCE: '1' }, 0],
    ['an empty NO_COLOR says nothing', tty, { ...xterm, NO_COLOR: '' }, 1],
    ['CLICOLOR_FORCE', pipe, { CLICOLOR_FORCE: '1', TERM: 'dumb' }, 1],
    ['CLICOLOR_FORCE=0 says nothing', pipe, { CLICOLOR_FORCE: '0' }, 0],
    ['TERM=dumb', tty, { TERM: 'dumb' }, 0],
    ['CLICOLOR=0', tty, { ...xterm, CLICOLOR: '0' }, 0],
    ['TERM with 256 colours', tty, { TERM: 'screen-256color' }, 2],
    ['COLORTERM', tty, { ...xterm, COLORTERM: 'truecolor' }, 3],
  ])('%s', (_name, question, variables, level) => {
    expect(colorLevel({ ...question, variables })).toBe(level);
  });
});

describe('colorStyle', () => {
  test('level 0 is plain', async () => {
    expect(await colorStyle(0)).toBe(plainStyle);
    for (const paint of Object.values(plainStyle)) expect(paint('x')).toBe('x');
  });

  test('uses colours that can be read on any background: no black, yellow, blue or white', async () => {
    const style = await colorStyle(3);
    for (const paint of Object.values(style)) expect(paint('x')).not.toMatch(/\x1b\[(30|33|34|37|38|9\d|4\d|10\d)/);
  });

  test('bad is not good, sent is not received', async () => {
    const style = await colorStyle(1);
    expect(style.bad('x')).not.toBe(style.good('x'));
    expect(style.sent('x')).not.toBe(style.received('x'));
    expect(style.bad('x')).toContain('\x1b[31m');
  });
});
