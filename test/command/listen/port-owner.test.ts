import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { portOwner } from '../../../src/command/listen/port-owner.ts';
import { rawServer } from '../../peer.ts';

/** A /proc of our own making: two processes, of which the second listens on 8080 and is connected from 9090. */
const proc = mkdtempSync(join(tmpdir(), 'proc-'));
afterAll(() => rmSync(proc, { recursive: true }));

const row = (number: number, local: string, state: string, inode: number) =>
  `   ${number}: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0 100 0 0 10 0`;
mkdirSync(join(proc, 'net'));
writeFileSync(
  join(proc, 'net/tcp'),
  ['  sl  local_address …', row(0, '0100007F:1F90', '0A', 41), row(1, '0100007F:2382', '01', 42), ''].join('\n'),
);
writeFileSync(join(proc, 'net/tcp6'), ['  sl  …', row(0, `${'0'.repeat(32)}:0050`, '0A', 43), ''].join('\n'));
for (const [pid, name, inodes] of [
  ['7', 'cat', [42]],
  ['8', 'nginx\u001b[31m', [40, 41]],
  ['9', 'other', [44]],
] as const) {
  mkdirSync(join(proc, pid, 'fd'), { recursive: true });
  writeFileSync(join(proc, pid, 'comm'), `${name}\n`);
  inodes.forEach((inode, fd) => {
    symlinkSync(`socket:[${inode}]`, join(proc, pid, 'fd', String(fd)));
  });
}

describe('a port', () => {
  test.each<[what: string, port: number, owner: string | undefined]>([
    ['that somebody listens on', 8080, 'nginx\u001b[31m, process 8'],
    ['that is only connected', 9090, undefined],
    ['that nobody has', 1, undefined],
    ['of a process whose descriptors may not be read', 80, undefined],
  ])('%s', async (_, port, owner) => {
    expect(await portOwner(port, proc)).toBe(owner);
  });

  test('on a system without /proc', async () => {
    expect(await portOwner(8080, join(proc, 'none'))).toBeUndefined();
  });
});

test.runIf(process.platform === 'linux')('on this system', async () => {
  const { port } = await rawServer(() => undefined);
  expect(await portOwner(port)).toMatch(new RegExp(`, process ${process.pid}$`));
});
