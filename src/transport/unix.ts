import { lstatSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { RouteError, type RouteObserver } from './route.ts';

/** Connections to Unix sockets: those with a path, and Linux's abstract ones, which are written `@NAME`. */

/** The longest path that fits into `sun_path` everywhere (Linux takes 107 bytes, macOS and BSD 103). */
const LONGEST = 107;

/** The name as Node wants it: an abstract one begins with NUL. */
export function systemName(name: string): string {
  return name.startsWith('@') ? `\0${name.slice(1)}` : name;
}

/** Why a name cannot be one: the system would cut it off, and mean another socket. */
export function nameProblem(name: string): string | undefined {
  const length = Buffer.byteLength(name);
  return length <= LONGEST ? undefined : `${name} is too long for a Unix socket: ${length} bytes, ${LONGEST} at most`;
}

/** Rejects with `RouteError` of hop `unix`. */
export function connectUnix(name: string, observer: RouteObserver, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    observer.begin('unix');
    const problem = nameProblem(name);
    if (problem !== undefined) {
      reject(new RouteError('unix', 'ENAMETOOLONG', problem, 'a shorter path: change to its folder and write ./NAME'));
      return;
    }
    const socket = connect({ path: systemName(name) });
    const failed = (error: NodeJS.ErrnoException) => reject(failure(name, error));
    const closed = () => reject(new RouteError('unix', 'ECONNABORTED', 'the connection was given up'));
    const abort = () => socket.destroy();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    socket.once('error', failed);
    socket.once('close', closed);
    socket.once('connect', () => {
      socket.off('error', failed);
      socket.off('close', closed);
      observer.done('unix', name);
      resolve(socket);
    });
  });
}

function failure(name: string, { code = 'ERROR', message }: NodeJS.ErrnoException): RouteError {
  const [words, hint] = unixWords(name, code, message);
  return new RouteError('unix', code, words, hint);
}

/** What the system says, in words and with what to try. */
export function unixWords(name: string, code: string, message: string): readonly [words: string, hint?: string] {
  switch (code) {
    case 'ENOENT':
      return [`there is no socket ${name}`, 'another path; is the server up?'];
    case 'ENOTDIR':
      return [`there is no socket ${name}: a part of its path is no folder`, 'another path'];
    case 'ECONNREFUSED':
      if (name.startsWith('@')) return [`nobody listens on ${name}`, 'another name; is the server up?'];
      return isSocket(name)
        ? [`nobody listens on ${name}`, 'to start the server: the socket may be left over from an earlier run']
        : [`${name} is no socket`, 'another path'];
    case 'ENOTSOCK':
      return [`${name} is no socket`, 'another path'];
    case 'EACCES':
    case 'EPERM':
      return [`this user may not use ${name}: permission denied`, 'as a user who may write to the socket and enter its folder'];
    case 'EPROTOTYPE':
      return [`${name} is a Unix socket of another type (datagrams), not a stream`, 'another path'];
    case 'EAGAIN':
      return [`${name} has too many waiting connections`, 'again; does its server still take clients?'];
    default:
      return [`${name}: ${message}`];
  }
}

function isSocket(path: string): boolean {
  try {
    return lstatSync(path).isSocket() || lstatSync(path).isSymbolicLink();
  } catch {
    return true;
  }
}
