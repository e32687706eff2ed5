import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { describeWith, type Peer } from '../need.ts';
import { buildsProgram } from '../process.ts';
import { type Front, type FrontPlan, startFront } from './front.ts';
import { MEBIBYTES, MESSAGES, summaries } from './message.ts';
import { connect } from './our-client.ts';
import { type Listening, listen, wstap } from './program.ts';

/** WebSocket over HTTP/2 (RFC 8441) with proxies that speak it: as our server, as our client, and in the middle. */

vi.setConfig({ testTimeout: 20_000, hookTimeout: 30_000 });

/** What a proxy speaks to us on its first, second and third port, and what behind it to `wstap listen --http2`. */
const ROADS = [
  ['HTTP/2 → HTTP/1.1', '2', 0],
  ['HTTP/1.1 → HTTP/2', '1.1', 1],
  ['HTTP/2 → HTTP/2', '2', 2],
] as const;

interface Proxy {
  readonly peer: Peer;
  readonly plan: (backend: string) => (ports: readonly number[]) => FrontPlan;
}

const haproxy: Proxy = {
  peer: { debianPackage: 'haproxy', probe: ['/usr/sbin/haproxy', '-v'] },
  plan:
    (backend) =>
    ([first, second, third]) => ({
      command: '/usr/sbin/haproxy',
      args: ['-db', '-f', '{dir}/haproxy.cfg'],
      files: {
        'haproxy.cfg': `
global
  maxconn 100
defaults
  mode http
  timeout connect 5s
  timeout client 20s
  timeout server 20s
frontend first
  bind 127.0.0.1:${first} proto h2
  default_backend http1
frontend second
  bind 127.0.0.1:${second}
  default_backend http2
frontend third
  bind 127.0.0.1:${third} proto h2
  default_backend http2
backend http1
  server ours ${backend}
backend http2
  server ours ${backend} proto h2
`,
      },
    }),
};

const nghttpx: Proxy = {
  peer: { debianPackage: 'nghttp2-proxy', probe: ['/usr/sbin/nghttpx', '--version'] },
  // One front has one kind of server behind it, told apart by the path.
  plan:
    (backend) =>
    ([first, second, third]) => ({
      command: '/usr/sbin/nghttpx',
      args: [
        '--conf=/dev/null',
        '--workers=1',
        ...[first, second, third].map((port) => `--frontend=127.0.0.1,${port};no-tls`),
        `--backend=${backend.replace(':', ',')};/1/`,
        `--backend=${backend.replace(':', ',')};/;proto=h2`,
      ],
      files: {},
    }),
};

const apache: Proxy = {
  peer: { debianPackage: 'apache2-bin', probe: ['/usr/sbin/apache2', '-v'] },
  plan:
    (backend) =>
    ([first, second]) => ({
      command: '/usr/sbin/apache2',
      args: ['-X', '-f', '{dir}/httpd.conf'],
      files: {
        'httpd.conf': `
ServerName localhost
ServerRoot {dir}
PidFile {dir}/pid
DefaultRuntimeDir {dir}
Mutex pthread
User nobody
Group nogroup
${['mpm_event', 'authz_core', 'proxy', 'proxy_http', 'http2'].map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
Listen 127.0.0.1:${first}
Listen 127.0.0.1:${second}
ErrorLog {dir}/error.log
LogLevel crit
Protocols h2c http/1.1
H2WebSockets on
ProxyPass /ws/ http://${backend}/ upgrade=websocket
<VirtualHost *:${second}>
  H2WebSockets off
</VirtualHost>
`,
      },
    }),
};

/** Runs a suite with that proxy before `wstap listen --http2`. */
function suite({ peer, plan }: Proxy, name: string, ports: number, tests: (at: (port: number, path: string) => string) => void) {
  describeWith(peer, name, () => {
    buildsProgram();
    let backend: Listening | undefined;
    let front: Front | undefined;
    beforeAll(async () => {
      backend = await listen(['--http2', '--echo', '0']);
      front = await startFront(ports, plan(new URL(backend.url).host));
    });
    afterAll(async () => {
      front?.stop();
      await backend?.stop();
    });
    tests((port, path) => `ws://127.0.0.1:${front?.ports[port]}${path}`);
  });
}

