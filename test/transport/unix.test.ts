import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { connectUnix, unixWords } from '../../src/transport/unix.ts';
import { failureOf, never, Told } from './observing.ts';

const folder = mkdtempSync(join(tmpdir(), 'unix-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function listening(path: string): Promise<void> {
  const server = createServer((socket) => socket.end()).listen(path);
  onTestFinished(() => {
    server.close();
  });
  await once(server, 'listening');
}

/** A socket file that nobody listens on any more, as a server leaves it that is killed. */
async function leftOver(path: string): Promise<void> {
  const server = createServer().listen(`${path}.early`);
  await once(server, 'listening');
  renameSync(`${path}.early`, path);
  server.close();
  await once(server, 'close');
}

const failure = (name: string) => failureOf(connectUnix(name, new Told(), never));

test.each([
  ['a path', join(folder, 'live'), join(folder, 'live')],
  ['an abstract name', `@${folder}/abstract`, `\0${folder}/abstract`],
])('%s is one hop', async (_, name, path) => {
  await listening(path);
  const told = new Told();
  const socket = await connectUnix(name, told, never);
  expect(told.lines).toEqual(['begin unix', `done unix: ${name}`]);
  socket.destroy();
});

describe('what fails, in words', () => {
  test('no file', async () => {
    const { hop, code, message, hint } = await failure(join(folder, 'none'));
    expect([hop, code, message, hint]).toEqual([
      'unix',
      'ENOENT',
      `there is no socket ${folder}/none`,
      'another path; is the server up?',
    ]);
  });

  test('a part of the path is a file', async () => {
    writeFileSync(join(folder, 'file'), '');
    const { message } = await failure(join(folder, 'file', 'socket'));
    expect(message).toBe(`there is no socket ${folder}/file/socket: a part of its path is no folder`);
  });

  test('a file that is no socket', async () => {
    writeFileSync(join(folder, 'text'), '');
    expect((await failure(join(folder, 'text'))).message).toBe(`${folder}/text is no socket`);
  });

  test('nobody listens', async () => {
    await leftOver(join(folder, 'left'));
    const { code, message, hint } = await failure(join(folder, 'left'));
    expect([code, message, hint]).toEqual([
      'ECONNREFUSED',
      `nobody listens on ${folder}/left`,
      'to start the server: the socket may be left over from an earlier run',
    ]);
  });

  test('nobody has this abstract name', async () => {
    const { code, message } = await failure(`@${folder}/nobody`);
    expect([code, message]).toEqual(['ECONNREFUSED', `nobody listens on @${folder}/nobody`]);
  });

  test.each([
    ['EACCES', 'this user may not use /s: permission denied', 'as a user who may write to the socket and enter its folder'],
    ['EPROTOTYPE', '/s is a Unix socket of another type (datagrams), not a stream', 'another path'],
    ['EAGAIN', '/s has too many waiting connections', 'again; does its server still take clients?'],
    ['EWHATEVER', '/s: connect EWHATEVER', undefined],
  ])('%s', (code, words, hint) => {
    const [said, advice] = unixWords('/s', code, `connect ${code}`);
    expect([said, advice]).toEqual([words, hint]);
  });

  test('a path that the system would cut off', async () => {
    const long = `/tmp/${'x'.repeat(103)}`;
    const { code, message, hint } = await failure(long);
    expect([code, message, hint]).toEqual([
      'ENAMETOOLONG',
      `${long} is too long for a Unix socket: 108 bytes, 107 at most`,
      'a shorter path: change to its folder and write ./NAME',
    ]);
  });

  test('given up', async () => {
    await listening(join(folder, 'slow'));
    const error = await failureOf(connectUnix(join(folder, 'slow'), new Told(), AbortSignal.abort()));
    expect([error.hop, error.code]).toEqual(['unix', 'ECONNABORTED']);
  });
});
