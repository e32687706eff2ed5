import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Peer } from '../need.ts';

/** Proxies of other people, each on a free port of loopback and with its files in a folder of its own. Ended by pid. */

export const tinyproxy: Peer = { debianPackage: 'tinyproxy', probe: ['tinyproxy', '-v'] };
export const microsocks: Peer = { debianPackage: 'microsocks', probe: ['sh', '-c', 'command -v microsocks'] };
export const dante: Peer = { debianPackage: 'dante-server', probe: ['/usr/sbin/danted', '-v'] };

export interface RunningProxy {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly port: number;
  stop(): void;
}

/** `lines`: of its configuration, besides those that say where it listens. */
export function startTinyproxy(lines: readonly string[] = []): Promise<RunningProxy> {
  return started((port, dir) => {
    const file = join(dir, 'tinyproxy.conf');
    const configuration = [`Port ${port}`, 'Listen 127.0.0.1', 'Timeout 60', 'LogLevel Error', ...lines];
    writeFileSync(file, `${configuration.join('\n')}\n`);
    return ['tinyproxy', '-d', '-c', file];
  });
}

export function startMicrosocks(args: readonly string[] = []): Promise<RunningProxy> {
  return started((port) => ['microsocks', '-i', '127.0.0.1', '-p', String(port), ...args]);
}

/** dante speaks SOCKS 4, 4a and 5. `rules`: in place of letting everybody go everywhere. */
export function startDante(rules = 'socks pass { from: 0/0 to: 0/0 }'): Promise<RunningProxy> {
  return started((port, dir) => {
    const file = join(dir, 'danted.conf');
    writeFileSync(
      file,
      `internal: 127.0.0.1 port = ${port}\nexternal: 127.0.0.1\nclientmethod: none\nsocksmethod: none\nerrorlog: ${dir}/log\n` +
        `user.privileged: root\nuser.unprivileged: nobody\nclient pass { from: 0/0 to: 0/0 }\n${rules}\n`,
    );
    return ['/usr/sbin/danted', '-N', '1', '-f', file, '-p', join(dir, 'pid')];
  });
}

/** None of them takes port 0: the system is asked for a free one, and where somebody else was quicker, for another. */
async function started(command: (port: number, dir: string) => readonly string[], tries = 3): Promise<RunningProxy> {
  const dir = mkdtempSync(join(tmpdir(), 'proxy-'));
  const port = await freePort();
  const [program = '', ...args] = command(port, dir);
  // In a group of its own: dante has children.
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  let status: number | null | undefined;
  child.on('exit', (code) => {
    status = code;
  });
  const stop = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
    rmSync(dir, { recursive: true, force: true });
  };
  while (!(await answers(port))) {
    if (status === undefined) continue;
    stop();
    if (tries > 1) return started(command, tries - 1);
    throw new Error(`${program} ended with status ${status}`);
  }
  return { host: `127.0.0.1:${port}`, port, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** Whether somebody takes connections there; asked again in a moment where not. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const there = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  if (!there) await new Promise((resolve) => setTimeout(resolve, 10));
  return there;
}
