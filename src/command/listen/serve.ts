import { writeFile } from 'node:fs/promises';
import type { Options } from '../../cli/value.ts';
import { Server, type ServerHandler, type ServerOptions } from '../../endpoint/server.ts';
import type { Env } from '../../env.ts';
import type { EventSink } from '../../session/event.ts';
import { LocalError } from '../command.ts';
import { clientEnv } from '../session/client-env.ts';

/** Starts a server and says where it is, for people and for scripts. Throws `LocalError` where the port cannot be had. */
export async function serve(
  options: Options,
  serverOptions: ServerOptions,
  env: Env,
  sink: EventSink,
  handler: ServerHandler,
  say: (line: string) => void,
): Promise<Server> {
  const server = new Server(serverOptions, clientEnv(env), sink, handler);
  const [host = ''] = serverOptions.hosts;
  const { port } = await server.start().catch((error: NodeJS.ErrnoException) => {
    throw new LocalError(wordsFor(error, host, serverOptions.port));
  });
  const file = options.text('port-file');
  if (file !== undefined) {
    await writeFile(file, `${port}\n`).catch((error: Error) => {
      server.destroy();
      throw new LocalError(`the port cannot be written to ${JSON.stringify(file)}: ${error.message}`);
    });
  }
  if (!options.flag('quiet')) say(`wstap: listening on ws://${host.includes(':') ? `[${host}]` : host}:${port}/`);
  return server;
}

function wordsFor({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE')
    return `port ${port} is in use: choose another, or 0 for a free one (who has it: ss -ltnp 'sport = :${port}')`;
  if (code === 'EACCES') return `port ${port} may not be opened without privileges: choose one from 1024 on`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${JSON.stringify(host)} is no address of this machine`;
  return `cannot listen on ${host}:${port}: ${message}`;
}
