import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Door, type Listening, listen } from '../../src/transport/listen.ts';

const folder = mkdtempSync(join(tmpdir(), 'listen-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Listens, and remembers who came. */
async function open(door: Door): Promise<{ listening: Listening; accepted: [hop: string, remote: string][] }> {
  const accepted: [hop: string, remote: string][] = [];
  const listening = await listen(door, {
    accepted: (transport, hop) => {
      accepted.push([hop, transport.remote]);
      transport.destroy();
    },
    trouble: () => undefined,
  });
  onTestFinished(() => listening.close());
  return { listening, accepted };
}

async function visit(path: string): Promise<void> {
  const socket = connect(path).on('error', () => undefined);
  await once(socket.resume(), 'close');
}

const problem = (door: Door) =>
  open(door).then(
    () => 'none',
    ({ code }: NodeJS.ErrnoException) => code,
  );

describe('a Unix socket', () => {
  test('only this user may use it, and it is gone at the end', async () => {
    const path = join(folder, 'own');
    const before = process.umask();
    const { listening, accepted } = await open({ unixSocket: path });
    expect(process.umask()).toBe(before);
    expect(listening).toMatchObject({ host: '', port: 0, unixSocket: path });
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
    await visit(path);
    expect(accepted).toEqual([['unix', `unix:${path}`]]);
    await new Promise<void>((resolve) => listening.close(resolve));
    expect(existsSync(path)).toBe(false);
  });

  test('one that is left over makes room', async () => {
    const path = join(folder, 'left');
    const early = createServer().listen(`${path}.early`);
    await once(early, 'listening');
    renameSync(`${path}.early`, path);
    early.close();
    await once(early, 'close');
    const { accepted } = await open({ unixSocket: path });
    await visit(path);
    expect(accepted).toHaveLength(1);
  });

  test('one in use is left alone', async () => {
    const path = join(folder, 'used');
    const { accepted } = await open({ unixSocket: path });
    expect(await problem({ unixSocket: path })).toBe('EADDRINUSE');
    await visit(path);
    expect(accepted).toHaveLength(2);
  });

  test('a file that is no socket is left alone', async () => {
    const path = join(folder, 'text');
    writeFileSync(path, 'precious');
    expect(await problem({ unixSocket: path })).toBe('ENOTSOCK');
    expect(readFileSync(path, 'utf8')).toBe('precious');
  });

  test('a symbolic link is left alone', async () => {
    const path = join(folder, 'link');
    symlinkSync(join(folder, 'nowhere'), path);
    expect(await problem({ unixSocket: path })).toBe('ENOTSOCK');
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
  });

  test('a folder that is not there, a name too long', async () => {
    expect(await problem({ unixSocket: join(folder, 'none', 's') })).toBe('ENOENT');
    expect(await problem({ unixSocket: `/tmp/${'x'.repeat(200)}` })).toBe('ENAMETOOLONG');
  });

  test('an abstract one is no file; its name can be had once', async () => {
    const name = `@${folder}/abstract`;
    const { listening, accepted } = await open({ unixSocket: name });
    expect(listening.unixSocket).toBe(name);
    expect(existsSync(name)).toBe(false);
    expect(await problem({ unixSocket: name })).toBe('EADDRINUSE');
    await visit(`\0${name.slice(1)}`);
    expect(accepted).toEqual([['unix', `unix:${name}`]]);
  });
});

test('TCP, also by IPv6', async () => {
  const { listening, accepted } = await open({ host: '::1', port: 0 });
  expect(listening).toMatchObject({ host: '::1', unixSocket: undefined });
  const socket = connect({ host: '::1', port: listening.port }).on('error', () => undefined);
  await once(socket.resume(), 'close');
  expect(accepted).toEqual([['tcp', expect.stringMatching(/^\[::1\]:\d+$/)]]);
});

test('a descriptor that is none', async () => {
  expect(await problem({ fd: 9999 })).toMatch(/^(EBADF|EINVAL)$/);
});
