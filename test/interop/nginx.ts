import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Peer } from '../need.ts';

export const nginx: Peer = { debianPackage: 'nginx', probe: ['/usr/sbin/nginx', '-v'] };

export interface Nginx {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  stop(): void;
}

/**
 * nginx with these locations, in a folder of its own (`{dir}` in them). It takes no port 0, so it listens on a Unix socket,
 * and what comes to a free port here is carried there byte for byte. `door`: which, where `locations` opens another.
 */
export async function startNginx(
  locations: string,
  files: Readonly<Record<string, string>> = {},
  door = 'socket',
): Promise<Nginx> {
  const dir = mkdtempSync(join(tmpdir(), 'nginx-'));
  const path = join(dir, door);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  writeFileSync(join(dir, 'nginx.conf'), configuration(locations).replaceAll('{dir}', dir));
  const child = spawn('/usr/sbin/nginx', ['-e', 'stderr', '-p', dir, '-c', join(dir, 'nginx.conf')], { stdio: 'ignore' });
  let status: number | null | undefined;
  child.on('exit', (code) => {
    status = code;
  });
  while (!(await answers(path))) {
    if (status !== undefined) throw new Error(`nginx ended with status ${status}`);
  }
  const relay = createServer({ allowHalfOpen: true }, (socket) => {
    const inner = connect({ path, allowHalfOpen: true });
    socket.on('error', () => inner.destroy()).on('close', () => inner.destroy());
    inner.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.pipe(inner).pipe(socket);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const address = relay.address();
  const stop = () => {
    child.kill('SIGKILL');
    relay.close();
    rmSync(dir, { recursive: true });
  };
  return { host: `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, stop };
}

const configuration = (locations: string) => `
daemon off;
master_process off;
pid {dir}/pid;
error_log {dir}/error.log;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path {dir};
  proxy_temp_path {dir};
  fastcgi_temp_path {dir};
  uwsgi_temp_path {dir};
  scgi_temp_path {dir};
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  server {
    listen unix:{dir}/socket;
    ${locations}
  }
}
`;

/** Whether somebody takes connections there; asked again in a moment where not. */
async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  const there = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  if (!there) await new Promise((resolve) => setTimeout(resolve, 10));
  return there;
}
