import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lookUp, parseNetrc } from '../../../../src/command/option/credential/netrc.ts';
import { run } from '../../../program.ts';
import { site } from '../../../site.ts';

const folder = mkdtempSync(join(tmpdir(), 'netrc-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the file', () => {
  test.each<[text: string, entries: [machine: string | undefined, login: string | undefined, password: string | undefined][]]>([
    ['', []],
    ['machine a login b password c', [['a', 'b', 'c']]],
    [
      'machine a\n  login b\n\tpassword c\nmachine d login e',
      [
        ['a', 'b', 'c'],
        ['d', 'e', undefined],
      ],
    ],
    ['machine a password c login b account x', [['a', 'b', 'c']]],
    ['default login b password c', [[undefined, 'b', 'c']]],
    ['# machine x login y\nmachine a login b password #c', [['a', 'b', '#c']]],
    ['machine a login "b b" password "c \\"d\\" \\\\ \\n"', [['a', 'b b', 'c "d" \\ \n']]],
    ['macdef init\nmachine x login y\npassword z\n\nmachine a login b', [['a', 'b', undefined]]],
    [
      'machine a login b\r\nmachine c login d\r\n',
      [
        ['a', 'b', undefined],
        ['c', 'd', undefined],
      ],
    ],
    ['login b password c', []],
    ['machine a login machine', [['a', 'machine', undefined]]],
    ['machine a login', [['a', '', undefined]]],
  ])('%j', (text, entries) => {
    expect(parseNetrc(text).map(({ machine, login, password }) => [machine, login, password])).toEqual(entries);
  });

  test('the host decides, then the user; default is for all others', () => {
    const entries = parseNetrc(
      'machine a.example login x password 1 machine A.example login y password 2 default login z password 3',
    );
    const found = (host: string, user?: string) => lookUp(entries, host, user)?.password;
    expect([found('a.example'), found('A.EXAMPLE'), found('a.example', 'y'), found('a.example', 'z')]).toEqual([
      '1',
      '1',
      '2',
      '3',
    ]);
    expect([found('b.example'), found('b.example', 'y'), found('sub.a.example')]).toEqual(['3', undefined, '3']);
  });
});

describe('--netrc', () => {
  const basic = (text: string) => `Basic ${btoa(text)}`;
  const file = (name: string, text: string, mode = 0o600) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  const HOME = { variables: { HOME: folder } };
  file('.netrc', 'machine 127.0.0.1 login ada password secret\nmachine localhost login bob password other\n');

  const authorizationOf = async (argv: (port: number) => string[]) => {
    const { port, asked } = await site({ '/': 'ws' });
    const outcome = await run(argv(port), '', HOME);
    return { ...outcome, sent: asked[0]?.field('Authorization') };
  };

  test.each<[string, (port: number) => string[], string | undefined]>([
    ['is for its host', (port) => ['--netrc', `ws://127.0.0.1:${port}/`], basic('ada:secret')],
    [
      'and for no other',
      (port) => ['--netrc', '--connect-to', `other.example:80:127.0.0.1:${port}`, 'ws://other.example/'],
      undefined,
    ],
    ['only where it is asked for', (port) => [`ws://127.0.0.1:${port}/`], undefined],
    ['less than --auth', (port) => ['--netrc', '--auth', 'x:y', `ws://127.0.0.1:${port}/`], basic('x:y')],
    ['and less than the URL', (port) => ['--netrc', `ws://x:y@127.0.0.1:${port}/`], basic('x:y')],
    ['gives a password to a user', (port) => ['--netrc', `ws://ada@127.0.0.1:${port}/`], basic('ada:secret')],
    ['of --auth too', (port) => ['--netrc', '--auth', 'ada', `ws://127.0.0.1:${port}/`], basic('ada:secret')],
    ['but not to another', (port) => ['--netrc', `ws://eve@127.0.0.1:${port}/`], basic('eve:')],
  ])('%s', async (_, argv, sent) => {
    expect(await authorizationOf(argv)).toMatchObject({ status: 0, stderr: '', sent });
  });

  test('--netrc-file names another', async () => {
    const path = file('other', 'default login eve password x');
    expect((await authorizationOf((port) => ['--netrc-file', path, `ws://127.0.0.1:${port}/`])).sent).toBe(basic('eve:x'));
  });

  test('others may read it: a warning', async () => {
    const path = file('open', 'default login eve password x', 0o644);
    const { status, stderr } = await authorizationOf((port) => ['--netrc-file', path, `ws://127.0.0.1:${port}/`]);
    expect(status).toBe(0);
    expect(stderr).toBe(`wstap: ! "${path}" holds passwords, and others may read it: chmod 600 makes it yours alone\n`);
  });

  test('a file that is not there: 3', async () => {
    const { status, stderr } = await run(['--netrc', 'ws://localhost:1/'], '', { variables: { HOME: '/nowhere' } });
    expect([status, stderr]).toEqual([3, 'wstap: --netrc: there is no file "/nowhere/.netrc"\n']);
  });

  test('it follows a redirect to the host that it is for', async () => {
    const other = await site({ '/': 'ws' });
    const first = await site({ '/': `302 Found\nLocation: ws://localhost:${other.port}/` });
    await run(['-L', '--netrc', `ws://127.0.0.1:${first.port}/`], '', HOME);
    expect([first.asked[0], other.asked[0]].map((asked) => asked?.field('Authorization'))).toEqual([
      basic('ada:secret'),
      basic('bob:other'),
    ]);
  });
});
