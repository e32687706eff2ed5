import { chmodSync, lstatSync, type Stats, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import { withUmask } from '../env.ts';
import { opened } from './opened.ts';
import { nameProblem, systemName } from './unix.ts';

/**
 * Listening at a Unix socket: only this user may use it, a socket that nobody listens on any more makes room, and nothing
 * else is ever removed.
 */
export async function openUnixSocket(server: Server, name: string, backlog: number | undefined): Promise<void> {
  const problem = nameProblem(name);
  if (problem !== undefined) throw withCode(problem, 'ENAMETOOLONG');
  const options = { path: systemName(name), ...(backlog !== undefined && { backlog }) };
  if (name.startsWith('@')) return opened(server, options);
  await makeRoom(name);
  // The file must never have been open to others, so its mode cannot be set only afterwards.
  const listening = withUmask(0o177, () => opened(server, options));
  await listening;
  chmodSync(name, 0o600);
}

/** Rejects with `EADDRINUSE` where somebody listens there, with `ENOTSOCK` where something else is. */
async function makeRoom(path: string): Promise<void> {
  const facts = factsOf(path);
  if (!facts) {
    // libuv calls this EACCES, which has other remedies.
    if (!factsOf(dirname(path))) throw withCode(`${dirname(path)} does not exist`, 'ENOENT');
    return;
  }
  if (!facts.isSocket()) throw withCode(`${path} is no socket`, 'ENOTSOCK');
  const refusal = await knock(path);
  if (refusal === undefined) throw withCode(`somebody listens on ${path}`, 'EADDRINUSE');
  if (refusal === 'ENOENT') return;
  if (refusal !== 'ECONNREFUSED') throw withCode(`${path} is taken`, refusal === 'EACCES' ? 'EACCES' : 'EADDRINUSE');
  unlinkSync(path);
}

function factsOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** `undefined` where somebody answers; else the system's reason. */
function knock(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'ERROR'));
    socket.once('connect', () => {
      socket.destroy();
      resolve(undefined);
    });
  });
}

function withCode(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}
