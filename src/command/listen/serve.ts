import { writeFile } from 'node:fs/promises';
import type { Options } from '../../cli/value.ts';
import { Server, type ServerHandler, type ServerOptions } from '../../endpoint/server.ts';
import type { Env } from '../../env.ts';
import type { EventSink } from '../../session/event.ts';
import type { Listening } from '../../transport/listen.ts';
import { LocalError } from '../command.ts';
import { unixUrl } from '../option/unix-url.ts';
import { clientEnv } from '../session/client-env.ts';
import { lookOf } from '../session/look.ts';
import { exposureOf, type Protection } from './exposure.ts';
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
  const page = await pageFor(options, serverOptions, env, say);
  const served = page ? { ...serverOptions, aside: page } : serverOptions;
  const server = new Server(served, clientEnv(env), page?.sink(sink) ?? sink, page?.handler(handler) ?? handler);
  const [host = ''] = serverOptions.hosts;
  const [door = { host, port: serverOptions.port }] = serverOptions.doors ?? [];
  const listening = await server.start().catch(async (error: NodeJS.ErrnoException) => {
    const isTaken = error.code === 'EADDRINUSE' && 'port' in door;
    const owner = isTaken ? await (await import('./port-owner.ts')).portOwner(door.port) : undefined;
    throw new LocalError(listenProblem(error, door, owner));
  });
  const { port } = listening;
  ready(port);
  // Who names a host hears of it by that name; of its further addresses nothing is said.
  const places = serverOptions.doors ? [...server.places] : [{ ...listening, host }];
  for (const place of places) {
    const reached = place.unixSocket === undefined ? exposureOf(place.host, protectionOf(serverOptions)) : undefined;
    if (reached !== undefined) env.stderr.write(`wstap: ${reached}\n`);
  }
  const file = options.text('port-file');
  if (file !== undefined) {
    await writeFile(file, `${port}\n`).catch((error: Error) => {
      server.destroy();
      throw new LocalError(`the port cannot be written to ${JSON.stringify(file)}: ${error.message}`);
    });
  }
  const secure = serverOptions.tls !== undefined;
  if (!options.flag('quiet')) for (const place of places) say(`wstap: listening on ${urlOf(place, secure)}`);
  const visited = places.find(({ unixSocket }) => unixSocket === undefined);
  const announcement = visited && page?.announcement(visited.host, visited.port);
  if (announcement && (!options.flag('quiet') || options.flag('page'))) say(`wstap: ${announcement}`);
  return server;
}

/** What is answered to browsers, where that is anything. */
async function pageFor(options: Options, server: ServerOptions, env: Env, say: (line: string) => void) {
  if (options.off('page') && !options.has('static')) return undefined;
  const { safe } = await lookOf(options, env, env.stderr);
  const note = (text: string) => {
    if (!options.flag('quiet')) say(`wstap: ${safe(text)}`);
  };
  return (await import('./page.ts')).pageOf(options, server, env, note);
}

function protectionOf({ guard, tls }: ServerOptions): Protection {
  return { asks: guard?.asks ?? false, tls: tls !== undefined, certificates: (tls?.clientCa.length ?? 0) > 0 };
}

function urlOf({ unixSocket, host, port }: Listening, secure: boolean): string {
  if (unixSocket === '') return 'the Unix socket that was handed down';
  if (unixSocket !== undefined) return unixUrl(unixSocket, '/', secure);
  return `${secure ? 'wss' : 'ws'}://${host.includes(':') ? `[${host}]` : host}:${port}/`;
}
