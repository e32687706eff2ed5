import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What is published: what is in it, and that installing it runs nothing. */
const manifest = JSON.parse(readFileSync(resolve('package.json'), 'utf8'));

describe('the package', () => {
  it('runs no script when it is installed', () => {
    for (const name of ['preinstall', 'install', 'postinstall']) expect(manifest.scripts).not.toHaveProperty(name);
  });

  it('depends on what the program loads and on nothing else', () => {
    expect(Object.keys(manifest.dependencies)).toEqual([
      'chalk',
      'jsonc-parser',
      'mrmime',
      'readline-sync',
      'selfsigned',
      'tough-cookie',
      'yaml',
      'yargs',
      'yargs-parser',
    ]);
  });

  it('holds the program, its types, its manual page, and no source, test or tool', () => {
    const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const listing = JSON.parse(output);
    // npm 12 gives an object by package name, earlier ones a list.
    const [packed] = Array.isArray(listing) ? listing : Object.values<{ files: { path: string }[] }>(listing);
    const paths: string[] = packed.files.map(({ path }: { path: string }) => path);
    expect(paths).toContain('bin/wstap.js');
    expect(paths).toContain('dist/main.cjs');
    expect(paths).toContain('man/wstap.1');
    const known =
      /^(?:bin\/wstap\.js|bin\/package\.json|man\/wstap\.1|dist\/.*\.(?:c?js|d\.ts)|dist\/THIRD-PARTY-LICENSES\.txt|LICENSE|README\.md|package\.json)$/;
    expect(paths.filter((path) => !known.test(path))).toEqual([]);
  });

  it('locks every dependency by its integrity and names no address', () => {
    const lock = JSON.parse(readFileSync(resolve('package-lock.json'), 'utf8'));
    const packages = Object.entries<{ integrity?: string; resolved?: string; link?: boolean }>(lock.packages).filter(
      ([path]) => path !== '',
    );
    expect(packages.filter(([, { integrity, link }]) => !integrity && !link).map(([path]) => path)).toEqual([]);
    expect(packages.filter(([, { resolved }]) => resolved?.startsWith('http')).map(([path]) => path)).toEqual([]);
  });
});
