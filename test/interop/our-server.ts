import { onTestFinished } from 'vitest';
import { serverDefaults } from '../../src/command/option/server-options.ts';
import { clientEnv } from '../../src/command/session/client-env.ts';
import type { Ending } from '../../src/endpoint/client.ts';
import { type Peer, Server, type ServerOptions } from '../../src/endpoint/server.ts';
import { processEnv } from '../../src/env.ts';
import { Inbox } from './inbox.ts';
import { summary } from './message.ts';

/** Our server, which sends every message back, and what it saw. */
export interface OurServer {
  readonly url: string;
  readonly port: number;
  readonly opened: Inbox<Peer>;
  /** As `summary` tells them. */
  readonly messages: Inbox<string>;
  readonly wireLengths: Inbox<number>;
  readonly pongs: Inbox<string>;
  readonly ended: Inbox<Ending>;
}

/** Serves until the test is over. `greet` is called as soon as a client is there, `watch` watches frames as `-vv` does. */
export async function serve(
  options: Partial<ServerOptions> = {},
  { greet, watch = false }: { greet?: (peer: Peer) => void; watch?: boolean } = {},
): Promise<OurServer> {
  const opened = new Inbox<Peer>();
  const messages = new Inbox<string>();
  const wireLengths = new Inbox<number>();
  const pongs = new Inbox<string>();
  const ended = new Inbox<Ending>();
  const whole: ServerOptions = { ...serverDefaults(), hosts: ['127.0.0.1'], port: 0, ...options };
  const server = new Server(whole, clientEnv(processEnv()), () => undefined, {
    opened: (peer) => {
      if (watch) peer.link.connection.watch(true);
      greet?.(peer);
      opened.put(peer);
    },
    message: ({ link }, message) => {
      messages.put(summary(message.opcode, message.view()));
      wireLengths.put(message.wireLength);
      link.send(message.opcode, message.buffer, message.start, message.end);
    },
    pong: (_, payload) => pongs.put(Buffer.from(payload).toString()),
    drain: () => undefined,
    peerClosed: () => undefined,
    ended: (_, ending) => ended.put(ending),
    refused: () => undefined,
    trouble: () => undefined,
  });
  const { port } = await server.start();
  onTestFinished(() => server.destroy());
  return { url: `ws://127.0.0.1:${port}/`, port, opened, messages, wireLengths, pongs, ended };
}