/** `together`: everything is sent before anything comes back. */
async function echoes(url: string, http: '1.1' | '2', extensions: string | undefined, together: boolean): Promise<void> {
  const client = await connect(url, { http, ...(extensions !== undefined && { extensions }) });
  expect(client.extensions).toBe(extensions === undefined ? '' : 'permessage-deflate');
  const messages = [...MESSAGES, ...MEBIBYTES];
  for (const message of messages) {
    client.send(message);
    if (!together) expect(await client.messages.next()).toBe(summaries([message])[0]);
  }
  if (together) expect(await client.messages.take(messages.length)).toEqual(summaries(messages));
  client.link.ping(Buffer.from('through'));
  expect(await client.pongs.next()).toBe('through');
  client.link.close(4000, 'through');
  expect(await client.ended).toMatchObject({ type: 'closed', code: 4000, wasClean: true });
}

const OFFERS = [['plain', undefined] as const, ['deflate', 'permessage-deflate; client_max_window_bits'] as const];

suite(haproxy, 'HAProxy', 3, (at) => {
  describe.each(ROADS)('%s', (name, http, port) => {
    // HAProxy 2.6 stalls where both ways of an HTTP/2 → HTTP/2 tunnel are full at once, with any peers (seen with Node's own).
    test.each(OFFERS)('every length, both kinds, %s', (_, extensions) =>
      echoes(at(port, '/'), http, extensions, name !== 'HTTP/2 → HTTP/2'),
    );

    test('wstap in a pipe', async () => {
      const run = await wstap([...(http === '2' ? ['--http2'] : []), at(port, '/')], 'one\nZöe 漢字 🙂\n\n');
      expect(run).toEqual({ status: 0, stdout: 'one\nZöe 漢字 🙂\n\n', stderr: '' });
    });
  });

  test('inspected: SETTINGS, the extended CONNECT and its rules', async () => {
    const { status, stdout } = await wstap(['handshake', '--http2', at(2, '/chat')]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^< SETTINGS .*ENABLE_CONNECT_PROTOCOL=1$/ms);
    expect(stdout).toMatch(/^> CONNECT \/chat HTTP\/2\n> :method: CONNECT\n> :protocol: websocket\n/m);
    expect(stdout).toMatch(/^< HTTP\/2 200\n/m);
    expect(stdout).toMatch(/17 requirements: 17 met/);
  });

  test('the server behind refuses: the same status here', async () => {
    const { status, stderr } = await wstap(['--http2', '-o', 'https://evil.example', at(2, '/')]);
    expect([status, stderr]).toEqual([6, expect.stringMatching(/refused: 403[\s\S]*is not one that may connect/)]);
  });
});

suite(nghttpx, 'nghttpx', 3, (at) => {
  describe.each(ROADS)('%s', (name, http, port) => {
    const path = name === 'HTTP/2 → HTTP/1.1' ? '/1/' : '/';

    test.each(OFFERS)('every length, both kinds, %s', (_, extensions) => echoes(at(port, path), http, extensions, true));

    test('wstap in a pipe', async () => {
      const run = await wstap([...(http === '2' ? ['--http2'] : []), '--compress', at(port, path)], 'one\nZöe 漢字 🙂\n\n');
      expect(run).toEqual({ status: 0, stdout: 'one\nZöe 漢字 🙂\n\n', stderr: '' });
    });
  });
});

suite(apache, 'Apache', 2, (at) => {
  test.each(OFFERS)('every length, both kinds, %s', (_, extensions) => echoes(at(0, '/ws/'), '2', extensions, true));

  test('a path without a WebSocket', async () => {
    const { status, stderr } = await wstap(['--http2', at(0, '/nothing')]);
    expect([status, stderr]).toEqual([6, expect.stringMatching(/refused: 404/)]);
  });

  test('H2WebSockets off: it says that HTTP/2 does no WebSocket there, and --http1.1 does', async () => {
    const { status, stderr } = await wstap(['--http2', at(1, '/ws/')]);
    expect([status, stderr.replace(/\s+/g, ' ')]).toEqual([
      6,
      expect.stringMatching(/HTTP\/2 does not do WebSocket.*--http1\.1/),
    ]);
    expect(await wstap(['--http1.1', '-x', 'hi', at(1, '/ws/')])).toMatchObject({ status: 0, stdout: 'hi\n' });
  });
});
