import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filePath } from '../../src/endpoint/plain-http-path.ts';

describe('a target that leads to a file', () => {
  test.each([
    ['/', [], true],
    ['/a.txt', ['a.txt'], false],
    ['/a/b/c.js?v=1', ['a', 'b', 'c.js'], false],
    ['/a.txt#part', ['a.txt'], false],
    ['/a%20b/%C3%A4.html', ['a b', 'ä.html'], false],
    ['/a/', ['a'], true],
    ['/a..b/c...d', ['a..b', 'c...d'], false],
    ['/?/../..', [], true],
    ['/100%25', ['100%'], false],
  ])('%s', (target, names, isDirectory) => {
    expect(filePath(target)).toMatchObject({ names, isDirectory });
  });
});

describe('a target that leads nowhere', () => {
  test.each([
    ['up', '/../etc/passwd'],
    ['up, in the middle', '/a/../../etc/passwd'],
    ['up and down again', '/a/../a.txt'],
    ['up, encoded', '/%2e%2e/etc/passwd'],
    ['up, half encoded', '/.%2E/etc/passwd'],
    ['up, the slash encoded', '/..%2fetc%2fpasswd'],
    ['up, encoded in one name', '/a%2f..%2f..%2fetc/passwd'],
    ['up, encoded twice: a hidden name at most', '/%252e%252e/etc/passwd'.replaceAll('%25', '%')],
    ['up, with a backslash', '/..\\etc\\passwd'],
    ['up, with an encoded backslash', '/..%5cetc%5cpasswd'],
    ['a backslash in a name', '/a%5c..%5cb'],
    ['overlong UTF-8', '/%c0%ae%c0%ae/etc/passwd'],
    ['half a character', '/%c3'],
    ['no digits behind the %', '/%zz'],
    ['a lone %', '/a%'],
    ['here', '/./a.txt'],
    ['here, encoded', '/%2e/a.txt'],
    ['an empty name', '//etc/passwd'],
    ['an empty name in the middle', '/a//b'],
    ['an empty name at the end', '/a//'],
    ['NUL', '/a.txt%00.png'],
    ['a line feed', '/a%0ab'],
    ['DEL', '/a%7f'],
    ['a hidden file', '/.env'],
    ['a hidden directory', '/.git/config'],
    ['a hidden file, encoded', '/%2eenv'],
    ['a hidden file further down', '/a/.htpasswd'],
    ['no path', '*'],
    ['nothing', ''],
    ['an address', 'http://127.0.0.1/a.txt'],
    ['no slash', 'etc/passwd'],
  ])('%s: %s', (_, target) => {
    expect(filePath(target)).toBeUndefined();
  });

  test('whatever is asked for, no name leads up, is hidden, or holds a separator', () => {
    const part = fc.constantFrom('.', '..', '/', '%2e', '%2f', '%5c', '\\', '%00', 'a', '%25', '2e', '?', ' ', '%c0%ae');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        for (const name of filePath(`/${parts.join('')}`)?.names ?? []) {
          expect(name).not.toMatch(/^\.|[/\\\0]/);
          expect(name).not.toBe('');
        }
      }),
    );
  });
});
