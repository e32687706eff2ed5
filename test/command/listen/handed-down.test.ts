import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { GoodClient } from '../../peer.ts';
import { buildsProgram, ended, spawnShell } from '../../process.ts';

/** Sockets that whoever starts the program has opened: only a real process can be handed one. */
buildsProgram();

/** Gives its descriptor. */
async function bound(place: string | number): Promise<{ server: Server; fd: number }> {
  const server = createServer();
  if (typeof place === 'number') server.listen(place, '127.0.0.1');
  else server.listen(place);
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  // Node says it nowhere else.
  const { _handle: handle } = server as unknown as { readonly _handle: { readonly fd: number } };
  return { server, fd: handle.fd };
}

/** Serves the first client by the descriptors, and ends. */
function serve(script: string, ...handed: number[]) {
  const child = spawnShell(script, { stdio: ['ignore', 'pipe', 'pipe', ...handed] });
  return { child, outcome: ended(child) };
}

describe('a listening socket is taken', () => {
  test.each([
    ['by --fd', 'exec $WSTAP listen --once --fd 3 -x hello'],
    ['as systemd hands it', 'LISTEN_FDS=1 LISTEN_PID=$$ exec $WSTAP listen --once -x hello'],
  ])('%s', async (_, script) => {
    const { server, fd } = await bound(0);
    const { port } = server.address() as { port: number };
    const { outcome } = serve(script, fd);
    // Nobody else may answer: our own end of it is closed once the program has it.
    server.close();
    const client = await new GoodClient(port).open();
    expect(await client.got(1)).toEqual(['hello']);
    client.socket.close(1000);
    const { status, stderr } = await outcome;
    expect([status, stderr]).toEqual([0, `wstap: listening on ws://127.0.0.1:${port}/\n`]);
  });

  test('several, each of which is announced', async () => {
    const [first, second] = [await bound(0), await bound(0)];
    const { child, outcome } = serve('LISTEN_FDS=2 LISTEN_PID=$$ exec $WSTAP listen --no-page --echo', first.fd, second.fd);
    const ports = [first, second].map(({ server }) => (server.address() as { port: number }).port);
    for (const { server } of [first, second]) server.close();
    for (const port of ports) {
      const client = await new GoodClient(port).open();
      client.socket.send('hi');
      expect(await client.got(1)).toEqual(['hi']);
      client.socket.close(1000);
      await client.closed;
    }
    child.kill('SIGTERM');
    const { stderr } = await outcome;
    const said = stderr.split('\n').filter((line) => line.includes('listening'));
    expect(said).toEqual(ports.map((port) => `wstap: listening on ws://127.0.0.1:${port}/`));
  });

  test('also a Unix socket, whose file is not ours to remove', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'handed-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 's');
    const { server, fd } = await bound(path);
    const { outcome } = serve('exec $WSTAP listen --once --fd 3 -x hello', fd);
    // Under another name it outlives our own end of it.
    renameSync(path, `${path}.kept`);
    server.close();
    const client = serve(`exec $WSTAP --one ws+unix:${path}.kept:/`);
    expect(await client.outcome).toMatchObject({ status: 0, stdout: 'hello\n' });
    expect(await outcome).toMatchObject({ status: 0, stderr: 'wstap: listening on the Unix socket that was handed down\n' });
    expect(existsSync(`${path}.kept`)).toBe(true);
  });
});

test('on loopback it is as closed to foreign pages as any other server', async () => {
  const { server, fd } = await bound(0);
  const { port } = server.address() as { port: number };
  const { child, outcome } = serve('exec $WSTAP listen --fd 3', fd);
  server.close();
  const client = new GoodClient(port, { origin: 'http://evil.example' });
  expect((await client.refused()).status).toBe(403);
  child.kill('SIGTERM');
  await outcome;
});

test('those for another process are not ours: a free port is taken', async () => {
  const { server, fd } = await bound(0);
  const { port } = server.address() as { port: number };
  const { child, outcome } = serve('LISTEN_FDS=1 LISTEN_PID=1 exec $WSTAP listen', fd);
  let said = '';
  // The lines may come in one piece or in several.
  while (!said.includes('\n')) said += ((await once(child.stderr ?? child, 'data')) as [string])[0];
  expect(said).toMatch(/^wstap: listening on ws:\/\/127\.0\.0\.1:\d+\/\n/);
  expect(said).not.toContain(`:${port}/`);
  child.kill('SIGTERM');
  await outcome;
});

describe('what is no listening socket', () => {
  test.each([
    ['nothing', 'exec $WSTAP listen --fd 9', 'wstap: descriptor 9 is no'],
    [
      'a file',
      'exec $WSTAP listen --fd 3',
      'wstap: descriptor 3 is no listening socket: hand down one that is bound and no connection\n',
    ],
  ])('%s: status 3', async (_, script, said) => {
    const { status, stderr } = await serve(script, openSync('/dev/null', 'r')).outcome;
    expect(status).toBe(3);
    expect(stderr).toContain(said);
  });
});
