import { Server } from '../../endpoint/server.ts';
import type { Env } from '../../env.ts';
import { ALL_DIALECTS } from '../../protocol/dialect/refuse.ts';
import { acceptedDrafts } from '../option/drafts.ts';
import { serverDefaults } from '../option/server-options.ts';
import { clientEnv } from '../session/client-env.ts';

/**
 * The server that `connect` talks to where no URL is given: it sends every message back. `draft`: the version that is asked
 * for, which alone is spoken then; some cannot be told apart by their requests.
 */
export async function startEcho(env: Env, draft: string | undefined): Promise<{ readonly url: string; stop(): void }> {
  const isOne = draft !== undefined && draft.trim().toLowerCase() !== 'auto';
  const dialects = isOne ? acceptedDrafts([draft]) : ALL_DIALECTS;
  const server = new Server({ ...serverDefaults(), dialects, hosts: ['127.0.0.1'], port: 0 }, clientEnv(env), () => undefined, {
    opened: () => undefined,
    message: ({ link }, message) => link.send(message.opcode, message.buffer, message.start, message.end, true),
    pong: () => undefined,
    drain: () => undefined,
    peerClosed: () => undefined,
    ended: () => undefined,
    refused: () => undefined,
    trouble: () => undefined,
  });
  const { port } = await server.start();
  return { url: `ws://127.0.0.1:${port}/`, stop: () => server.destroy() };
}
