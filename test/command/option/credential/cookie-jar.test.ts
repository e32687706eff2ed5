import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { describeWith } from '../../../need.ts';
import { run } from '../../../program.ts';
import { site } from '../../../site.ts';
import { makeCertificates, OPENSSL } from '../../../transport/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'cookie-jar-'));
afterAll(() => rmSync(folder, { recursive: true }));
const jar = join(folder, 'jar');
beforeEach(() => rmSync(jar, { force: true }));
const at = (port: number, path = '/') => `ws://127.0.0.1:${port}${path}`;

const FUTURE = 4_102_444_800;
const PAST = 946_684_800;
const lines = (...rows: string[]) => `# Netscape HTTP Cookie File\n${rows.map((row) => row.replaceAll(' ', '\t')).join('\n')}\n`;
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const rowsOf = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.includes('\t'))
    .map((line) => line.split('\t').join(' '));

describe('--cookie-file', () => {
  const sent = async (rows: string[], path = '/', argv: string[] = []) => {
    const { port, asked } = await site({ [path]: 'ws' });
    const outcome = await run(['--cookie-file', file('cookies', lines(...rows)), ...argv, at(port, path)]);
    return [outcome.status, asked[0]?.field('Cookie')];
  };

  test.each<[string, string[], string | undefined]>([
    ['its host', ['127.0.0.1 FALSE / FALSE 0 a 1', '127.0.0.1 FALSE / FALSE 0 b 2'], 'a=1; b=2'],
    ['another host', ['127.0.0.2 FALSE / FALSE 0 a 1', 'example.com TRUE / FALSE 0 b 2'], undefined],
    ['not expired', [`127.0.0.1 FALSE / FALSE ${FUTURE} a 1`, `127.0.0.1 FALSE / FALSE ${PAST} b 2`], 'a=1'],
    ['HttpOnly', ['#HttpOnly_127.0.0.1 FALSE / FALSE 0 a 1'], 'a=1'],
  ])('%s', async (_, rows, cookies) => expect(await sent(rows)).toEqual([0, cookies]));

  test('a secure one does not go over ws, but to this machine', async () => {
    const { port, asked } = await site({ '/': 'ws' });
    const rows = ['a.example FALSE / TRUE 0 a 1', 'a.example FALSE / FALSE 0 b 2', '127.0.0.1 FALSE / TRUE 0 c 3'];
    const argv = ['--cookie-file', file('cookies', lines(...rows)), '--connect-to', `a.example:80:127.0.0.1:${port}`];
    await run([...argv, 'ws://a.example/']);
    await run([...argv, at(port)]);
    expect(asked.map(({ field }) => field('Cookie'))).toEqual(['b=2', 'c=3']);
  });

  test('paths, the longest first', async () => {
    const rows = ['127.0.0.1 FALSE / FALSE 0 a 1', '127.0.0.1 FALSE /chat FALSE 0 b 2', '127.0.0.1 FALSE /chatter FALSE 0 c 3'];
    expect(await sent(rows, '/chat')).toEqual([0, 'b=2; a=1']);
  });

  test('beside --cookie, which takes a file too', async () => {
    expect(await sent(['127.0.0.1 FALSE / FALSE 0 a 1'], '/', ['--cookie', 'x=y'])).toEqual([0, 'x=y; a=1']);
    const { port, asked } = await site({ '/': 'ws' });
    await run(['--cookie', file('named', lines('127.0.0.1 FALSE / FALSE 0 a 1')), at(port)]);
    expect(asked[0]?.field('Cookie')).toBe('a=1');
  });

  test.each<[string, string, number, string]>([
    ['a missing file', '', 3, 'wstap: there is no file'],
    ['what is no cookie file', '{"cookies": []}\n', 3, 'is no cookie file: a line is seven fields between tabs'],
    ['a wrong line among good ones', `${lines('127.0.0.1 FALSE / FALSE 0 a 1')}oops\n`, 0, 'wstap: ! line 3 of'],
  ])('%s', async (_, text, status, words) => {
    const { port } = await site({ '/': 'ws' });
    const path = text === '' ? join(folder, 'missing') : file('broken', text);
    const outcome = await run(['--cookie-file', path, at(port)]);
    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toContain(words);
  });
});

