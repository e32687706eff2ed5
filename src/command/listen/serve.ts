import { writeFile } from 'node:fs/promises';
import type { Options } from '../../cli/value.ts';
import { Server, type ServerHandler, type ServerOptions } from '../../endpoint/server.ts';
import type { Env } from '../../env.ts';
import { isLoopbackName } from '../../protocol/handshake/origin.ts';
import type { EventSink } from '../../session/event.ts';
import type { Listening } from '../../transport/listen.ts';
import { LocalError } from '../command.ts';
import { unixUrl } from '../option/unix-url.ts';
import { clientEnv } from '../session/client-env.ts';
import { listenProblem } from './problem.ts';

/** Starts a server and says where it is, for people and for scripts. Throws `LocalError` where the port cannot be had. */
export async function serve(
  options: Options,
  serverOptions: ServerOptions,
  env: Env,
  sink: EventSink,
  handler: ServerHandler,
  say: (line: string) => void,
  ready: (port: number) => void = () => undefined,
): Promise<Server> {
  const server = new Server(serverOptions, clientEnv(env), sink, handler);
  const [host = ''] = serverOptions.hosts;
  const [door = { host, port: serverOptions.port }] = serverOptions.doors ?? [];
  const listening = await server.start().catch((error: NodeJS.ErrnoException) => {
    throw new LocalError(listenProblem(error, door));
  });
  const { port } = listening;
  ready(port);
  if ('fd' in door && listening.unixSocket === undefined && !isLoopbackName(listening.host)) {
    say(`wstap: ! ${listening.host} can be reached from other machines; nobody is asked for a password`);
  }
  const file = options.text('port-file');
  if (file !== undefined) {
    await writeFile(file, `${port}\n`).catch((error: Error) => {
      server.destroy();
      throw new LocalError(`the port cannot be written to ${JSON.stringify(file)}: ${error.message}`);
    });
  }
  if (!options.flag('quiet'))
    say(`wstap: listening on ${urlOf(listening, 'fd' in door ? listening.host : host, serverOptions.tls !== undefined)}`);
  return server;
}

function urlOf({ unixSocket, port }: Listening, host: string, secure: boolean): string {
  if (unixSocket === '') return 'the Unix socket that was handed down';
  if (unixSocket !== undefined) return unixUrl(unixSocket, '/', secure);
  return `${secure ? 'wss' : 'ws'}://${host.includes(':') ? `[${host}]` : host}:${port}/`;
}
