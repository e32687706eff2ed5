import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseRate } from '../../../src/command/option/guard-options.ts';
import { GoodClient } from '../../peer.ts';
import { run, startListen } from '../../program.ts';

const folder = mkdtempSync(join(tmpdir(), 'guard-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a rate', () => {
  test.each<[text: string, unit: string, perSecond: number]>([
    ['100', 'messages', 100],
    ['1/s', 'messages', 1],
    ['500B', 'bytes', 500],
    ['64KiB/s', 'bytes', 65_536],
    ['1m/s', 'bytes', 1_048_576],
  ])('%s', (text, unit, perSecond) => {
    expect(parseRate(text)).toEqual({ unit, perSecond });
  });

  test.each(['', '/s', '0', '0KiB/s', '-1', '1.5/s', '5/m', '5 /s', '10XiB/s', 'none'])('%j is none', async (text) => {
    const { status, stderr } = await run(['listen', `--max-rate=${text}`]);
    expect(status).toBe(2);
    expect(stderr).toContain(`${JSON.stringify(text)} is not a rate: write 100/s (messages), or 64KiB/s (bytes)`);
  });
});

describe('a secret', () => {
  const basic = (text: string) => ({ headers: { Authorization: `Basic ${Buffer.from(text).toString('base64')}` } });

  test('that is missing is taken from WSTAP_PASSWORD', async () => {
    const { port } = await startListen(['--auth', 'joe'], { variables: { WSTAP_PASSWORD: 'kept' } });
    await new GoodClient(port, basic('joe:kept')).open();
  });

  test('or asked for, and where nobody can be asked it is said how to give it', async () => {
    const { status, stderr } = await run(['listen', '--auth', 'joe'], '', { variables: { CI: '1' } });
    expect(status).toBe(2);
    expect(stderr).toContain("Password for joe is needed, but CI='1' says that nobody is there to ask; give it with");
    expect(stderr).toContain('--auth USER:PASSWORD or the variable WSTAP_PASSWORD');
    expect(stderr).toContain('wstap listen --help');
  });

  test('may be empty, or have colons', async () => {
    const { port } = await startListen(['--auth', 'joe:', '--auth', 'eve:a:b']);
    await new GoodClient(port, basic('joe:')).open();
    await new GoodClient(port, basic('eve:a:b')).open();
  });

  test('a token comes from a file too', async () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'from.file\n');
    const { port } = await startListen(['--bearer', `@${file}`]);
    await new GoodClient(port, { headers: { Authorization: 'Bearer from.file' } }).open();
  });

  test.each<[argv: string[], status: number, words: string]>([
    [['--auth', ':x'], 2, '--auth has no user: write USER:PASSWORD, or USER to be asked for the password'],
    [['--bearer', 'a b'], 2, '--bearer takes a token without blanks, in ASCII'],
    [['--bearer', ''], 2, '--bearer takes a token without blanks, in ASCII'],
    [['--bearer', `@${join(folder, 'none')}`], 3, 'none'],
    [['--bearer', '@/dev/null'], 3, '"/dev/null" has no token in it'],
  ])('%j: %i', async (argv, status, words) => {
    const outcome = await run(['listen', ...argv]);
    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toContain(words);
  });

  test('on the command line is taken out of what ps shows', async () => {
    const hidden = async (argv: string[]) => {
      const { FakeEnv } = await import('../../fake-env.ts');
      const { main } = await import('../../../src/main.ts');
      let count = 0;
      const env = Object.assign(new FakeEnv({ variables: { WSTAP_PASSWORD: 'x' } }), { hideArguments: () => count++ });
      const outcome = main(env, ['listen', ...argv]);
      await env.stderr.until(/listening/);
      env.signal('SIGTERM');
      await outcome;
      return count;
    };
    expect(await hidden(['--auth', 'joe:geheim'])).toBe(1);
    expect(await hidden(['--bearer', 'abc'])).toBe(1);
    expect(await hidden(['--auth', 'joe'])).toBe(0);
    expect(await hidden([])).toBe(0);
  });
});
