import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { describeWith } from '../need.ts';
import { echoServer } from '../peer.ts';
import { run } from '../program.ts';
import { MESSAGES, summaries } from './message.ts';
import { connect } from './our-client.ts';
import { dante, microsocks, type RunningProxy, startDante, startMicrosocks, startTinyproxy, tinyproxy } from './proxies.ts';

/** Through proxies of other people. What each refusal reads like is the test, as much as that a way was found. */

vi.setConfig({ testTimeout: 20_000, hookTimeout: 30_000 });

const QUICK = ['-q', '-w', '50ms'];
const oneLine = (text: string) => text.replace(/\s+/g, ' ');

/** As `startTinyproxy` and its kin, ended with the test. */
async function inTest(starting: Promise<RunningProxy>): Promise<RunningProxy> {
  const proxy = await starting;
  onTestFinished(proxy.stop);
  return proxy;
}

describeWith(tinyproxy, 'tinyproxy', () => {
  let proxy: RunningProxy;
  let login: RunningProxy;
  beforeAll(async () => {
    [proxy, login] = await Promise.all([startTinyproxy(), startTinyproxy(['BasicAuth me secret'])]);
  });
  afterAll(() => {
    proxy?.stop();
    login?.stop();
  });

  test('a tunnel, for ws:// too', async () => {
    const { url } = await echoServer();
    expect(await run([...QUICK, '--proxy', proxy.host, url], 'hi\n')).toEqual({ status: 0, stdout: 'hi\n', stderr: '' });
  });

  test('every length, both kinds', async () => {
    const { url, server } = await echoServer();
    server.options.maxPayload = 0;
    const client = await connect(url, { proxy: { scheme: 'http', host: '127.0.0.1', port: proxy.port, origin: 'test' } });
    for (const message of MESSAGES) client.send(message);
    expect(await client.messages.take(MESSAGES.length)).toEqual(summaries(MESSAGES));
    client.link.close(4000, 'through');
    expect(await client.ended).toMatchObject({ type: 'closed', code: 4000, wasClean: true });
  });

  test('-v says which proxy and why, and draws it', async () => {
    const { url } = await echoServer();
    const { stderr } = await run(['-v', '-w', '50ms', '--proxy', `http://${proxy.host}`, url], '');
    expect(stderr).toContain(`wstap: through the proxy http://${proxy.host} (from --proxy)\n`);
    expect(stderr).toMatch(/\n {2}Proxy .* --proxy: CONNECT 200\n/);
  });

  test.each([
    [['--proxy-auth', 'me:secret'], {}],
    [['--proxy-auth', 'me'], { WSTAP_PROXY_PASSWORD: 'secret' }],
  ])('a login: %j', async (options, variables) => {
    const { url } = await echoServer();
    const outcome = await run([...QUICK, '--proxy', login.host, ...options, url], 'hi\n', { variables });
    expect(outcome).toEqual({ status: 0, stdout: 'hi\n', stderr: '' });
  });

  test('a login in the URL, which nobody sees', async () => {
    const { url } = await echoServer();
    const outcome = await run(['-v', '-w', '50ms', '--proxy', `me:secret@${login.host}`, url], 'hi\n');
    expect(outcome).toMatchObject({ status: 0, stdout: 'hi\n' });
    expect(outcome.stderr).not.toContain('secret');
  });

  // A wrong password it refuses with 401, as a server would.
  test.each([
    [[], 'it wants a user name and a password (Basic)', '→ try: --proxy-auth USER, or --proxy http://USER:PASSWORD@…'],
    [['--proxy-auth', 'me:wrong'], 'it does not take this user name and password', '→ try: check them: --proxy-auth USER asks'],
  ])('no way in with %j', async (options, words, hint) => {
    const outcome = await run([...QUICK, '--proxy', login.host, ...options, 'ws://127.0.0.1:9/']);
    expect(outcome).toMatchObject({ status: 4, stdout: '' });
    expect(oneLine(outcome.stderr)).toMatch(/^wstap: the proxy failed: it answered 40[17] /);
    expect(oneLine(outcome.stderr)).toContain(words);
    expect(outcome.stderr).toContain(`\n${hint}`);
  });

  test('a port that it does not tunnel to', async () => {
    const strict = await inTest(startTinyproxy(['ConnectPort 443']));
    const outcome = await run([...QUICK, '--proxy', strict.host, 'ws://127.0.0.1:9/']);
    expect(outcome.status).toBe(4);
    expect(oneLine(outcome.stderr)).toMatch(
      /^wstap: the proxy failed: it answered 403 Access violation when asked for a tunnel to 127\.0\.0\.1:9: it does not let you there; it says: “.*CONNECT.*” → try: port 443/,
    );
    for (const line of outcome.stderr.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('a server that it cannot reach', async () => {
    const { port } = await echoServer();
    const outcome = await run([...QUICK, '--proxy', proxy.host, `ws://127.0.0.2:${port}/`]);
    expect(outcome.status).toBe(4);
    expect(oneLine(outcome.stderr)).toMatch(/the proxy failed: it answered 50\d .*: it could not reach the server; it says: “/);
  });

  test('SOCKS is not what it speaks', async () => {
    const outcome = await run([...QUICK, '--timeout', '500ms', '--proxy', `socks5h://${proxy.host}`, 'ws://127.0.0.1:9/']);
    // It waits for the end of a request that never comes.
    expect(outcome.status).toBe(124);
    expect(outcome.stderr).toContain('timed out (Proxy)');
  });

  test('--via-get shows what becomes of a GET', async () => {
    const { url } = await echoServer();
    const outcome = await run(['handshake', '--via-get', '--proxy', proxy.host, url]);
    expect(outcome).toMatchObject({ status: 6, stderr: '' });
    expect(outcome.stdout).toContain(`> GET http://${new URL(url).host}/ HTTP/1.1\n`);
    expect(outcome.stdout).toContain('< HTTP/1.1 426 Upgrade Required');
    expect(oneLine(outcome.stdout)).toContain(
      'Likely cause: Without a tunnel the proxy took the request for one like any other: Upgrade and Connection are for one hop ' +
        'only, so it dropped them, and the server answered 426 to an ordinary GET. → try: the same without --via-get',
    );
  });

  test('without it the handshake is whole', async () => {
    const { url } = await echoServer();
    const outcome = await run(['handshake', '--proxy', proxy.host, url]);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout).toContain(`Through the proxy http://${proxy.host} (from --proxy).`);
    expect(outcome.stdout).toMatch(/Proxy .*CONNECT 200/);
  });
});

describeWith(microsocks, 'microsocks', () => {
  let open: RunningProxy;
  let login: RunningProxy;
  beforeAll(async () => {
    [open, login] = await Promise.all([startMicrosocks(), startMicrosocks(['-u', 'me', '-P', 'secret'])]);
  });
  afterAll(() => {
    open?.stop();
    login?.stop();
  });

  test.each(['socks5', 'socks5h'])('%s', async (scheme) => {
    const { port } = await echoServer();
    const outcome = await run([...QUICK, '--proxy', `${scheme}://${open.host}`, `ws://localhost:${port}/`], 'hi\n');
    expect(outcome).toEqual({ status: 0, stdout: 'hi\n', stderr: '' });
  });

  test('who looks the name up', async () => {
    const { port } = await echoServer();
    const hops = async (scheme: string) => {
      const { stdout } = await run(['handshake', '--proxy', `${scheme}://${open.host}`, `ws://localhost:${port}/`]);
      return stdout.match(/^ {2}(?:DNS|TCP|Proxy|HTTP)\b/gm)?.map((line) => line.trim());
    };
    expect(await hops('socks5')).toEqual(['TCP', 'DNS', 'Proxy', 'HTTP']);
    expect(await hops('socks5h')).toEqual(['TCP', 'Proxy', 'HTTP']);
  });

  test('a login', async () => {
    const { url } = await echoServer();
    const outcome = await run([...QUICK, '--proxy', `socks5h://me:secret@${login.host}`, url], 'hi\n');
    expect(outcome).toEqual({ status: 0, stdout: 'hi\n', stderr: '' });
  });

  test.each([
    [[], 'it lets nobody in without a login\n→ try: --proxy-auth USER\n'],
    [
      ['--proxy-auth', 'me:wrong'],
      'it does not take this user name and password\n→ try: check them: --proxy-auth USER asks for the password\n',
    ],
  ])('no way in with %j', async (options, words) => {
    const outcome = await run([...QUICK, '--proxy', `socks5h://${login.host}`, ...options, 'ws://127.0.0.1:9/']);
    expect(outcome).toEqual({ status: 4, stdout: '', stderr: `wstap: the proxy failed: ${words}` });
  });

  test('a server that refuses', async () => {
    const { port } = await echoServer();
    const outcome = await run([...QUICK, '--proxy', `socks5://${open.host}`, `ws://127.0.0.2:${port}/`]);
    expect(outcome.status).toBe(4);
    expect(oneLine(outcome.stderr)).toBe(
      `wstap: the proxy failed: it makes no tunnel to 127.0.0.2:${port}: the server refused the connection (5) ` +
        '→ try: check the port; is the server up? ',
    );
  });

  test.each([
    ['http', 'it answers in SOCKS, not HTTP\n→ try: write socks5h:// before its address\n'],
    ['socks4a', 'it answers in SOCKS5\n→ try: write socks5h:// before its address\n'],
  ])('%s is not what it speaks', async (scheme, words) => {
    const outcome = await run([...QUICK, '--proxy', `${scheme}://${login.host}`, 'ws://127.0.0.1:9/']);
    expect(outcome).toEqual({ status: 4, stdout: '', stderr: `wstap: the proxy failed: ${words}` });
  });
});

describeWith(dante, 'dante', () => {
  let proxy: RunningProxy;
  beforeAll(async () => {
    proxy = await startDante();
  });
  afterAll(() => proxy?.stop());

  test.each(['socks4', 'socks5', 'socks5h'])('%s', async (scheme) => {
    const { port } = await echoServer();
    const outcome = await run([...QUICK, '--proxy', `${scheme}://${proxy.host}`, `ws://localhost:${port}/`], 'hi\n');
    expect(outcome).toEqual({ status: 0, stdout: 'hi\n', stderr: '' });
  });

  test('it takes no names in SOCKS4', async () => {
    const outcome = await run([...QUICK, '--proxy', `socks4a://${proxy.host}`, 'ws://localhost:9/']);
    expect(outcome).toEqual({
      status: 4,
      stdout: '',
      stderr:
        'wstap: the proxy failed: it makes no tunnel to localhost:9: rejected or failed\n  (91)\n' +
        '→ try: socks4:// or socks5h://: not every proxy takes names in SOCKS4\n',
    });
  });

  describe('with rules', () => {
    test.each([
      ['socks4', 'rejected or failed (91)'],
      ['socks5', 'its rules do not allow it (2)'],
    ])('%s', async (scheme, words) => {
      const strict = await inTest(startDante('socks block { from: 0/0 to: 0/0 }'));
      const outcome = await run([...QUICK, '--proxy', `${scheme}://${strict.host}`, 'ws://127.0.0.1:9/']);
      expect(outcome.status).toBe(4);
      expect(oneLine(outcome.stderr)).toContain(`the proxy failed: it makes no tunnel to 127.0.0.1:9: ${words}`);
    });
  });
});
