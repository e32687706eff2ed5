import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { candidates } from '../../src/cli/completion.ts';
import { renderHelp } from '../../src/cli/help.ts';
import { manualPage } from '../../src/command/manual.ts';
import { allCommands } from '../../src/command/table.ts';
import { ExitStatus } from '../../src/exit-status.ts';

const page = readFileSync(resolve('man/wstap.1'), 'utf8');

describe('the manual page', () => {
  it('is current: npm run man writes it from the tables', () => {
    expect(page).toBe(manualPage());
  });

  it('names every option of every command', async () => {
    const text = page.replaceAll('\\-', '-').replaceAll('\\&', '');
    for (const { spec } of await allCommands()) {
      for (const { name } of spec.options) expect(text, `${spec.name} --${name}`).toContain(`-${name}`);
    }
  });

  it('names every exit status', () => {
    const status = page.slice(page.indexOf('.Sh EXIT STATUS'), page.indexOf('.Sh EXAMPLES'));
    for (const value of Object.values(ExitStatus)) expect(status).toMatch(new RegExp(`\\b${value}\\b`));
  });

  it('passes mandoc -T lint', (context) => {
    let mandoc = true;
    try {
      execFileSync('mandoc', ['-T', 'lint', '-W', 'warning', resolve('man/wstap.1')], { encoding: 'utf8' });
    } catch (error) {
      const { code, stdout } = error as { code?: string; stdout?: string };
      mandoc = code !== 'ENOENT';
      if (mandoc) expect(stdout).toBe('');
      else if (process.env.CI) throw new Error('mandoc is missing: apt-get install mandoc');
    }
    if (!mandoc) context.skip('mandoc is missing: apt-get install mandoc');
  });
});

describe('every option that is not hidden', async () => {
  const commands = (await allCommands()).map(({ spec }) => spec);
  const fallback = commands.find(({ name }) => name === 'connect');
  const readme = readFileSync(resolve('README.md'), 'utf8');

  it.each(commands)('of $name is in help, README and completion', (spec) => {
    const help = renderHelp('wstap', spec);
    if (!fallback) throw new Error('no connect');
    const offered = candidates({ commands, fallback }, [spec.name, '--']).map(({ word }) => word.replace(/=$/, ''));
    for (const { name } of spec.options.filter(({ hidden }) => !hidden)) {
      expect(help, 'help').toMatch(new RegExp(`--(?:\\[no-\\])?${name}\\b`));
      expect(readme, 'README').toMatch(new RegExp(`\`--${name}[\`[]`));
      expect(offered, 'completion').toContain(`--${name}`);
    }
  });
});

describe('option tables', () => {
  it('use no letter and no name twice within a command', async () => {
    for (const { spec } of await allCommands()) {
      const letters = spec.options.flatMap(({ short = [] }) => short);
      const names = spec.options.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
      expect(new Set(letters).size, spec.name).toBe(letters.length);
      expect(new Set(names).size, spec.name).toBe(names.length);
    }
  });

  it('mean the same by a letter in every command', async () => {
    const owner = new Map<string, string>();
    for (const { spec } of await allCommands()) {
      for (const { short = [], name } of spec.options) {
        for (const letter of short) {
          expect(owner.get(letter) ?? name, `-${letter} in ${spec.name}`).toBe(name);
          owner.set(letter, name);
        }
      }
    }
  });
});
