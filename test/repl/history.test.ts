import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { historyPath, openHistory } from '../../src/repl/history.ts';

let home: string;
let file: string;
const here = (): { HOME: string } => ({ HOME: home });

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'wstap-history-'));
  file = join(home, '.local/state/wstap/history');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test.each([
  [{ XDG_STATE_HOME: '/state', HOME: '/home/ada' }, '/state/wstap/history'],
  [{ HOME: '/home/ada' }, '/home/ada/.local/state/wstap/history'],
  [{ XDG_STATE_HOME: 'relative', HOME: '/home/ada' }, '/home/ada/.local/state/wstap/history'],
  [{ XDG_STATE_HOME: '', HOME: '/home/ada' }, '/home/ada/.local/state/wstap/history'],
  [{ HOME: '' }, undefined],
  [{}, undefined],
])('%j: %s', (variables, path) => {
  expect(historyPath(variables)).toBe(path);
});

test('what was appended is there next time, the newest first, newlines and backslashes too', () => {
  const first = openHistory(here());
  expect(first.entries).toEqual([]);
  for (const line of ['one', 'two\nlines', 'C:\\new\r', '漢字']) first.append(line);
  expect(openHistory(here()).entries).toEqual(['漢字', 'C:\\new\r', 'two\nlines', 'one']);
  expect(readFileSync(file, 'utf8')).toBe('one\ntwo\\nlines\nC:\\\\new\\r\n漢字\n');
});

test('only the owner may read it, also where others could before', () => {
  mkdirSync(join(home, '.local/state/wstap'), { recursive: true, mode: 0o755 });
  writeFileSync(file, 'old\n', { mode: 0o644 });
  openHistory(here()).append('new');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
});

test.each(['', '   ', ' begins with a blank', '/auth ada:secret', '/repeat 2 /auth x', `/text ${'x'.repeat(9000)}`])(
  '%j is left out',
  (line) => {
    openHistory(here()).append(line);
    expect(readFileSync(file, 'utf8')).toBe('');
  },
);

test.each(['/authors', 'the author'])('%j is kept', (line) => {
  openHistory(here()).append(line);
  expect(openHistory(here()).entries).toEqual([line]);
});

test('the newest 1000 are kept, and the file is cut to them', () => {
  openHistory(here());
  writeFileSync(file, Array.from({ length: 1500 }, (_, index) => `line ${index}\n`).join(''));
  const { entries } = openHistory(here());
  expect(entries).toHaveLength(1000);
  expect([entries[0], entries[999]]).toEqual(['line 1499', 'line 500']);
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(1001);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

describe('without a word where it cannot be', () => {
  const silent = (variables: Record<string, string | undefined>): void => {
    const history = openHistory(variables);
    expect(history.entries).toEqual([]);
    expect(() => history.append('x')).not.toThrow();
  };

  test('no home', () => silent({}));
  test('a directory that cannot be made', () => {
    writeFileSync(join(home, 'file'), '');
    silent({ XDG_STATE_HOME: join(home, 'file') });
  });
  test('a directory in its place', () => {
    mkdirSync(file, { recursive: true });
    silent(here());
  });
  test('a link in its place: nothing is written through it', () => {
    const target = join(home, 'target');
    mkdirSync(join(file, '..'), { recursive: true });
    symlinkSync(target, file);
    silent(here());
    expect(existsSync(target)).toBe(false);
  });
  test('it vanishes meanwhile', () => {
    const history = openHistory(here());
    rmSync(join(home, '.local'), { recursive: true });
    expect(() => history.append('x')).not.toThrow();
    chmodSync(home, 0o700);
  });
});
