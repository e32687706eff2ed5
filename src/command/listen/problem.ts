import type { Door } from '../../transport/listen.ts';
import { escapeText } from '../../view/escape.ts';

/** Why we cannot listen there, in words, and what to do about it. `owner`: who has the port, where that is known. */
export function listenProblem(error: NodeJS.ErrnoException, door: Door, owner?: string): string {
  if ('unixSocket' in door) return ofUnixSocket(error, door.unixSocket);
  if ('fd' in door) return ofDescriptor(error, door.fd);
  const { host, port } = door;
  const { code, message } = error;
  switch (code) {
    case 'EADDRINUSE':
      if (owner !== undefined)
        return `port ${port} is in use by ${escapeText(owner)}: end it, or choose another, or 0 for a free one`;
      return `port ${port} is in use: choose another, or 0 for a free one (who has it: ss -ltnp 'sport = :${port}')`;
    case 'EACCES':
      return `port ${port} may not be opened without privileges: choose one from 1024 on`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${JSON.stringify(host)} is no address of this machine`;
    default:
      return `cannot listen on ${host}:${port}: ${message}`;
  }
}

function ofUnixSocket({ code, message }: NodeJS.ErrnoException, name: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `${name} is in use: choose another path, or end who listens there (ss -lxp | grep -F ${name})`;
    case 'ENOTSOCK':
      return `${name} is there and is no socket: it is left alone; choose another path`;
    case 'ENOENT':
    case 'ENOTDIR':
      return `the folder of ${name} does not exist: create it, or choose another path`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `this user may not create ${name}: choose a path in a folder of your own`;
    case 'ENAMETOOLONG':
      return `${message}; choose a shorter path`;
    default:
      return `cannot listen on ${name}: ${message}`;
  }
}

function ofDescriptor({ code, message }: NodeJS.ErrnoException, fd: number): string {
  if (code === 'EBADF') return `descriptor ${fd} is not open: who starts us must hand it down`;
  if (code === 'EINVAL' || code === 'ENOTSOCK' || code === 'EOPNOTSUPP')
    return `descriptor ${fd} is no listening socket: hand down one that is bound and no connection`;
  return `cannot listen on descriptor ${fd}: ${message}`;
}
