import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of `bin/wstap.js`, built. */
    program: string;
  }
}

/** Builds the program once a run. Tests run a copy, so that a build in the meantime takes nothing away from them. */
export default function setup(project: TestProject): () => void {
  const root = join(import.meta.dirname, '..');
  execFileSync(process.execPath, ['build.config.js'], { cwd: root, stdio: 'inherit' });
  const copy = mkdtempSync(join(tmpdir(), 'program-'));
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  project.provide('program', join(copy, 'bin/wstap.js'));
  return () => rmSync(copy, { recursive: true });
}
