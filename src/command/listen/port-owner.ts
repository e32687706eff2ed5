import { readdir, readFile, readlink } from 'node:fs/promises';

/**
 * Who listens on a TCP port, as Linux tells it under /proc: `node, process 1234`. `undefined` where that cannot be known:
 * another system, or a process of another user.
 */
export async function portOwner(port: number, proc = '/proc'): Promise<string | undefined> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`${proc}/net/${name}`, 'latin1').catch(() => '')));
  const sockets = new Set(tables.flatMap((table) => listenersIn(table, port)).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return undefined;
  const processes = await readdir(proc).catch(() => []);
  for (const pid of processes.filter((name) => /^\d+$/.test(name))) {
    if (!(await holds(`${proc}/${pid}/fd`, sockets))) continue;
    const name = await readFile(`${proc}/${pid}/comm`, 'utf8').catch(() => '');
    return `${name.trim() || 'a program'}, process ${pid}`;
  }
  return undefined;
}

/** `0A` is TCP_LISTEN; the port is in hexadecimal, the tenth column the socket's inode. */
function listenersIn(table: string, port: number): string[] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === '0A' && local.endsWith(end))
    .map((columns) => columns[9] ?? '');
}

async function holds(folder: string, sockets: ReadonlySet<string>): Promise<boolean> {
  // Of other users' processes the descriptors may not be listed.
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return targets.some((target) => sockets.has(target));
}
