import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A proxy of somebody else's, on ports that were free a moment ago, with its files in a folder of its own. */
export interface Front {
  readonly ports: readonly number[];
  stop(): void;
}

/** What to run: `command` with `args`, after `files` were written; `{dir}` in either is the folder. */
export interface FrontPlan {
  readonly command: string;
  readonly args: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

/** Resolves once all ports take connections. */
export async function startFront(count: number, plan: (ports: readonly number[]) => FrontPlan): Promise<Front> {
  const dir = mkdtempSync(join(tmpdir(), 'front-'));
  const ports = await freePorts(count);
  const { command, args, files } = plan(ports);
  const placed = (text: string) => text.replaceAll('{dir}', dir);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), placed(text));
  const child = spawn(command, args.map(placed), { stdio: ['ignore', 'ignore', 'pipe'], cwd: dir });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  const stop = () => {
    child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  };
  let status: number | null | undefined;
  child.on('exit', (code) => {
    status = code;
  });
  for (const port of ports) {
    while (!(await answers(port))) {
      if (status !== undefined) throw new Error(`${command} ended with status ${status}: ${said}`);
    }
  }
  return { ports, stop };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  });
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
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
