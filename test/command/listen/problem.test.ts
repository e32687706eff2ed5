import { expect, test } from 'vitest';
import { listenProblem } from '../../../src/command/listen/problem.ts';
import type { Door } from '../../../src/transport/listen.ts';

const TCP: Door = { host: '127.0.0.1', port: 80 };
const UNIX: Door = { unixSocket: '/run/a' };
const FD: Door = { fd: 3 };

test.each<[door: Door, code: string, words: string]>([
  [TCP, 'EADDRINUSE', "port 80 is in use: choose another, or 0 for a free one (who has it: ss -ltnp 'sport = :80')"],
  [TCP, 'EACCES', 'port 80 may not be opened without privileges: choose one from 1024 on'],
  [TCP, 'EADDRNOTAVAIL', '"127.0.0.1" is no address of this machine'],
  [TCP, 'EWHATEVER', 'cannot listen on 127.0.0.1:80: it says'],
  [UNIX, 'EADDRINUSE', '/run/a is in use: choose another path, or end who listens there (ss -lxp | grep -F /run/a)'],
  [UNIX, 'ENOTSOCK', '/run/a is there and is no socket: it is left alone; choose another path'],
  [UNIX, 'ENOENT', 'the folder of /run/a does not exist: create it, or choose another path'],
  [UNIX, 'EACCES', 'this user may not create /run/a: choose a path in a folder of your own'],
  [UNIX, 'ENAMETOOLONG', 'it says; choose a shorter path'],
  [UNIX, 'EWHATEVER', 'cannot listen on /run/a: it says'],
  [FD, 'EBADF', 'descriptor 3 is not open: who starts us must hand it down'],
  [FD, 'EINVAL', 'descriptor 3 is no listening socket: hand down one that is bound and no connection'],
  [FD, 'EWHATEVER', 'cannot listen on descriptor 3: it says'],
])('%j %s', (door, code, words) => {
  expect(listenProblem(Object.assign(new Error('it says'), { code }), door)).toBe(words);
});

test('who has the port is named, where that is known; a name drives no terminal', () => {
  const taken = Object.assign(new Error('it says'), { code: 'EADDRINUSE' });
  expect(listenProblem(taken, TCP, 'ngi\u001bnx, process 8')).toBe(
    'port 80 is in use by ngi\\x1bnx, process 8: end it, or choose another, or 0 for a free one',
  );
});
