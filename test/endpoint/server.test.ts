import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { serverDefaults } from '../../src/command/option/server-options.ts';
import { clientEnv } from '../../src/command/session/client-env.ts';
import { Server, type ServerHandler } from '../../src/endpoint/server.ts';
import { processEnv } from '../../src/env.ts';

const nothing = () => undefined;
const HANDLER: ServerHandler = {
  opened: nothing,
  message: nothing,
  pong: nothing,
  drain: nothing,
  peerClosed: nothing,
  ended: nothing,
  refused: nothing,
  trouble: nothing,
};

/** Loopback has many addresses: each further one is another turn in which it may be stopped. */
const HOSTS = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'];

async function isOpen(host: string, port: number): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

test.each(['stop', 'destroy', 'stopAccepting'] as const)('%s while it starts leaves no listener open', async (how) => {
  for (let turns = 0; turns < 12; turns++) {
    const options = { ...serverDefaults(), hosts: HOSTS, port: 0 };
    const server = new Server(options, clientEnv(processEnv()), undefined, HANDLER);
    const starting = server.start();
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => process.nextTick(resolve));
    if (how === 'stop') server.stop(1001, '');
    else server[how]();
    const { port } = await starting;
    expect(server.places).toEqual([]);
    for (const host of HOSTS) expect(await isOpen(host, port)).toBe(false);
  }
});