describe('--cookie-jar', () => {
  test('keeps what every answer on the way sets, and sends it on', async () => {
    const { port, asked } = await site({
      '/': '302 Found\nLocation: /chat\nSet-Cookie: a=1\nSet-Cookie: b=2; Path=/chat; HttpOnly; Max-Age=1000',
      '/chat': 'ws\nSet-Cookie: c=3; Expires=Fri, 01 Jan 2100 00:00:00 GMT',
    });
    expect((await run(['-L', '--cookie-jar', jar, at(port)])).status).toBe(0);
    expect(asked.map(({ field }) => field('Cookie'))).toEqual([undefined, 'b=2; a=1']);
    expect(rowsOf(jar)).toEqual([
      '127.0.0.1 FALSE / FALSE 0 a 1',
      expect.stringMatching(/^#HttpOnly_127\.0\.0\.1 FALSE \/chat FALSE \d{10} b 2$/),
      `127.0.0.1 FALSE / FALSE ${FUTURE} c 3`,
    ]);
    expect(statSync(jar).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.startsWith('jar.'))).toEqual([]);

    await run(['--cookie-jar', jar, at(port, '/chat')]);
    expect(asked[2]?.field('Cookie')).toBe('b=2; a=1; c=3');
  });

  test('a refusal’s cookies are kept too; a cookie that has ended goes', async () => {
    const { port } = await site({ '/': '403 No\nSet-Cookie: a=1', '/out': '403 No\nSet-Cookie: a=; Max-Age=0' });
    expect((await run(['--cookie-jar', jar, at(port)])).status).toBe(6);
    expect(rowsOf(jar)).toHaveLength(1);
    await run(['--cookie-jar', jar, at(port, '/out')]);
    expect(rowsOf(jar)).toEqual([]);
  });

  test('is there in any case, with what --cookie-file holds', async () => {
    const { port } = await site({ '/': 'ws' });
    const row = '127.0.0.1 FALSE / FALSE 0 a 1';
    expect((await run(['--cookie-jar', jar, at(port)])).status).toBe(0);
    expect(rowsOf(jar)).toEqual([]);
    await run(['--cookie-jar', jar, '--cookie-file', file('given', lines(row)), at(port)]);
    expect(rowsOf(jar)).toEqual([row]);
    rmSync(jar);
    expect((await run(['--cookie-jar', jar, at(1)])).status).toBe(4);
    expect(readFileSync(jar, 'utf8')).toMatch(/^# Netscape HTTP Cookie File\n/);
  });

  test('/dev/null stays what it is', async () => {
    const { port } = await site({ '/': 'ws\nSet-Cookie: a=1' });
    expect(await run(['--cookie-jar', '/dev/null', at(port)])).toMatchObject({ status: 0, stderr: '' });
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test('a server sets none for others', async () => {
    const { port } = await site({ '/': '403 No\nSet-Cookie: a=1; Domain=example.com\nSet-Cookie: b=2; Domain=com' });
    await run(['--cookie-jar', jar, at(port)]);
    expect(rowsOf(jar)).toEqual([]);
  });

  test('a cookie that a redirect to the same place sets is no circle', async () => {
    const { port } = await site({
      '/': ({ field }) => (field('Cookie') === 'seen=1' ? 'ws' : '302 Found\nLocation: /\nSet-Cookie: seen=1'),
    });
    expect((await run(['-L', '--cookie-jar', jar, at(port)])).status).toBe(0);
    expect((await run(['-L', at(port)])).status).toBe(6);
  });

  test('a folder that is not there: 3, before anything is sent', async () => {
    const { port, asked } = await site({ '/': 'ws' });
    const { status, stderr } = await run(['--cookie-jar', join(folder, 'no', 'jar'), at(port)]);
    expect([status, asked.length]).toEqual([3, 0]);
    expect(stderr).toContain('wstap: --cookie-jar: there is no file');
  });
});

describeWith(OPENSSL, 'over TLS', () => {
  const certificates = makeCertificates();

  test('secure ones go to wss, domains to their subdomains', async () => {
    const { port, asked } = await site({ '/': 'ws' }, certificates.good);
    const rows = ['localhost FALSE / TRUE 0 a 1', '.localhost TRUE / FALSE 0 b 2'];
    const argv = ['--cookie-file', file('secure', lines(...rows)), '--ca', certificates.ca.file];
    expect((await run([...argv, `wss://localhost:${port}/`])).status).toBe(0);
    expect(asked[0]?.field('Cookie')).toBe('a=1; b=2');
  });
});
