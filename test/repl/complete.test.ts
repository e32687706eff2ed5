import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createCompleter } from '../../src/repl/complete.ts';
import { filesBeginningWith } from '../../src/repl/files.ts';

const files = (prefix: string): string[] => ['a.json', 'archive/', 'with blank.txt'].filter((path) => path.startsWith(prefix));
const client = createCompleter({ role: 'client', canRecord: true, files });
const server = createCompleter({ role: 'server', canRecord: false, clients: () => [1, 2, 12], files });

describe('on a client', () => {
  test.each<[string, string[], string]>([
    ['hello', [], 'hello'],
    ['//pi', [], '//pi'],
    ['', [], ''],
    ['/pi', ['/ping '], '/pi'],
    ['/PI', ['/ping '], '/PI'],
    ['/p', ['/ping', '/pong', '/paste'], '/p'],
    ['/st', ['/stats'], '/st'],
    ['/kick', [], '/kick'],
    ['/xyz', [], '/xyz'],
    ['/xyz a', [], 'a'],
    ['/dump ', ['off', 'line', 'hex', 'bits'], ''],
    ['/dump h', ['hex'], 'h'],
    ['/du h', ['hex'], 'h'],
    ['/dump hex ', [], ''],
    ['/help fr', ['fragment', 'frame'].filter((name) => name.startsWith('fr')), 'fr'],
    ['/close 101', ['1010', '1011', '1012', '1013', '1014'], '101'],
    ['/close g', ['going-away'], 'g'],
    ['/close 1000 g', [], 'g'],
    ['/filter p', ['ping', 'pong'], 'p'],
    ['/filter ping p', ['ping', 'pong'], 'p'],
    ['/frame op', ['opcode='], 'op'],
    ['/frame opcode=p', ['opcode=ping', 'opcode=pong'], 'opcode=p'],
    ['/frame opcode=ping mask=', ['mask=none', 'mask=random'], 'mask='],
    ['/frame len=6', ['len=64bit'], 'len=6'],
    ['/frame nonsense=', [], 'nonsense='],
    ['/frame constructor=', [], 'constructor='],
    ['/file a', ['a.json', 'archive/'], 'a'],
    ['/file with b', ['with blank.txt'], 'with b'],
    ['/binary @a.', ['@a.json'], '@a.'],
    ['/binary b', ['base64:'], 'b'],
    ['/binary ', [], ''],
    ['/record o', ['off'], 'o'],
    ['/record a.', ['a.json'], 'a.'],
    ['/repeat 3 /pi', ['/ping '], '/pi'],
    ['/repeat 3 /close 400', [], '400'],
    ['/repeat 3 hel', [], 'hel'],
    ['/repeat ', [], ''],
    ['/text /pi', [], '/pi'],
    ['/json {', [], '{'],
  ])('%j', (line, candidates, word) => {
    expect(client.complete(line)).toEqual([candidates, word]);
  });
});

describe('on a server', () => {
  test.each<[string, string[], string]>([
    ['/to ', ['1', '2', '12'], ''],
    ['/to 1', ['1', '12'], '1'],
    ['/to 2 /pi', ['/ping '], '/pi'],
    ['/ping ', ['1', '2', '12'], ''],
    ['/mut', ['/mute '], '/mut'],
    ['/mute 1', ['1', '12'], '1'],
    ['/unmute ', ['1', '2', '12'], ''],
    ['/kick 2 100', ['1000', '1001', '1002', '1003', '1007', '1008', '1009'], '100'],
    ['/rec', [], '/rec'],
  ])('%j', (line, candidates, word) => {
    expect(server.complete(line)).toEqual([candidates, word]);
  });
});

test.each([
  ['/ping', 'send a ping'],
  ['/ping ', 'send a ping'],
  ['1001', 'going-away'],
  ['hex', undefined],
])('beside the candidate %j a list says %j', (candidate, text) => {
  expect(client.describe(candidate)).toBe(text);
});

describe('files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wstap-files-'));
  mkdirSync(join(directory, 'sub'));
  for (const name of ['s.txt', '.hidden', 'sub/inner']) writeFileSync(join(directory, name), '');
  afterAll(() => rmSync(directory, { recursive: true }));

  test.each([
    ['', ['s.txt', 'sub/']],
    ['su', ['sub/']],
    ['sub/', ['sub/inner']],
    ['.h', ['.hidden']],
    ['nowhere/x', []],
  ])('%j', (prefix, names) => {
    expect(filesBeginningWith(`${directory}/${prefix}`)).toEqual(names.map((name) => `${directory}/${name}`));
  });
});
