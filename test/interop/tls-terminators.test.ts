import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { describeWith, type Peer } from '../need.ts';
import { echoServer } from '../peer.ts';
import { run, startListen } from '../program.ts';
import { type Chain, FOR_HERE, makeChain, NOT_A_CA } from '../transport/chain.ts';
import { nginx, startNginx } from './nginx.ts';

/** TLS ends at a program of somebody else's, and the WebSocket goes on in plain: the usual way to serve wss. */
function certificates() {
  const chain = makeChain();
  const root = chain.make('root', '/CN=Root CA');
  const server = chain.make('server', '/CN=localhost', 'root', ...FOR_HERE);
  const alice = chain.make('alice', '/CN=alice', 'root', ...NOT_A_CA);
  return { chain, root, server, alice };
}

const QUICK = ['-w', '50ms'];

describeWith(nginx, 'nginx ends TLS', () => {
  const { root, server, alice } = certificates();

  async function terminator(inner: number, extra = '') {
    const settings = `
      listen unix:{dir}/tls ssl;
      ssl_certificate ${server.cert};
      ssl_certificate_key ${server.key};
      ${extra}
      location / {
        proxy_pass http://127.0.0.1:${inner};
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        proxy_set_header Host $host;
      }`;
    const { host, stop } = await startNginx(settings, {}, 'tls');
    onTestFinished(stop);
    return `wss://localhost:${host.split(':')[1]}/`;
  }

  test('a ws server behind it, and listen', async () => {
    const argv = [...QUICK, '--ca', root.cert];
    const theirs = await terminator((await echoServer()).port);
    expect(await run([...argv, theirs], 'hi\n')).toEqual({ status: 0, stdout: 'hi\n', stderr: '' });
    const ours = await terminator((await startListen(['--echo'])).port);
    expect(await run([...argv, ours], 'hi\n')).toEqual({ status: 0, stdout: 'hi\n', stderr: '' });
  });

  test('it wants a client certificate: shown, or 400 with what it means', async () => {
    const url = await terminator((await echoServer()).port, `ssl_client_certificate ${root.cert}; ssl_verify_client on;`);
    const argv = [...QUICK, '--ca', root.cert];
    expect((await run([...argv, '--cert', alice.cert, '--key', alice.key, url], 'hi\n')).stdout).toBe('hi\n');
    const { status, stderr } = await run([...argv, url]);
    expect(status).toBe(6);
    expect(stderr).toMatch(/Likely cause: The server wants a client certificate[\s\S]*→ try: --cert FILE --key FILE/);
  });

  test('plain HTTP to its TLS port: the cause', async () => {
    const url = await terminator((await echoServer()).port);
    const { status, stderr } = await run([url.replace('wss', 'ws')]);
    expect(status).toBe(6);
    expect(stderr).toMatch(/Likely cause: This port expects TLS[\s\S]*wss:\/\/localhost/);
  });
});

const stunnel: Peer = { debianPackage: 'stunnel4', probe: ['/usr/bin/stunnel4', '-version'] };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** stunnel with one service; it takes no port 0, so it gets one that was free a moment ago. */
async function startStunnel(chain: Chain, service: string): Promise<number> {
  const port = await freePort();
  const file = chain.path(`stunnel-${port}.conf`);
  writeFileSync(file, `foreground = yes\npid =\ndebug = 0\n[it]\naccept = 127.0.0.1:${port}\n${service}\n`);
  const child = spawn('/usr/bin/stunnel4', [file], { stdio: 'ignore' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`stunnel4 ended with status ${child.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    const there = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (there) return port;
  }
}

describeWith(stunnel, 'stunnel', () => {
  const { chain, root, server, alice } = certificates();

  test('ends TLS in front of a ws server', async () => {
    const { port } = await echoServer();
    const outer = await startStunnel(chain, `connect = 127.0.0.1:${port}\ncert = ${server.cert}\nkey = ${server.key}`);
    expect((await run([...QUICK, '--ca', root.cert, `wss://localhost:${outer}/`], 'hi\n')).stdout).toBe('hi\n');
  });

  test('begins TLS in front of a client that has none: listen --cert, with a client certificate', async () => {
    const argv = ['--echo', '--cert', server.cert, '--key', server.key, '--client-ca', root.cert];
    const { port } = await startListen(argv);
    const service = [
      'client = yes',
      `connect = 127.0.0.1:${port}`,
      `CAfile = ${root.cert}`,
      'verifyChain = yes',
      'checkHost = localhost',
      `cert = ${alice.cert}`,
      `key = ${alice.key}`,
    ];
    const inner = await startStunnel(chain, service.join('\n'));
    expect((await run([...QUICK, `ws://localhost:${inner}/`], 'hi\n')).stdout).toBe('hi\n');
  });
});
