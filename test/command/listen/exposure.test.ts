import { describe, expect, test } from 'vitest';
import { exposureOf, type Protection } from '../../../src/command/listen/exposure.ts';
import { startListen } from '../../program.ts';

const OPEN: Protection = { asks: false, tls: false, certificates: false };

test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('on %s nothing needs to be said', (host) => {
  expect(exposureOf(host, OPEN)).toBeUndefined();
});

const HERE = '192.0.2.1 can be reached from other machines; ';

test.each<[protection: Partial<Protection>, words: string]>([
  [{}, `! ${HERE}nobody is asked for a password (--auth); nothing is encrypted (--tls)`],
  [{ tls: true }, `! ${HERE}nobody is asked for a password (--auth); all is encrypted`],
  [{ asks: true }, `! ${HERE}clients must say who they are, readable on the way; nothing is encrypted (--tls)`],
  [{ asks: true, tls: true }, `${HERE}clients must say who they are; all is encrypted`],
  [{ certificates: true, tls: true }, `${HERE}clients must show a certificate; all is encrypted`],
])('protected by %j', (protection, words) => {
  expect(exposureOf('192.0.2.1', { ...OPEN, ...protection })).toBe(words);
});

test.each([
  ['0.0.0.0', '0.0.0.0, every address of this machine,'],
  ['::', '::, every address of this machine,'],
  ['', '::, every address of this machine,'],
])('%j is all of them', (host, words) => {
  expect(exposureOf(host, OPEN)).toContain(`! ${words} can be reached from other machines;`);
});

describe('the program says it before it is ready', () => {
  test.each<[argv: string[], said: RegExp]>([
    [[], /^wstap: ! 0\.0\.0\.0, every address of this machine, can be reached .*; nobody is asked .*\nwstap: listening on /],
    [['-q'], /^wstap: ! 0\.0\.0\.0, every address .*\n$/],
    [['--bearer', 'x'], /^wstap: ! 0\.0\.0\.0, .*; clients must say who they are, readable on the way; .*\nwstap: listening on /],
    [
      ['--bearer', 'x', '--tls'],
      /\nwstap: 0\.0\.0\.0, .*; clients must say who they are; all is encrypted\nwstap: listening on wss:/,
    ],
  ])('%j', async (argv, said) => {
    if (argv.includes('-q')) {
      const { start } = await import('../../program.ts');
      const { env, outcome } = start(['listen', '0.0.0.0:0', ...argv]);
      await env.stderr.until(/\n/);
      env.signal('SIGTERM');
      expect((await outcome).stderr).toMatch(said);
    } else expect((await startListen(['0.0.0.0:0', ...argv])).env.stderr.text).toMatch(said);
  });
});
