import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { describeWith } from '../need.ts';
import { buildsProgram } from '../process.ts';
import { MEBIBYTES, MESSAGES, summaries } from './message.ts';
import { type Nginx, nginx, startNginx } from './nginx.ts';
import { connect } from './our-client.ts';
import { type Listening, listen, wstap } from './program.ts';

/** nginx between our client and `wstap listen --echo`, set up well and in the ways in which people get it wrong. */

vi.setConfig({ testTimeout: 20_000, hookTimeout: 30_000 });

const UPGRADES = `proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;`;

const locations = (port: string) => `
  location /good/ { proxy_pass http://127.0.0.1:${port}/; ${UPGRADES} proxy_set_header Host $host; }
  location /drops/ { proxy_pass http://127.0.0.1:${port}/; }
  location /drops-1.1/ { proxy_pass http://127.0.0.1:${port}/; proxy_http_version 1.1; }
  location /half/ { proxy_pass http://127.0.0.1:${port}/; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; }
  location /hasty/ { proxy_pass http://127.0.0.1:${port}/; ${UPGRADES} proxy_read_timeout 200ms; }
  location /named/ { proxy_pass http://127.0.0.1:${port}/; ${UPGRADES} proxy_set_header Host backend; }
  location /down/ { proxy_pass http://unix:{dir}/nobody:/; ${UPGRADES} }
  location /login/ { auth_basic "here"; auth_basic_user_file {dir}/users; proxy_pass http://127.0.0.1:${port}/; ${UPGRADES} }
  location /page/ { default_type text/html; return 200 "<!doctype html><title>Welcome</title>"; }
  location /moved/ { return 301 /good/; }
  location /closed/ { deny all; }
`;

describeWith(nginx, 'nginx in front of wstap listen', () => {
  buildsProgram();
  let backend: Listening;
  let front: Nginx;

  beforeAll(async () => {
    backend = await listen(['--echo', '0']);
    front = await startNginx(locations(new URL(backend.url).port), { users: 'me:{PLAIN}secret\n' });
  });
  afterAll(async () => {
    front?.stop();
    await backend?.stop();
  });

  const at = (path: string) => `ws://${front.host}${path}`;

  describe.each([
    ['plain', {}, ''],
    ['deflate', { extensions: 'permessage-deflate; client_max_window_bits' }, 'permessage-deflate'],
  ])('%s', (_, wishes, extensions) => {
    test('every length, both kinds', async () => {
      const client = await connect(at('/good/'), wishes);
      expect(client.extensions).toBe(extensions);
      const messages = [...MESSAGES, ...MEBIBYTES];
      for (const message of messages) client.send(message);
      expect(await client.messages.take(messages.length)).toEqual(summaries(messages));
      client.link.ping(Buffer.from('through'));
      expect(await client.pongs.next()).toBe('through');
      client.link.close(4000, 'through');
      expect(await client.ended).toMatchObject({ type: 'closed', code: 4000, wasClean: true });
    });
  });

  test.each([[[]], [['--compress']]])('wstap in a pipe, %j', async (options) => {
    const run = await wstap([...options, at('/good/')], 'one\nZöe 漢字 🙂\n\n');
    expect(run).toEqual({ status: 0, stdout: 'one\nZöe 漢字 🙂\n\n', stderr: '' });
  });

  test('a login', async () => {
    const run = await wstap(['-q', '--auth', 'me:secret', '-x', 'in', at('/login/')]);
    expect(run).toMatchObject({ status: 0, stdout: 'in\n' });
  });

  // A proxy that answers in our place, or for us: 6, and one sentence says why.
  test.each([
    ['/drops/', 426, /proxy .*dropped Upgrade/],
    ['/drops-1.1/', 426, /proxy .*dropped Upgrade/],
    ['/half/', 400, /proxy .*dropped .*Connection/],
    ['/named/', 403, /Host/],
    ['/down/', 502, /could not reach the server behind it/],
    ['/login/', 401, /asks for Basic \(here\) credentials/],
    ['/page/', 200, /no WebSocket at this address: it answers with a web page, or a proxy in front dropped Upgrade/],
    ['/moved/', 301, /redirects to http:\/\/127\.0\.0\.1.*\/good\//],
    ['/closed/', 403, /refused \(403\)/],
  ])('%s: %i and the cause, live and inspected', async (path, status, cause) => {
    const [live, inspected] = await Promise.all([wstap(['-x', 'hi', at(path)]), wstap(['handshake', at(path)])]);
    expect(live).toMatchObject({ status: 6, stdout: '' });
    expect(live.stderr).toMatch(new RegExp(`refused: ${status} `));
    expect(oneLine(live.stderr)).toMatch(cause);
    expect(inspected).toMatchObject({ status: 6, stderr: '' });
    expect(oneLine(inspected.stdout)).toMatch(cause);
  });

  test('a proxy that cuts what is silent: 1006 and status 8', async () => {
    const run = await wstap(['-x', 'hi', '-w', '-1', at('/hasty/')]);
    expect(run).toMatchObject({ status: 8, stdout: 'hi\n' });
    expect(run.stderr).toMatch(/1006/);
    expect(oneLine(run.stderr)).toMatch(/something on the way cut it \(a proxy, a time limit\)/);
  });
});

const oneLine = (output: string) => output.replace(/\s+/g, ' ');
