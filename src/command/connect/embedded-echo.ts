import { Server } from '../../endpoint/server.ts';
import type { Env } from '../../env.ts';
import { ALL_DIALECTS } from '../../protocol/dialect/refuse.ts';
import { serverDefaults } from '../option/server-options.ts';
import { clientEnv } from '../session/client-env.ts';

/** The server that `connect` talks to where no URL is given: it sends every message back. */
export async function startEcho(env: Env): Promise<{ readonly url: string; stop(): void }> {
  const server = new Server(
    { ...serverDefaults(), dialects: ALL_DIALECTS, hosts: ['127.0.0.1'], port: 0 },
    clientEnv(env),
    () => undefined,
    {
      opened: () => undefined,
      message: ({ link }, message) => link.send(message.opcode, message.buffer, message.start, message.end, true),
      pong: () => undefined,
      drain: () => undefined,
      peerClosed: () => undefined,
      ended: () => undefined,
      refused: () => undefined,
      trouble: () => undefined,
    },
  );
  const { port } = await server.start();
  return { url: `ws://127.0.0.1:${port}/`, stop: () => server.destroy() };
}
