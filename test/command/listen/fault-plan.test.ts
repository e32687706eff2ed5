import { describe, expect, test } from 'vitest';
import { parseFault } from '../../../src/command/listen/fault-plan.ts';
import { run } from '../../program.ts';

const always = { type: 'always' };

describe('NAME[=VALUE][@WHEN]', () => {
  test.each([
    ['mask', { name: 'mask', value: { number: 0, text: '' }, when: always }],
    ['rsv', { name: 'rsv', value: { number: 0, text: '1' }, when: always }],
    ['delay', { name: 'delay', value: { number: 200, text: '' }, when: always }],
    ['delay=1.5', { name: 'delay', value: { number: 1500, text: '' }, when: always }],
    ['oversized', { name: 'oversized', value: { number: 2 ** 40, text: '' }, when: always }],
    ['drop=10%', { name: 'drop', value: { number: 0, text: '', share: 0.1 }, when: always }],
    [
      'drop=3@2',
      { name: 'drop', value: { number: 3, text: '' }, when: { type: 'number', from: 2, to: Number.POSITIVE_INFINITY } },
    ],
    ['rsv=13@2-5', { name: 'rsv', value: { number: 0, text: '13' }, when: { type: 'number', from: 2, to: 5 } }],
    ['close=4000:bye@2s', { name: 'close', value: { number: 4000, text: 'bye' }, when: { type: 'time', after: 2000 } }],
    ['close=1000:a@b@500ms', { name: 'close', value: { number: 1000, text: 'a@b' }, when: { type: 'time', after: 500 } }],
    ['close=1000:a@b', { name: 'close', value: { number: 1000, text: 'a@b' }, when: always }],
    ['redirect=301:ws://u@h/', { name: 'redirect', value: { number: 301, text: 'ws://u@h/' }, when: always }],
    ['redirect=308', { name: 'redirect', value: { number: 308, text: '' }, when: always }],
    ['http-version=2', { name: 'http-version', value: { number: 0, text: '2' }, when: always }],
    ['length=-2', { name: 'length', value: { number: -2, text: '' }, when: always }],
    ['accept=a=b', { name: 'accept', value: { number: 0, text: 'a=b' }, when: always }],
  ])('%s', (text, fault) => {
    expect(parseFault(text)).toEqual(fault);
  });
});

describe('what is wrong is said, with status 2', () => {
  test.each([
    [['--fault', 'rsw'], '"rsw" is no fault. Did you mean rsv? --fault list shows all.'],
    [['--fault', 'xyzzy'], '"xyzzy" is no fault. --fault list shows all.'],
    [
      ['--fault', 'close@2x'],
      '--fault close@2x: "2x" is no time: write N or N-M for messages (rsv@3), or a time with its unit (close=1001@2s)',
    ],
    [
      ['--fault', 'mask@0'],
      '--fault mask@0: "0" is no time: write N or N-M for messages (rsv@3), or a time with its unit (close=1001@2s)',
    ],
    [['--fault', 'mask=1'], '--fault mask takes no value: write --fault mask'],
    [['--fault', 'rsv=4'], '--fault rsv: "4" is none of 1, 2, 3, 12, 13, 23, 123'],
    [['--fault', 'opcode=16'], '--fault opcode: "16" is not a number from 0 to 15'],
    [['--fault', 'length=1'], '--fault length: "1" has no sign: write +1 or -1'],
    [['--fault', 'delay=none'], '--fault delay: "none" has no end: write a limit'],
    [['--fault', 'bomb=0'], '--fault bomb: "0" is too small: write 1 or more'],
    [['--fault', 'drop=101%'], '--fault drop: 101% is more than all'],
    [['--fault', 'close=65536'], '--fault close: "65536" is not a number from 0 to 65535'],
    [['--fault', 'close=abc'], '--fault close: "abc" is not a number from 0 to 65535'],
    [['--fault', 'close=-1:bye'], '--fault close: "-1" is not a number from 0 to 65535'],
    [['--fault', 'close=:bye'], '--fault close: ":bye" is not a number from 0 to 65535'],
    [['--fault', 'close='], '--fault close: "" is not a number from 0 to 65535'],
    [['--fault', 'reject=teapot'], '--fault reject: "teapot" is not a number from 200 to 599'],
    [['--fault', `close=1000:${'é'.repeat(62)}`], '--fault close: a close reason has at most 123 bytes'],
    [['--fault', 'accept=é'], '--fault accept: "é" is no text of a header: write ASCII only'],
    [['--fault', 'redirect=a b'], '--fault redirect: "a b" is no address'],
    [['--fault', 'redirect=200:ws://x'], '--fault redirect: 200 is none of 301, 302, 303, 307, 308'],
    [['--fault', 'redirect=3020'], '--fault redirect: 3020 is none of 301, 302, 303, 307, 308'],
    [['--fault', 'http-version=abc def'], '--fault http-version: "abc def" is no version of HTTP: write one such as 1.0 or 2'],
    [['--reject', '40x=no'], '--reject: "40x" is not a number from 200 to 599'],
    [['--reject', '99'], '--reject: "99" is not a number from 200 to 599'],
    [['--fault', 'lf@2s'], '--fault lf is of the opening handshake: @N is the Nth request; a time has no meaning'],
    [['--fault', 'end@1-2'], '--fault end is done once: write @1, behind that message'],
    [['--reject-after', '1'], '--reject-after says when --reject begins: give --reject too'],
    [['--seed', '1'], '--seed is for faults that make random choices (jitter, garbage, drop=10%): give one of them'],
    [['--fault', 'jitter', '--seed', '5000000000'], '--seed 5000000000 is too large: write a number up to 4294967295'],
  ])('%j', async (args, message) => {
    expect(await run(['listen', ...args])).toEqual({ status: 2, stdout: '', stderr: `wstap: ${message}\n` });
  });
});

describe('contradictions', () => {
  test.each([
    [['accept', 'no-accept'], '--fault accept and --fault no-accept exclude each other: give one, or each its own @WHEN'],
    [['end@1', 'rst@1'], '--fault end and --fault rst exclude each other: give one, or each its own @WHEN'],
    [
      ['length=+1@1-3', 'oversized@3'],
      '--fault length and --fault oversized exclude each other: give one, or each its own @WHEN',
    ],
    [['rsv=1', 'rsv=2'], '--fault rsv is given twice for the same time: give one, or @WHEN'],
    [['silent', 'rsv'], '--fault rsv would never be seen: silent lets no client in; --fault silent@2 would let the first one in'],
    [['bomb', 'rsv'], '--fault bomb needs permessage-deflate, and --fault rsv a connection without: give one'],
  ])('%j', async (faults, message) => {
    const outcome = await run(['listen', ...faults.flatMap((fault) => ['--fault', fault])]);
    expect(outcome).toEqual({ status: 2, stdout: '', stderr: `wstap: ${message}\n` });
  });

  test.each([
    [['--fault', 'bomb', '--no-compress'], '--fault bomb needs permessage-deflate: leave --no-compress out'],
    [['--fault', 'lf', '--http2'], '--fault lf is of HTTP/1.1: leave --http2 out'],
    [
      ['--reject', '503', '--fault', 'mask'],
      '--fault mask would never be seen: reject lets no client in; --reject-after 1 would let the first one in',
    ],
  ])('%j', async (args, message) => {
    expect((await run(['listen', ...args])).stderr).toBe(`wstap: ${message}\n`);
  });
});
