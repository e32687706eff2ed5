import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Shell } from '../../src/cli/completion.ts';
import { completionScript } from '../../src/cli/completion-script.ts';
import { describeWith, type Peer } from '../need.ts';

// A `wstap` that notes how it was asked and answers what the test laid down.
const folder = mkdtempSync(join(tmpdir(), 'completion-'));
const stub = join(folder, 'wstap');
writeFileSync(stub, '#!/bin/sh\nd=$(dirname "$0")\nprintf "%s|" "$@" > "$d/asked"\ncat "$d/answer"\n');
chmodSync(stub, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

function ask(shell: Shell, driver: string, answer: string): { asked: string; offers: string[]; errors: string } {
  writeFileSync(join(folder, 'answer'), answer);
  writeFileSync(join(folder, 'asked'), '');
  const flags = { bash: ['--norc'], zsh: ['-f'], fish: ['--no-config'] }[shell];
  // Outside of a real completion zsh has no compdef.
  const script = `${shell === 'zsh' ? 'compdef() { : }\n' : ''}${completionScript('wstap', shell)}\n${driver}`;
  const { stdout, stderr } = spawnSync(shell, [...flags, '-c', script], {
    encoding: 'utf8',
    cwd: folder,
    env: { PATH: `${folder}:${process.env.PATH}`, HOME: folder },
  });
  return { asked: readFileSync(join(folder, 'asked'), 'utf8'), offers: stdout.split('\n').filter(Boolean), errors: stderr };
}

const shell = (name: Shell): Peer => ({ debianPackage: name, probe: [name, '-c', ':'] });

describeWith(shell('bash'), 'bash', () => {
  const press = (words: string[], answer: string) =>
    ask(
      'bash',
      `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _wstap_complete; printf '%s\\n' "\${COMPREPLY[@]}"`,
      answer,
    );

  test('asks with the words up to the cursor and offers the answer', () => {
    const { asked, offers, errors } = press(['wstap', 'connect', "'-H a'", '--fo'], '--format\n--foo\n');
    expect(asked).toBe('--get-yargs-completions|bash|connect|-H a|--fo|');
    expect(offers).toEqual(['--format', '--foo']);
    expect(errors).toBe('');
  });

  test('an empty current word is a word', () => {
    expect(press(['wstap', '--format', "''"], 'json\n').asked).toBe('--get-yargs-completions|bash|--format||');
  });
});

describeWith(shell('zsh'), 'zsh', () => {
  const press = (words: string[], answer: string) =>
    ask(
      'zsh',
      `_describe() { print -rl -- "\${(@P)2}" }; _files() { print files }; words=(${words.join(' ')}); CURRENT=${words.length}; _wstap_complete`,
      answer,
    );

  test('asks with the words up to the cursor and describes the answer', () => {
    const { asked, offers } = press(['wstap', 'connect', "'--format'", '"j"'], 'json:as JSON\n');
    expect(asked).toBe('--get-yargs-completions|zsh|connect|--format|j|');
    expect(offers).toEqual(['json:as JSON']);
  });

  test('offers files where there is no answer', () => {
    expect(press(['wstap', '-x', "''"], '').offers).toEqual(['files']);
  });
});

describeWith(shell('fish'), 'fish', () => {
  const press = (line: string, answer: string) => ask('fish', `complete -C '${line}'`, answer);

  test('asks with the words up to the cursor and offers the answer', () => {
    const { asked, offers, errors } = press('wstap connect --fo', '--format\tthe form\n');
    expect(asked).toBe('--get-yargs-completions|fish|connect|--fo|');
    expect(offers).toEqual(['--format\tthe form']);
    expect(errors).toBe('');
  });

  test('an empty current word is a word', () => {
    expect(press('wstap --format ', 'json\tj\n').asked).toBe('--get-yargs-completions|fish|--format||');
    expect(press('wstap ', 'connect\tc\n').asked).toBe('--get-yargs-completions|fish||');
  });

  test('offers files where there is no answer', () => {
    expect(press('wstap -x an', '').offers.map((line) => line.split('\t')[0])).toEqual(['answer']);
  });
});
