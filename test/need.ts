import { spawnSync } from 'node:child_process';
import { describe, test } from 'vitest';

/** A program of somebody else's that a suite talks to, and the Debian package that brings it. */
export interface Peer {
  readonly debianPackage: string;
  /** Ends with status 0 where the program is there. */
  readonly probe: readonly [command: string, ...args: string[]];
}

/**
 * `describe`, where the peer is there. Where it is missing the suite is skipped with a title that names the package; under
 * CI, which promises to test all of them, it fails.
 */
export function describeWith({ debianPackage, probe: [command, ...args] }: Peer, name: string, suite: () => void): void {
  if (spawnSync(command, args, { stdio: 'ignore' }).status === 0) {
    describe(name, suite);
    return;
  }
  const missing = `${command} does not run: apt-get install ${debianPackage}`;
  if (!['', '0', 'false'].includes(process.env.CI ?? '')) {
    test(name, () => {
      throw new Error(missing);
    });
  } else test.skip(`${name} (${missing})`);
}
