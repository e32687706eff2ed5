import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FileCookie, formatCookieFile, parseCookieFile } from '../../../../src/command/option/credential/cookie-file.ts';

const cookie = (changes: Partial<FileCookie> = {}): FileCookie => ({
  domain: 'a.example',
  subdomains: false,
  path: '/',
  secure: false,
  expires: 0,
  name: 'n',
  value: 'v',
  httpOnly: false,
  ...changes,
});

describe('reading', () => {
  test.each<[line: string, cookie: FileCookie | undefined]>([
    ['a.example\tFALSE\t/\tFALSE\t0\tn\tv', cookie()],
    [
      '.a.example\tTRUE\t/x\tTRUE\t1893456000\tn\tv',
      cookie({ subdomains: true, path: '/x', secure: true, expires: 1_893_456_000 }),
    ],
    ['A.Example\ttrue\t/\tfalse\t0\tn\tv', cookie({ subdomains: true })],
    ['#HttpOnly_a.example\tFALSE\t/\tFALSE\t0\tn\tv', cookie({ httpOnly: true })],
    ['a.example\tFALSE\t/\tFALSE\t0\tn', cookie({ value: '' })],
    ['a.example\tFALSE\t/\tFALSE\t0\tn\tv\tw', cookie({ value: 'v\tw' })],
    ['a.example\tFALSE\t/\tFALSE\t0\tn\tv\r', cookie()],
    ['a.example\tFALSE\t\tFALSE\t0\tn\tv', cookie()],
    ['a.example FALSE / FALSE 0 n v', undefined],
    ['a.example\tNO\t/\tFALSE\t0\tn\tv', undefined],
    ['a.example\tFALSE\t/\tFALSE\tsoon\tn\tv', undefined],
    ['\tFALSE\t/\tFALSE\t0\tn\tv', undefined],
  ])('%j', (line, read) => {
    expect(parseCookieFile(`# Netscape HTTP Cookie File\n\n${line}\n`)).toEqual(
      read ? { cookies: [read], wrong: [] } : { cookies: [], wrong: [3] },
    );
  });
});

test('what is written is read back', () => {
  const name = fc.stringMatching(/^[!-~]{1,8}$/);
  const any = fc.record({
    domain: fc.domain(),
    subdomains: fc.boolean(),
    path: name.map((text) => `/${text}`),
    secure: fc.boolean(),
    expires: fc.nat(),
    name,
    value: fc.stringMatching(/^[ -~]{0,20}$/),
    httpOnly: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(any), (cookies) => {
      expect(parseCookieFile(formatCookieFile(cookies))).toEqual({ cookies, wrong: [] });
    }),
  );
});
